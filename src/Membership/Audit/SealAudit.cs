using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Seals the lines of the audit log that are not sealed yet: each gets its place in its workspace's chain, without gaps, and the new end
/// is signed. That is kept in a row for each piece (<see cref="AuditSegment"/>), and no line is touched: what is new is found by its id
/// (<see cref="AuditLook"/>), so a run costs what is new, whatever there is. Any number of servers may run it: of two that seal the same
/// log one is first and the other begins anew. A line that was committed late is sealed late; what is sealed never moves.
/// </summary>
public sealed class SealAudit(Store store)
{
    /// <summary>How many lines it looks at, at a time.</summary>
    internal const int Page = 2_000;

    /// <summary>Seals what there is.</summary>
    /// <param name="ct">Stops it between two pages.</param>
    /// <returns>The new heads, one for each log that got longer.</returns>
    public async Task<IReadOnlyList<AuditHead>> RunAsync(CancellationToken ct)
    {
        await using var db = store.Read();
        var now = store.Time.Now();
        var kept = await AuditLook.ReadAsync(db, ct);
        var (from, looked) = kept.Begin(now);
        var (look, after) = (kept, new AuditPlace(from, Guid.Empty));
        var heads = new Dictionary<Id<Workspace>, AuditHead>();
        while (await AuditPlace.NextAsync(db, after, Page, ct) is [.., var last] page)
        {
            look = look.Through(last.Id, now);
            if (await AuditPlace.UnsealedAsync(db, page, ct) is { Count: > 0 } unsealed)
            {
                if (!(await SealAsync(unsealed, look, ct)).Is(out var reached, out _))
                {
                    return [.. heads.Values]; // rivals kept it from being written: the next run has it
                }

                reached.ToList().ForEach(head => heads[head.WorkspaceId] = head);
                kept = reached.Count > 0 ? look : kept;
            }

            after = last;
            if (page.Count < Page)
            {
                break;
            }
        }

        look = look with { Looked = looked };
        if (look.Text != kept.Text)
        {
            var keep = look.Keep(now);
            await store.NoteAsync(keep.Sql, keep.Parameters, ct);
        }

        return [.. heads.Values];
    }

    /// <summary>Seals what is not sealed by then of some lines; refused when rivals kept it from being written.</summary>
    private Task<Outcome<IReadOnlyList<AuditHead>>> SealAsync(IReadOnlyList<AuditPlace> places, AuditLook look, CancellationToken ct) =>
        store.ChangeAsync<IReadOnlyList<AuditHead>>(
            Actor.System,
            null,
            "audit.sealed",
            async attempt =>
            {
                // the ends first: whoever seals one of these lines from here on takes the place behind them
                var ends = await EndsAsync(attempt.Db, [.. places.Select(p => p.Workspace).Distinct().Order()], ct);
                var unsealed = await AuditPlace.UnsealedAsync(attempt.Db, places, ct);
                var lines = await AuditLines.ChainedAsync(attempt.Db, unsealed, ct);
                var heads = new List<AuditHead>();
                foreach (var (workspace, end) in ends)
                {
                    var (sequence, chain) = end;
                    foreach (var piece in Pieces(lines.GetValueOrDefault(workspace) ?? []))
                    {
                        var first = sequence + 1;
                        foreach (var line in piece)
                        {
                            chain = AuditLink.After(chain, ++sequence, line);
                        }

                        var segment = new AuditSegment
                        {
                            WorkspaceId = new(workspace),
                            First = first,
                            Sequence = sequence,
                            Lines = AuditSegment.Pack(piece),
                            LastId = new(piece[^1].Id),
                            Chain = chain,
                            At = attempt.At,
                            Signature = AuditSigner.Sign(store.Box, workspace, sequence, chain, attempt.At),
                        };
                        attempt.Changes.Add(segment);
                        heads.Add(segment.ToHead());
                    }
                }

                if (heads.Count > 0)
                {
                    attempt.Changes.Execute(look.Keep(attempt.At));
                }

                return heads;
            },
            ct
        );

    /// <summary>Where the chains of workspaces end, in the order of the workspaces: rivals wait for each other in it.</summary>
    private static async Task<IReadOnlyList<(Guid Workspace, (long Sequence, byte[] Chain) End)>> EndsAsync(
        MembershipDb db,
        IReadOnlyList<Guid> workspaces,
        CancellationToken ct
    )
    {
        var batch = new ReadBatch();
        var ends = workspaces
            .Select(w =>
                (
                    Workspace: w,
                    Found: batch.Read(
                        "SELECT sequence, chain FROM audit_segments WHERE workspace_id = $1 ORDER BY first DESC LIMIT 1",
                        row => (row.GetInt64(0), (byte[])row.GetValue(1)),
                        w
                    )
                )
            )
            .ToList();
        await batch.RunAsync(db, ct);
        return [.. ends.Select(e => (e.Workspace, e.Found.Rows.Count > 0 ? e.Found.First : (0, AuditLink.Start)))];
    }

    /// <summary>The lines of a workspace in pieces that are no longer in time than a segment may be.</summary>
    private static IEnumerable<IReadOnlyList<ChainedLine>> Pieces(List<ChainedLine> lines)
    {
        for (var from = 0; from < lines.Count; )
        {
            var end = Ids.MillisecondOf(lines[from].Id) + (long)AuditSegment.Span.TotalMilliseconds;
            var piece = lines.Skip(from).TakeWhile(l => Ids.MillisecondOf(l.Id) < end).ToList();
            yield return piece;
            from += piece.Count;
        }
    }
}
