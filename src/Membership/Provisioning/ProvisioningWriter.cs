using System.Data.Common;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// Makes lines of what <see cref="ProvisioningLog"/> took out of its queue and writes them: sums reads of one kind, finds the cycle of
/// each and the name of whoever was named by an id alone. What was taken and cannot be written stays here for the next time.
/// </summary>
internal sealed class ProvisioningWriter(Store store)
{
    private const int MostSums = 5_000;
    private static readonly TimeSpan SumOf = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly ProvisioningCycles _cycles = new(store);
    private readonly Dictionary<(Id<Workspace>, Guid Client, string Method, string Kind, ProvisioningOutcome), Sum> _sums = [];
    private readonly List<(StrangerNote Note, DateTimeOffset At, int Times)> _strangers = [];
    private List<ProvisioningLine> _lines = [];

    /// <summary>How many lines wait here.</summary>
    public int Waiting => _lines.Count;

    /// <summary>Takes a request: a line of its own, or one more of a sum.</summary>
    public void Take(ProvisioningNote note)
    {
        if (note.Kind is not { } kind || note.Failed)
        {
            _lines.Add(LineOf(note, 1));
            return;
        }

        var key = (note.Workspace, note.ClientId, note.Method, kind, note.Outcome);
        if (_sums.TryGetValue(key, out var sum) && note.At - sum.Since < SumOf && note.At >= sum.Since)
        {
            (sum.Last, sum.Times) = (note, sum.Times + 1);
            _cycles.Touch(note.Workspace, note.ClientId, note.At);
            return;
        }

        if (sum is { Times: > 0 } || _sums.Count >= MostSums)
        {
            TakeSums(sum is null);
        }

        if (sum is { Times: > 0 })
        {
            Tell(sum);
        }

        _sums[key] = new(note);
        _lines.Add(LineOf(note, 1));
    }

    /// <summary>Makes lines of the sums whose minute is over.</summary>
    public void TakeSums(bool all)
    {
        var now = store.Time.Now();
        foreach (var (key, sum) in _sums.ToList())
        {
            if (all || now - sum.Since >= SumOf || now < sum.Since)
            {
                Tell(sum);
                _ = _sums.Remove(key);
            }
        }
    }

    public void Take(List<(StrangerNote Note, DateTimeOffset At, int Times)> strangers) => _strangers.AddRange(strangers);

    public void TakeLost(Id<Workspace> workspace, int count) => _lines.Add(LostLine(workspace, count));

    /// <summary>Writes what was taken, as one transaction.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        if (_lines.Count == 0 && _strangers.Count == 0)
        {
            return;
        }

        await using var db = store.Read();
        if (_strangers.Count > 0)
        {
            var lines = await Strangers.LinesAsync(db, store.Time, _strangers, ct);
            _strangers.Clear();
            _lines.AddRange(lines);
        }

        if (_lines.Count == 0)
        {
            return;
        }

        _lines = [.. await NamedAsync(db, _lines, ct)];
        try
        {
            await WriteAsync(db, _lines, ct);
        }
        catch (DbException fault) when (db.Classify(fault) == WriteFault.Other)
        {
            // one of them no database takes: the others must not wait for it for ever
            foreach (var line in _lines.ToList())
            {
                await AloneAsync(db, line, ct);
                _ = _lines.Remove(line);
            }
        }

