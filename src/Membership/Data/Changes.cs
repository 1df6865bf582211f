// Long because all that one act can write is queued and ordered in one place: the order of locks is a property of the whole.
using System.Data.Common;
using System.Text.Json;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Undo;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// All that one act writes, collected before the transaction begins: rows, counts, the audit lines and the messages
/// to send. It leaves in one batch, the contended counts last, so that their locks are held for one COMMIT.
/// </summary>
public sealed class Changes
{
    private const int MostRowsTogether = 60;
    private const int MostStatementsAtEase = 10;
    private const int LongestTold = AuditFacts.Longest;
    private readonly MembershipDb _db;
    private readonly Actor _actor;
    private readonly TimeProvider _time;
    private readonly string _act;
    private readonly List<Step> _rows = [];
    private readonly List<Step> _afterAdds = [];
    private readonly Dictionary<(Type, bool), List<object>> _adds = [];
    private readonly List<(Type, bool)> _addOrder = [];
    private readonly SortedDictionary<CounterId, long> _counters = [];
    private readonly SortedDictionary<Id<Workspace>, long> _restsOn = [];
    private readonly HashSet<Id<Workspace>> _workspaces = [];
    private bool _hasOwn;
    private bool _endsAccess;

    internal Changes(MembershipDb db, Actor actor, TimeProvider time, string act = "")
    {
        _db = db;
        _actor = actor;
        _time = time;
        _act = act;
        At = time.Now();
        Events = new(actor, At, time, row => Queue(row, false));
    }

    /// <summary>What it tells the endpoints of the workspace, in its own transaction: no act can forget it.</summary>
    internal EventNotes Events { get; }

    /// <summary>What the request takes for granted of its token; null for nothing. Where no read has shown it, the write does.</summary>
    internal TokenProof? Proof => _actor.Proof;

    /// <summary>The time of the act.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Whether nothing is to be written.</summary>
    public bool IsEmpty => _rows.Count == 0 && _adds.Count == 0 && _afterAdds.Count == 0 && _counters.Count == 0;

    /// <summary>See <see cref="MembershipDb.IsDistributed"/>.</summary>
    internal bool IsDistributed => _db.IsDistributed;

    /// <summary>
    /// How long one of its statements may take, where it changes everybody of a workspace at once; null for the usual time. It is then
    /// written alone.
    /// </summary>
    internal TimeSpan? Longest { get; set; }

    /// <summary>Whether it hands anything to the outbox.</summary>
    internal bool Sends => _endsAccess || _adds.ContainsKey((typeof(OutboxMessage), false));

    /// <summary>What it changes each count by.</summary>
    internal IReadOnlyDictionary<CounterId, long> Counters => _counters;

    /// <summary>Adds a row. A member is added through <see cref="Write"/>.</summary>
    public void Add<T>(T row)
        where T : class
    {
        NotMember<T>();
        Queue(row, false);
        EndAccess(null, row);
    }

    /// <summary>Adds a row unless one of its key is there.</summary>
    public void AddIfMissing<T>(T row)
        where T : class
    {
        NotMember<T>();
        Queue(row, true);
    }

    /// <summary>
    /// Changes a row to what it is after; the act is planned anew when somebody else changed it first. A member is changed through
    /// <see cref="Write"/>.
    /// </summary>
    public void Update<T>(T before, T after)
        where T : class
    {
        NotMember<T>();
        if (before is Workspace workspace)
        {
            _workspaces.Add(workspace.Id); // its row names both versions itself
        }

        Queue(RowMap.Of<T>(_db).Update(before, after));
        EndAccess(before, after);
    }

    /// <summary>
    /// The act is planned from this workspace's configuration: when another one holds at the moment of writing, nothing is
    /// written and the act is planned anew. Of two that one try read the first counts: if they differ it is no longer so.
    /// </summary>
    internal void RestOn(Workspace workspace)
    {
        _restsOn.TryAdd(workspace.Id, workspace.ConfigurationVersion);
        Events.Knows(workspace);
    }

