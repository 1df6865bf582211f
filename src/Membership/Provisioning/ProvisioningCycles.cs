using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// Which cycle a line belongs to, and the counts of the cycles. What this server remembers is enough while its client goes on; after a
/// pause it looks in the database, where another server may have gone on with the cycle or begun the next.
/// </summary>
internal sealed class ProvisioningCycles(Store store)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Dictionary<(Id<Workspace>, Guid Client), Known> _known = [];

    /// <summary>The client goes on, with something that has no line yet.</summary>
    public void Touch(Id<Workspace> workspace, Guid client, DateTimeOffset at)
    {
        if (_known.TryGetValue((workspace, client), out var known) && known.IsOpen(at) && at > known.LastAt)
        {
            known.LastAt = at;
        }
    }

    /// <summary>The lines, each in its cycle, and the statements by which those count them.</summary>
    public async Task<(IReadOnlyList<ProvisioningLine> Lines, IReadOnlyList<Statement> Counts)> InAsync(
        MembershipDb db,
        IReadOnlyList<ProvisioningLine> lines,
        CancellationToken ct
    )
    {
        List<ProvisioningLine> placed = [];
        Dictionary<Known, ProvisioningCycle> counts = [];
        foreach (var line in lines)
        {
            if (line.ClientId == Guid.Empty || line.Code is ProvisioningAdvice.TokenExpired or ProvisioningAdvice.TokenRevoked)
            {
                placed.Add(line);
                continue;
            }

            var known = await OfAsync(db, line, ct);
            placed.Add(line with { CycleId = known.Id.Value });
            counts[known] = Count(counts.GetValueOrDefault(known) ?? Nothing(line), line);
        }

        return (placed, [.. counts.OrderBy(c => c.Key.Id).Select(c => Add(c.Key, c.Value))]);
    }

    private static ProvisioningCycle Nothing(ProvisioningLine line) =>
        new()
        {
            WorkspaceId = line.WorkspaceId,
            ClientId = line.ClientId,
            Number = 0,
            Id = default,
            Client = line.Client,
            StartedAt = line.At,
            LastAt = line.At,
        };

    private static ProvisioningCycle Count(ProvisioningCycle cycle, ProvisioningLine line)
    {
        var times = line.Times;
        cycle = cycle with
        {
            LastAt = line.At > cycle.LastAt ? line.At : cycle.LastAt,
            Requests = cycle.Requests + times,
            Failed = cycle.Failed + (line.Failed ? times : 0),
        };
        return line.Outcome switch
        {
            ProvisioningOutcome.Created => cycle with { Created = cycle.Created + times },
            ProvisioningOutcome.Changed or ProvisioningOutcome.Activated => cycle with { Changed = cycle.Changed + times },
            ProvisioningOutcome.Unchanged => cycle with { Unchanged = cycle.Unchanged + times },
            ProvisioningOutcome.Deactivated => cycle with { Deactivated = cycle.Deactivated + times },
            ProvisioningOutcome.Deleted => cycle with { Deleted = cycle.Deleted + times },
            ProvisioningOutcome.Read or ProvisioningOutcome.Absent => cycle with { Reads = cycle.Reads + times },
            _ => cycle,
        };
    }

    private static Statement Add(Known known, ProvisioningCycle more) =>
        new(
            "UPDATE provisioning_cycles SET last_at = CASE WHEN last_at < $4 THEN $4 ELSE last_at END, requests = requests + $5, "
                + "reads = reads + $6, created = created + $7, changed = changed + $8, unchanged = unchanged + $9, "
                + "deactivated = deactivated + $10, deleted = deleted + $11, failed = failed + $12 "
                + "WHERE workspace_id = $1 AND client_id = $2 AND \"number\" = $3",
            [
                Value.Of("$1", more.WorkspaceId.Value),
                Value.Of("$2", more.ClientId),
                Value.Of("$3", known.Number),
                Value.Of("$4", more.LastAt.ToUnixTimeMilliseconds()),
                Value.Of("$5", more.Requests),
                Value.Of("$6", more.Reads),
                Value.Of("$7", more.Created),
                Value.Of("$8", more.Changed),
                Value.Of("$9", more.Unchanged),
                Value.Of("$10", more.Deactivated),
                Value.Of("$11", more.Deleted),
                Value.Of("$12", more.Failed),
            ]
        );

    private async Task<Known> OfAsync(MembershipDb db, ProvisioningLine line, CancellationToken ct)
    {
        var key = (line.WorkspaceId, line.ClientId);
        if (_known.TryGetValue(key, out var known) && known.IsOpen(line.At))
        {
            known.LastAt = line.At > known.LastAt ? line.At : known.LastAt;
            return known;
        }

        var newest = await NewestAsync(db, line, ct);
        if (newest is null || !newest.IsOpen(line.At))
        {
            var next = Nothing(line) with { Number = (newest?.Number ?? 0) + 1, Id = Id<ProvisioningCycle>.New(store.Time) };
            // of two servers one is first, and the other goes on with its cycle
            await store.WriteBesideAsync([RowMap.Of<ProvisioningCycle>(db).Insert([next], "ON CONFLICT DO NOTHING")], Patience, ct);
            newest = await NewestAsync(db, line, ct) ?? next;
        }

        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        return _known[key] = new(newest.Id, newest.Number) { LastAt = newest.LastAt > line.At ? newest.LastAt : line.At };
    }

    private static async Task<ProvisioningCycle?> NewestAsync(MembershipDb db, ProvisioningLine line, CancellationToken ct)
    {
        var reader = RowReader<ProvisioningCycle>.Of(db);
        var batch = new ReadBatch();
        var found = batch.Read(
            $"SELECT {reader.Columns("c")} FROM {reader.Table} c WHERE c.workspace_id = $1 AND c.client_id = $2 "
                + "ORDER BY c.\"number\" DESC LIMIT 1",
            row => reader.Read(row, 0),
            line.WorkspaceId.Value,
            line.ClientId
        );
        await batch.RunAsync(db, ct);
        return found.First;
    }

    private sealed class Known(Id<ProvisioningCycle> id, int number)
    {
        public Id<ProvisioningCycle> Id { get; } = id;

        public int Number { get; } = number;

        public DateTimeOffset LastAt { get; set; }

        public bool IsOpen(DateTimeOffset at) => at - LastAt < ProvisioningCycle.Gap;
    }
}
