using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Seals the lines of the audit log that are not sealed yet: each gets its place in its workspace's chain, without gaps, and the chain's
/// value up to it; the new end is signed. Any number of servers may run it: of two that seal the same log one is first and the other
/// begins anew. A line that was committed late is sealed late; what is sealed never moves.
/// </summary>
public sealed class SealAudit(Store store)
{
    private const int Piece = 200;

    /// <summary>Seals what there is.</summary>
    /// <param name="ct">Stops it between two pieces.</param>
    /// <returns>The new heads, one for each log that got longer.</returns>
    public async Task<IReadOnlyList<AuditHead>> RunAsync(CancellationToken ct)
    {
        var heads = new List<AuditHead>();
        for (var last = (Guid?)null; await NextAsync(last, ct) is { } workspace; last = workspace)
        {
            AuditHead? reached = null;
            while (await SealAsync(new(workspace), ct) is { } head)
            {
                reached = head.Head;
                if (!head.IsMore)
                {
                    break;
                }
            }

            if (reached is not null)
            {
                heads.Add(reached);
            }
        }

        return heads;
    }

    /// <summary>The next workspace with a line that is not sealed; null when there is none.</summary>
    private async Task<Guid?> NextAsync(Guid? after, CancellationToken ct)
    {
        await using var db = store.Read();
        var batch = new ReadBatch();
        var found = after is { } last
            ? batch.Read(
                "SELECT workspace_id FROM audit_entries WHERE sequence IS NULL AND workspace_id > $1 ORDER BY workspace_id LIMIT 1",
                row => row.GetGuid(0),
                last
            )
            : batch.Read(
                "SELECT workspace_id FROM audit_entries WHERE sequence IS NULL ORDER BY workspace_id LIMIT 1",
                row => row.GetGuid(0)
            );
        await batch.RunAsync(db, ct);
        return found.Rows.Count == 0 ? null : found.First;
    }

    /// <summary>Seals one piece; null when there was nothing, or rivals kept it from being written: the next run has it.</summary>
    private async Task<Piecewise?> SealAsync(Id<Workspace> workspace, CancellationToken ct)
    {
        var done = await store.ChangeAsync<Piecewise?>(
            Actor.System,
            workspace,
            "audit.sealed",
            async attempt =>
            {
                var before = await attempt.Db.AuditHeads.AsNoTracking().FirstOrDefaultAsync(h => h.WorkspaceId == workspace, ct);
                var lines = await AuditLines.UnsealedAsync(attempt.Db, workspace, Piece, ct);
                if (lines.Count == 0)
                {
                    return (Piecewise?)null;
                }

                var (sequence, chain) = (before?.Sequence ?? 0, before?.Chain ?? AuditLink.Start);
                var sealedLines = new List<(ChainedLine Line, long Sequence, byte[] Chain)>();
                foreach (var line in lines)
                {
                    sequence++;
                    chain = AuditLink.After(chain, sequence, line);
                    sealedLines.Add((line, sequence, chain));
                }

                var head = new AuditHead
                {
                    WorkspaceId = workspace,
                    Sequence = sequence,
                    Chain = chain,
                    At = attempt.At,
                    Signature = AuditSigner.Sign(store.Box, workspace.Value, sequence, chain, attempt.At),
                };
                attempt.Changes.Execute(before is null ? First(head) : Next(before, head));
                attempt.Changes.Execute(Mark(workspace, sealedLines));
                return new Piecewise(head, lines.Count == Piece);
            },
            ct
        );
        return done.Is(out var piece, out _) ? piece : null;
    }

    /// <summary>Where a rival was first, the row is there and none is added: the act is planned anew.</summary>
    private static Statement First(AuditHead head) =>
        new(
            "INSERT INTO audit_heads (workspace_id, sequence, chain, at, signature) VALUES (@p0, @p1, @p2, @p3, @p4) ON "
                + "CONFLICT DO NOTHING",
            Values(head),
            1,
            GuardFailure.Conflict
        );

    private static Statement Next(AuditHead before, AuditHead head) =>
        new(
            "UPDATE audit_heads SET sequence = @p1, chain = @p2, at = @p3, signature = @p4 WHERE workspace_id = @p0 AND sequence = @p5",
            [.. Values(head), Value.Of("@p5", before.Sequence)],
            1,
            GuardFailure.Conflict
        );

    private static IReadOnlyList<Func<DbCommand, DbParameter>> Values(AuditHead head) =>
        [
            Value.Of("@p0", head.WorkspaceId.Value),
            Value.Of("@p1", head.Sequence),
            Value.Of("@p2", head.Chain),
            Value.Of("@p3", head.At.ToUnixTimeMilliseconds()),
            Value.Of("@p4", head.Signature),
        ];

    /// <summary>
    /// All lines of a piece in one statement. A digest that somebody else set meanwhile is another one: the act is planned anew.
    /// </summary>
    private static Statement Mark(Id<Workspace> workspace, List<(ChainedLine Line, long Sequence, byte[] Chain)> lines)
    {
        var values = new List<Func<DbCommand, DbParameter>> { Value.Of("@p0", workspace.Value) };
        string Bind(object value)
        {
            var name = "@p" + values.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
            values.Add(Value.Of(name, value));
            return name;
        }

        var rows = string.Join(", ", lines.Select(l => $"({Bind(l.Line.Id)}, {Bind(l.Sequence)}, {Bind(l.Chain)}, {Bind(l.Line.Digest)})"));
        return new(
            "UPDATE audit_entries SET sequence = v.column2, chain = v.column3, digest = v.column4 "
                + $"FROM (VALUES {rows}) AS v WHERE workspace_id = @p0 AND id = v.column1 AND sequence IS NULL AND (digest IS "
                + $"NULL OR digest = v.column4)",
            values,
            lines.Count,
            GuardFailure.Conflict
        );
    }

    private sealed record Piecewise(AuditHead Head, bool IsMore);
}