    /// <summary>The workspaces from whose configuration it is planned.</summary>
    internal IReadOnlyCollection<Id<Workspace>> RestsOn => _restsOn.Keys;

    /// <summary>
    /// The act is refused when this SELECT finds a row. It is asked once everything that was queued before is changed: who
    /// changes a workspace's configuration and asks then, sees all that was planned from the old one.
    /// </summary>
    internal void RefuseIf(string select, IReadOnlyList<Func<DbCommand, DbParameter>> parameters, Refusal refusal)
    {
        _hasOwn = true;
        _rows.Add(new Question(select + " LIMIT 1", parameters, 0, GuardFailure.Refused, refusal));
    }

    /// <summary>Removes a row.</summary>
    /// <param name="row">The row as it was read.</param>
    /// <param name="mustExist">Whether the act is planned anew when it is gone already.</param>
    public void Remove<T>(T row, bool mustExist = true)
        where T : class
    {
        NotMember<T>();
        EndAccess(row, null); // first, for what hangs on the row goes with it
        Queue(RowMap.Of<T>(_db).Delete(row, mustExist));
    }

    /// <summary>Writes a member that <see cref="Seats"/> settled, with the counts that follow: the only way a member is written.</summary>
    /// <exception cref="InvalidOperationException">The member's workspace was not opened through the attempt: nothing would notice a change
    /// of its configuration.</exception>
    public void Write(Settled settled)
    {
        if (!_restsOn.ContainsKey(settled.After.WorkspaceId))
        {
            throw new InvalidOperationException(
                "A member is placed by the configuration of a workspace that was opened through the attempt."
            );
        }

        if (settled.Before is null)
        {
            Queue(settled.After, false);
        }
        else
        {
            Queue(RowMap.Of<Member>(_db).Update(settled.Before, settled.After));
            if (!settled.GoesOn)
            {
                EndAccess(settled.From ?? settled.Before, settled.After);
            }
        }

        if (settled.After.AccountId is { } account && settled.Before?.AccountId != account)
        {
            Queue(new AccountWorkspace { AccountId = account, WorkspaceId = settled.After.WorkspaceId }, true);
        }

        foreach (var (counter, change) in settled.Counters)
        {
            Count(counter, change);
        }

        // what a line gives and takes is not offset against what others do at the same moment
        _hasOwn |= settled.MovesLine;
        if (!settled.GoesOn)
        {
            Events.Placed(settled.From ?? settled.Before, settled.After);
        }
    }

    /// <summary>
    /// Counts what was rehearsed since no more: of two things that could be done to one person both are looked at, and neither is written.
    /// </summary>
    internal void CountAsBefore(IReadOnlyDictionary<CounterId, long> counters)
    {
        _counters.Clear();
        foreach (var (counter, change) in counters)
        {
            _counters[counter] = change;
        }
    }

    /// <summary>Takes another act's changes in, so that both leave in one transaction.</summary>
    internal void Join(Changes other)
    {
        _rows.AddRange(other._rows);
        _afterAdds.AddRange(other._afterAdds);
        foreach (var key in other._addOrder)
        {
            foreach (var row in other._adds[key])
            {
                Queue(row, key.Item2);
            }
        }

        foreach (var (counter, change) in other._counters)
        {
            Count(counter, change);
        }

        foreach (var (workspace, version) in other._restsOn)
        {
            _restsOn.TryAdd(workspace, version);
        }

        _workspaces.UnionWith(other._workspaces);
        _hasOwn |= other._hasOwn;
        _endsAccess |= other._endsAccess;
    }

    /// <summary>Changes a count by so many.</summary>
    internal void Count(CounterId counter, long change)
    {
        if (change == 0)
        {
            return;
        }

        _counters[counter] = _counters.GetValueOrDefault(counter) + change;
    }

    /// <summary>A statement of its own, for the few writes that are no row: its parameters are named @p0, @p1 ...</summary>
    internal void Execute(Statement statement)
    {
        _hasOwn = true;
        Queue(statement);
    }

    /// <summary>The same for a statement that refers to a row this act adds.</summary>
    internal void ExecuteAfterAdds(Statement statement)
    {
        _hasOwn = true;
        _afterAdds.Add(statement);
    }

