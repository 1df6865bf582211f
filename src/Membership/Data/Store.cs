using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// Where acts meet the database: reads are open to all, a change is planned, written in one transaction (with others that
/// are ready at the same moment, see <see cref="GroupCommit"/>), and planned anew when somebody else was faster.
/// </summary>
/// <param name="open">Opens a context from the provider's pool; it must not track.</param>
/// <param name="time">The clock.</param>
/// <param name="box">Seals secrets at rest.</param>
public sealed class Store(Func<MembershipDb> open, TimeProvider time, SecretBox box)
{
    private readonly SecretBox _box = WithFoundingKeys(open, box);

    /// <summary>How often a note beside the facts (last use, last activity) is written at most.</summary>
    internal static readonly TimeSpan NoteInterval = TimeSpan.FromMinutes(1);

    private const int MostTries = 40;
    private static readonly TimeSpan NotePatience = TimeSpan.FromSeconds(1);
    private readonly GroupCommit _groupCommit = new(open);
    private readonly LargeTurns _turns = new();

    /// <summary>The clock of the installation.</summary>
    public TimeProvider Time => time;

    /// <summary>Seals secrets at rest.</summary>
    public SecretBox Box => _box;

    /// <summary>Raised when an act that committed left something to be done outside.</summary>
    public OutboxSignal Outbox { get; } = new();

    /// <summary>What the log was told of things that directories sent and nobody keeps.</summary>
    internal PassedOverNotes PassedOver { get; } = new();

    /// <summary>Opens the database for reading; the caller disposes.</summary>
    public MembershipDb Read() => open();

    /// <summary>
    /// The same for a request whose token was not asked for yet: the first <see cref="ReadBatch"/> through it asks.
    /// </summary>
    public MembershipDb Read(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var db = open();
        db.Proof = actor.Proof;
        return db;
    }

    /// <summary>See <see cref="MembershipDb.IsUnavailable"/>: what doors answer with 503.</summary>
    public bool IsUnavailable(Exception fault)
    {
        using var db = open();
        return db.IsUnavailable(fault);
    }

    /// <summary>
    /// Runs an act. The plan reads through the attempt, decides, and puts what is to be written into
    /// <see cref="Attempt.Changes"/>; a refusal writes nothing but, where it was the actor who lacked the right, a line
    /// in the audit log. One that is <see cref="Refusal.ButWritten"/> is committed like an act that was done, and planned anew like
    /// it; it is handed out once its changes are written. A database that is away is no refusal but the driver's own exception, for after a
    /// lost COMMIT nobody knows what was done; doors answer it with 503.
    /// </summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspace">Where; null for the installation.</param>
    /// <param name="act">The act's name in the audit log.</param>
    /// <param name="plan">The act itself; may run several times.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <param name="again">
    /// Whether a refusal is not the last word, since what it rests on is another by now: then the act is planned anew, and nobody is told
    /// of it. Must say no at some time. Null for never.
    /// </param>
    public async Task<Outcome<T>> ChangeAsync<T>(
        Actor actor,
        Id<Workspace>? workspace,
        string act,
        Func<Attempt, Task<Outcome<T>>> plan,
        CancellationToken ct,
        Func<Refusal, Task<bool>>? again = null
    )
    {
        var began = TimeProvider.System.GetTimestamp();
        var outcome = await TryAsync(actor, workspace, act, plan, again, ct);
        if (Held.Current is not { Rehearses: true })
        {
            MembershipMeter.Ended(act, actor.Door, outcome.Refusal, TimeProvider.System.GetElapsedTime(began));
        }

        return outcome;
    }