        _lines = [];
    }

    private async Task AloneAsync(MembershipDb db, ProvisioningLine line, CancellationToken ct)
    {
        try
        {
            await WriteAsync(db, [line], ct);
        }
        catch (DbException fault) when (db.Classify(fault) == WriteFault.Other)
        {
            await WriteAsync(db, [LostLine(line.WorkspaceId, line.Times)], ct);
        }
    }

    private async Task WriteAsync(MembershipDb db, IReadOnlyList<ProvisioningLine> lines, CancellationToken ct)
    {
        var (rows, counts) = await _cycles.InAsync(db, lines, ct);
        // sent again after a COMMIT of which nobody heard, they are there already
        List<Step> steps = [RowMap.Of<ProvisioningLine>(db).Insert([.. rows], "ON CONFLICT DO NOTHING"), .. counts];
        await store.WriteBesideAsync(steps, Patience, ct);
    }

    /// <summary>The names of those who were named by an id alone, as the audit log last knew them: also of who is gone.</summary>
    private static async Task<IReadOnlyList<ProvisioningLine>> NamedAsync(
        MembershipDb db,
        List<ProvisioningLine> lines,
        CancellationToken ct
    )
    {
        var batch = new ReadBatch();
        var asked = lines
            .Where(l => l is { TargetId: not null, TargetName: null, ErasedAt: null })
            .DistinctBy(l => (l.WorkspaceId, l.TargetId))
            .ToDictionary(
                l => (l.WorkspaceId, l.TargetId),
                l =>
                    batch.Read(
                        "SELECT target_name FROM audit_entries WHERE workspace_id = $1 AND target_id = $2 AND target_name IS NOT NULL "
                            + "ORDER BY id DESC LIMIT 1",
                        r => r.GetString(0),
                        l.WorkspaceId.Value,
                        l.TargetId!.Value
                    )
            );
        if (asked.Count == 0)
        {
            return lines;
        }

        await batch.RunAsync(db, ct);
        return lines.ConvertAll(l =>
            l.TargetName is null && asked.TryGetValue((l.WorkspaceId, l.TargetId), out var found) ? l with { TargetName = found.First } : l
        );
    }

    private void Tell(Sum sum)
    {
        if (sum.Times > 0)
        {
            var last = sum.Last;
            _lines.Add(
                LineOf(
                    last with
                    {
                        Path = last.Kind!,
                        TargetKind = null,
                        TargetId = null,
                        TargetName = null,
                        SubjectName = null,
                        Request = null,
                        Cut = false,
                    },
                    sum.Times
                )
            );
        }
    }

    private ProvisioningLine LostLine(Id<Workspace> workspace, int count) =>
        new()
        {
            WorkspaceId = workspace,
            Id = Id<ProvisioningLine>.New(store.Time),
            At = store.Time.Now(),
            TookMs = 0,
            ClientId = Guid.Empty,
            Client = "",
            CycleId = Guid.Empty,
            Method = "",
            Path = "/",
            Outcome = ProvisioningOutcome.Lost,
            Failed = true,
            Status = 0,
            Code = ProvisioningAdvice.LinesLost,
            Times = count,
        };

    private ProvisioningLine LineOf(ProvisioningNote note, int times) =>
        new()
        {
            WorkspaceId = note.Workspace,
            Id = Id<ProvisioningLine>.New(store.Time),
            At = note.At,
            TookMs = (int)Math.Min(int.MaxValue, note.Took.TotalMilliseconds),
            ClientId = note.ClientId,
            Client = ProvisioningText.Plain(note.Client, 200)!,
            UserAgent = ProvisioningText.Plain(note.UserAgent, 200),
            CycleId = Guid.Empty,
            Method = ProvisioningText.Plain(note.Method, 32)!,
            Path = ProvisioningText.Plain(note.Path, 1000)!,
            TargetKind = note.TargetKind,
            TargetId = note.TargetId,
            TargetName = ProvisioningText.Plain(note.TargetName, 200),
            Subject = note.TargetId ?? (note.SubjectName is { Length: > 0 } name ? ProvisioningSubject.Of(name) : null),
            Outcome = note.Outcome,
            Failed = note.Failed,
            Status = note.Status,
            ScimType = note.ScimType,
            Code = note.Code,
            Reason = ProvisioningText.Plain(note.Reason, 1000),
            Request = note.Request,
            Cut = note.Cut,
            Answer = note.Answer,
            Times = times,
        };

    private sealed class Sum(ProvisioningNote first)
    {
        public DateTimeOffset Since { get; } = first.At;

        public ProvisioningNote Last { get; set; } = first;

        public int Times { get; set; }
    }
}