    /// <summary>
    /// Counts a mail of a quota, and refuses the act when it is one too many: after all rows, so that its lock is held for one COMMIT.
    /// </summary>
    internal void CountMail(IEnumerable<Step> steps)
    {
        _hasOwn = true;
        _afterAdds.AddRange(steps);
    }

    /// <summary>Writes a line of the audit log: what was done to what, with the fields that differ.</summary>
    /// <param name="act">What was done: <c>role.changed</c>.</param>
    /// <param name="workspace">Where; the empty id for the installation.</param>
    /// <param name="target">Kind, id and name of the thing.</param>
    /// <param name="before">The thing before; null when it is new.</param>
    /// <param name="after">The thing after; null when it is gone.</param>
    /// <param name="reason">The reason in words, or null.</param>
    /// <param name="passedOver">What a directory sent with it and nobody keeps; null or empty for nothing.</param>
    /// <param name="note">What the undo of a directory's act needs beside the line; null for nothing.</param>
    public void Tell(
        string act,
        Id<Workspace> workspace,
        (string Kind, Guid? Id, string? Name) target,
        object? before = null,
        object? after = null,
        string? reason = null,
        IReadOnlyList<string>? passedOver = null,
        NoteFacts? note = null
    )
    {
        var (was, now, cut) = Difference(before, after, passedOver);
        var line = Line(act, workspace, target) with { Before = was, After = now, Reason = reason };
        Queue(Erasure.Salt(line), false);
        Keep(line, cut is null ? note : (note ?? new()) with { Texts = cut });
        Events.Told(act, workspace, before, after);
    }

    /// <summary>Writes a line with fields of the caller's own choosing, where they are no row: members added to a group.</summary>
    public void TellFacts(
        string act,
        Id<Workspace> workspace,
        (string Kind, Guid? Id, string? Name) target,
        object? before,
        object? after,
        string? reason = null,
        NoteFacts? note = null
    )
    {
        var line = Line(act, workspace, target) with { Before = Text(before), After = Text(after), Reason = reason };
        Queue(Erasure.Salt(line), false);
        Keep(line, note);
    }

    // only of a directory's acts is there an undo
    private void Keep(AuditEntry line, NoteFacts? note)
    {
        if (_actor.Kind == ActorKind.Directory && note is { IsEmpty: false } && line.TargetId is { } target)
        {
            Queue(
                new CycleNote
                {
                    WorkspaceId = line.WorkspaceId,
                    Id = line.Id,
                    TargetId = target,
                    Facts = note.Write(),
                },
                false
            );
        }
    }

    /// <summary>Writes the line of a refusal.</summary>
    internal void TellRefused(string act, Id<Workspace> workspace, Refusal refusal, (string Kind, Guid? Id, string? Name)? target) =>
        Queue(
            Erasure.Salt(
                Line(act, workspace, target ?? ("workspace", workspace.Value, null)) with
                {
                    Reason = refusal.Code,
                    Refused = true,
                }
            ),
            false
        );

    /// <summary>Whether it hands something of this kind to the outbox already.</summary>
    internal bool Orders(string kind) =>
        _adds.TryGetValue((typeof(OutboxMessage), false), out var messages) && messages.Exists(m => ((OutboxMessage)m).Kind == kind);

    /// <summary>Hands something to the outbox.</summary>
    /// <param name="kind">What is to be done, one of <see cref="OutboxKind"/>.</param>
    /// <param name="about">What it is about.</param>
    /// <param name="subject">Messages of one subject go one after the other.</param>
    /// <param name="workspace">Where; null for what concerns an account.</param>
    /// <param name="after">After how long at the earliest.</param>
    public void Send(string kind, Guid about, string subject, Id<Workspace>? workspace, TimeSpan after = default) =>
        Queue(
            new OutboxMessage
            {
                Id = Id<OutboxMessage>.New(_time),
                WorkspaceId = workspace,
                Subject = subject,
                Kind = kind,
                About = about,
                CreatedAt = At,
                DueAt = At + after,
            },
            false
        );