    private async Task<Outcome<T>> TryAsync<T>(
        Actor actor,
        Id<Workspace>? workspace,
        string act,
        Func<Attempt, Task<Outcome<T>>> plan,
        Func<Refusal, Task<bool>>? again,
        CancellationToken ct
    )
    {
        var held = Held.Current;
        await (held is null ? Task.CompletedTask : TokenProof.ShowAsync(actor.Proof, this, ct)); // what is put aside is another's write
        var full = held?.Full ?? [];
        // real time: a database that lets nobody write must not hold the caller for all the tries
        var began = TimeProvider.System.GetTimestamp();
        using var turn = new LargeTurns.Turn(_turns, workspace);
        for (var tries = 1; ; tries++)
        {
            await using var db = open();
            var attempt = new Attempt(db, actor, time, _box, full, tries == 1 && held?.IsFirst != false, turn.IsHeld, act);
            var planned = await plan(attempt);
            if (attempt.IsAwaitingTurn)
            {
                await turn.EnterAsync(ct);
                (began, tries) = (TimeProvider.System.GetTimestamp(), 0);
                continue;
            }

            if (planned.Refusal is { IsWritten: false } refusal)
            {
                if (again is not null && await again(refusal))
                {
                    full.Clear();
                    continue;
                }

                if (held is not { Rehearses: true })
                {
                    await TellAsync(attempt, workspace, act, refusal, ct);
                }

                return planned;
            }

            if (planned.Refusal is null)
            {
                await SeatLine.FollowAsync(attempt, ct);
            }

            var written = planned.Refusal is { } no ? no with { IsWritten = false } : planned;
            if (attempt.Changes.IsEmpty || held?.Take(workspace, attempt.Changes) == true)
            {
                return written;
            }

            var result = await CommitAsync(workspace, attempt.Changes, ct);
            if (result.IsDone)
            {
                held?.Written();
                return written;
            }

            if (await AgainstAnotherTryAsync(result, attempt.Changes, full, tries, began, db.CommandTimeout, ct) is { } end)
            {
                await TellAsync(attempt, workspace, act, end, ct);
                return end;
            }
        }
    }

    /// <summary>
    /// Runs a request whose acts put aside what they mean to write, and writes it with what is told of the request once its answer is
    /// known: all of it in one transaction. Runs it again when somebody was faster.
    /// </summary>
    /// <param name="ready">What is known of the request already, asked before each run; null for nothing.</param>
    /// <param name="run">The request; null when it came to nothing, and then nothing is written.</param>
    /// <param name="claim">Writes that it has come, for acts that write in parts.</param>
    /// <param name="tell">Writes what came of it, beside what its acts write.</param>
    /// <returns>What is known, or what came of it; the refusal when it was not to be written.</returns>
    internal async Task<Outcome<(T Value, bool IsClaimed)>> HoldAsync<T>(
        Func<Task<Outcome<T>?>> ready,
        Func<Task<T?>> run,
        Action<Changes> claim,
        Action<Changes, T> tell
    )
        where T : class
    {
        var full = new HashSet<CounterId>();
        var began = TimeProvider.System.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            if (await ready() is { } known)
            {
                return known.Is(out var value, out var refusal) ? (value, false) : refusal;
            }

            T? came;
            Held held;
            using (held = new Held(full, tries == 1, claim).Enter())
            {
                came = await run();
            }

            if (came is null && !held.IsClaimed && await ready() is { } since)
            {
                // what stood in the way may be what the rival with the same key did
                return since.Is(out var value, out var refusal) ? (value, false) : refusal;
            }

            if (came is null || held.IsClaimed)
            {
                return (came!, held.IsClaimed);
            }

            await using var db = open();
            var changes = held.Changes ?? new Changes(db, Actor.System, time);
            tell(changes, came);
            var result = await CommitAsync(held.Workspace, changes, CancellationToken.None);
            if (result.IsDone)
            {
                return (came, false);
            }

            if (await AgainstAnotherTryAsync(result, changes, full, tries, began, db.CommandTimeout, CancellationToken.None) is { } no)
            {
                return no;
            }
        }
    }

    private async Task<CommitResult> CommitAsync(Id<Workspace>? workspace, Changes changes, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        var result = await _groupCommit.CommitAsync(workspace, changes, ct);
        MembershipMeter.Waited(TimeProvider.System.GetElapsedTime(began));
        if (result.FailedGuard is { Meaning: GuardFailure.Token })
        {
            throw new StaleTokenException();
        }

        if (result.IsDone)
        {
            changes.Proof?.Show();
        }

        if (result.IsDone && changes.Sends)
        {
            Outbox.Raise();
        }

        return result;
    }

    /// <summary>What is learned from a try that was not written: why there is no other, or null once it may begin.</summary>
    private static async Task<Refusal?> AgainstAnotherTryAsync(
        CommitResult result,
        Changes changes,
        HashSet<CounterId> full,
        int tries,
        long began,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        switch (result.FailedGuard?.Meaning)
        {
            case GuardFailure.LastAdmin:
                return Seats.LastAdmin();
            case GuardFailure.Refused:
                return result.FailedGuard.Refusal!;
            case GuardFailure.Configuration:
                changes.RestsOn.ToList().ForEach(WorkspaceContext.Forget);
                break;
        }

        if (result.FailedGuard?.Meaning != GuardFailure.Full)
        {
            full.Clear(); // somebody was faster: perhaps there is room by now
        }

        if (
            (result.FailedGuard is { Meaning: GuardFailure.Full, Counter: { } counter } && !full.Add(counter))
            || tries >= MostTries
            || TimeProvider.System.GetElapsedTime(began) > limit
        )
        {
            return Refusal.Busy();
        }

        if (result.FailedGuard?.Meaning != GuardFailure.Full && tries > 2)
        {
            // real time: it makes room for a rival, whatever the clock says
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * Math.Min(tries, 10))), ct);
        }

        return null;
    }

    /// <summary>
    /// Writes a note beside the facts (last use, last activity): one statement, no audit line, nothing that depends on it.
    /// When rivals or a lame database keep it from being written it is left out; the next one will come.
    /// </summary>
    internal async Task NoteAsync(string sql, IReadOnlyList<Func<DbCommand, DbParameter>> parameters, CancellationToken ct)
    {
        await using var db = open();
        try
        {
            await db.WriteAsync([new Statement(sql, parameters)], NotePatience, ct);
        }
        catch (DbException fault) when (db.Classify(fault) != WriteFault.Other)
        {
            // a note, no fact
        }
    }

    /// <summary>
    /// Writes rows of a log beside the facts (the provisioning log), as one transaction: no audit line, nothing that depends on it.
    /// </summary>
    /// <exception cref="DbException">It was not written; who calls decides whether to try again.</exception>
    internal async Task WriteBesideAsync(IReadOnlyList<Step> steps, TimeSpan patience, CancellationToken ct)
    {
        await using var db = open();
        _ = await db.WriteAsync(steps, patience, ct);
    }

    private async Task TellAsync(Attempt attempt, Id<Workspace>? workspace, string act, Refusal refusal, CancellationToken ct)
    {
        var actor = attempt.Actor;
        if (!refusal.IsToldOf(actor) || actor.Workspace is null || actor.Workspace != workspace)
        {
            return;
        }

        await TokenProof.ShowAsync(actor.Proof, this, ct);
        await using var db = open();
        var changes = new Changes(db, actor, time);
        changes.TellRefused(act, workspace.Value, refusal, await NamedAsync(db, workspace.Value, attempt.Concerned, ct));
        for (var tries = 1; !(await _groupCommit.CommitAsync(workspace, changes, ct)).IsDone && tries < MostTries; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 20)), ct);
        }
    }

    /// <summary>
    /// Whom an act concerned, with the name; null where nobody here is meant: what was asked for may be another workspace's.
    /// </summary>
    private static async Task<(string Kind, Guid? Id, string? Name)?> NamedAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        (string Kind, Guid? Id, string? Name)? concerned,
        CancellationToken ct
    )
    {
        if (concerned is not { Kind: "member", Id: { } value, Name: null })
        {
            return concerned;
        }

        var id = new Id<Members.Member>(value);
        return await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace && m.Id == id, ct) is { } member
            ? ("member", value, member.ShownName)
            : null;
    }

    private static SecretBox WithFoundingKeys(Func<MembershipDb> open, SecretBox box)
    {
        box.FoundBy(keys =>
        {
            using var db = open();
            return FoundingKeys.Read(db, keys);
        });
        return box;
    }
}