    /// <summary>Hands one recipient's part of a message to the outbox: due at once, and of the time of the whole.</summary>
    internal void FanOut(OutboxMessage whole, string subject) =>
        Queue(
            whole with
            {
                Id = Id<OutboxMessage>.New(_time),
                Subject = subject,
                DueAt = At,
                ClaimedUntil = null,
                Tries = 0,
                LastError = null,
            },
            false
        );

    /// <summary>
    /// Whether it must leave alone: it has statements of its own making, whose locks follow an order that others do not
    /// know, or so many rows that others would wait for it.
    /// </summary>
    internal bool IsAlone =>
        _hasOwn || Longest is not null || _rows.Count > MostRowsTogether || _adds.Sum(a => a.Value.Count) > MostRowsTogether;

    /// <summary>The one workspace whose counts or configuration it depends on; null for none, or for several.</summary>
    internal Id<Workspace>? Home
    {
        get
        {
            var homes = _counters.Keys.Select(p => p.Workspace).Concat(_restsOn.Keys).Distinct().Take(2).ToList();
            return homes is [var only] ? only : null;
        }
    }

    /// <summary>
    /// Whether nothing in it can be held up by a lock of somebody else's but of this workspace's: it depends on no other one, and
    /// where it depends on none it only adds rows.
    /// </summary>
    internal bool IsOf(Id<Workspace>? workspace) =>
        Home is not null || (_counters.Count == 0 && _restsOn.Count == 0 && (_rows.Count == 0 || workspace is not null));

    /// <summary>Whether it writes for seconds rather than milliseconds: a group with very many members.</summary>
    internal bool IsLarge => _rows.Count + _afterAdds.Count > MostStatementsAtEase;

    /// <summary>
    /// The steps of acts that leave together, in the order in which they run: rows that change, the configurations on which all
    /// rests (after the rows, for one of them may be the workspace's, and two who first share it could both wait to change it), new rows
    /// (those that are referred to before those that refer), then totals, then limits in one fixed order. What all of them add to one table
    /// or one count is one step.
    /// </summary>
    internal static List<Step> Steps(MembershipDb db, IReadOnlyList<Changes> acts)
    {
        var steps = new List<Step>();
        foreach (var act in acts)
        {
            steps.AddRange(act._rows);
        }

        if (OnConfigurations(db, acts) is { } question)
        {
            steps.Add(question);
        }

        if (TokenProof.Ask(acts.Select(a => a.Proof)) is { } token)
        {
            steps.Add(token);
        }

        var adds = acts.SelectMany(a => a._addOrder).Distinct().ToList();
        foreach (var (type, ifMissing) in adds.OrderBy(a => RowMap.Of(db, a.Item1).RefersTo.Count))
        {
            var rows = acts.SelectMany(a => a._adds.GetValueOrDefault((type, ifMissing)) ?? []).ToList();
            steps.Add(RowMap.Of(db, type).Insert(rows, ifMissing ? "ON CONFLICT DO NOTHING" : ""));
        }

        foreach (var act in acts)
        {
            steps.AddRange(act._afterAdds);
        }

        var counts = acts.Count == 1 ? acts[0]._counters : new SortedDictionary<CounterId, long>();
        foreach (var (counter, change) in acts.Count == 1 ? [] : acts.SelectMany(a => a._counters))
        {
            counts[counter] = counts.GetValueOrDefault(counter) + change;
        }

        var waits = counts.Where(c => c.Key.Kind == CounterKind.Waiting && c.Value != 0).ToDictionary(c => c.Key.Workspace, c => c.Value);
        List<KeyValuePair<CounterId, long>> changed =
        [
            .. counts.Where(c => c.Value != 0 && c.Key.IsTotal),
            .. waits.Count == 0
                ? counts.Where(c => c.Value != 0 && !c.Key.IsTotal)
                : counts
                    .Where(c => c.Value != 0 && !c.Key.IsTotal)
                    .Select(c => c.Key.Row)
                    .Distinct()
                    .Order()
                    .Select(c => new KeyValuePair<CounterId, long>(c, counts.GetValueOrDefault(c))),
        ];
        if (changed.Count > 0)
        {
            steps.Add(new CountChanges(changed, waits, acts.Max(a => a.At)));
        }

        return steps;
    }

    /// <summary>One question for all, each workspace once; two that rest on different versions never both hold.</summary>
    private static Question? OnConfigurations(MembershipDb db, IReadOnlyList<Changes> acts)
    {
        var seen =
            acts.Count == 1
                ? acts[0]._restsOn.Where(r => !acts[0]._workspaces.Contains(r.Key)).ToList()
                : [.. acts.SelectMany(a => a._restsOn.Where(r => !a._workspaces.Contains(r.Key))).Distinct().OrderBy(r => r.Key)];
        if (seen.Count == 0)
        {
            return null;
        }

        var values = new List<Func<DbCommand, DbParameter>>(2 * seen.Count);
        string Bind(object value)
        {
            var name = PositionalName.Of(values.Count);
            values.Add(Value.Of(name, value));
            return name;
        }

        var where = string.Join(" OR ", seen.Select(s => $"(id = {Bind(s.Key.Value)} AND configuration_version = {Bind(s.Value)})"));
        return new($"SELECT 1 FROM workspaces WHERE {where} {db.KeepingRows}".TrimEnd(), values, seen.Count, GuardFailure.Configuration);
    }

    private AuditEntry Line(string act, Id<Workspace> workspace, (string Kind, Guid? Id, string? Name) target) =>
        new()
        {
            WorkspaceId = workspace,
            Id = Id<AuditEntry>.New(_time),
            At = At,
            ActorKind = _actor.Kind,
            ActorId = _actor.Id,
            ActorName = _actor.Name,
            Door = _actor.Door,
            Act = act,
            TargetKind = target.Kind,
            TargetId = target.Id,
            TargetName = target.Name,
        };

    private (string? Before, string? After, Dictionary<string, string>? Cut) Difference(
        object? before,
        object? after,
        IReadOnlyList<string>? passedOver
    )
    {
        if ((before ?? after) is not { } any)
        {
            return (null, null, null);
        }

        var facts = RowMap.Of(_db, any.GetType()).Facts(before, after);
        Dictionary<string, string>? cut = null;
        foreach (var (column, was, _) in facts)
        {
            if (was is string { Length: > LongestTold } text)
            {
                (cut ??= [])[column.Fact.Value] = text;
            }
        }

        return (
            before is null ? null : AuditFacts.Write(facts, f => f.Was),
            after is null && passedOver is not { Count: > 0 } ? null : AuditFacts.Write(after is null ? [] : facts, f => f.Is, passedOver),
            cut
        );
    }

    private static string? Text(object? value) => value is null ? null : JsonSerializer.Serialize(value, WorkspaceConfiguration.Json);

    /// <summary>What apps were given ends with what it rests on, in the same transaction: no act can forget it.</summary>
    private void EndAccess(object? before, object? after)
    {
        foreach (var statement in AppAccess.EndsWith(before, after, Cause, At, () => Id<OutboxMessage>.New(_time)))
        {
            Queue(statement);
            _endsAccess = true;
        }
    }

    /// <summary>What is done here, by the name in its first audit line, and through which door.</summary>
    private string Cause() =>
        $"{(_adds.GetValueOrDefault((typeof(AuditEntry), false))?[0] as AuditEntry)?.Act ?? _act} {Word.Of(_actor.Door)}";

    private void Queue(object row, bool ifMissing)
    {
        var key = (row.GetType(), ifMissing);
        if (!_adds.TryGetValue(key, out var rows))
        {
            _adds[key] = rows = [];
            _addOrder.Add(key);
        }

        rows.Add(row);
    }

    private void Queue(Statement? statement) => _rows.AddRange(statement is null ? [] : [statement]);

    private static void NotMember<T>()
    {
        if (typeof(T) == typeof(Member))
        {
            throw new InvalidOperationException("A member is written through Seats.Settle and Changes.Write.");
        }
    }
}
