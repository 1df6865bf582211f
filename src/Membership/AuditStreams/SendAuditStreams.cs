using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.AuditStreams;

/// <summary>
/// Writes bytes to a TLS listener that a workspace named, dialling only where the operator lets workspaces make the server dial, and waits
/// until it has closed its side: it has read everything by then. What carries it out belongs to a door. Refusals: <c>addressNotAllowed</c>,
/// <c>unreachable</c>.
/// </summary>
public delegate Task<Outcome<Nothing>> TlsWrite(
    string host,
    int port,
    string? authorities,
    ReadOnlyMemory<byte> bytes,
    CancellationToken ct
);

/// <summary>
/// Sends what is sealed of the audit logs to their streams: in the order of each chain, a few hundred lines at a time, at least once. What
/// is not taken is sent again with growing pauses, for as long as the stream is there, and nothing passes it. Any number of servers may run
/// it: of one stream one has the next lines in hand; where it dies another begins them anew.
/// </summary>
public sealed class SendAuditStreams(Store store, WebhookPost post, TlsWrite write, Links links)
{
    /// <summary>How many lines go at once.</summary>
    public const int Most = 200;

    private const int MostBatches = 50;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>Sends what there is, stream by stream.</summary>
    /// <returns>How many lines were taken.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var streams = new List<AuditStream>();
        await using (var db = store.Read())
        {
            var now = store.Time.Now();
            var ready = await (
                from s in db.AuditStreams.AsNoTracking()
                join p in db.AuditStreamPositions.AsNoTracking()
                    on new { s.WorkspaceId, StreamId = s.Id } equals new { p.WorkspaceId, p.StreamId }
                where s.DisabledAt == null && (p.DueAt == null || p.DueAt <= now) && (p.ClaimedUntil == null || p.ClaimedUntil < now)
                select new { s, p.Sequence }
            ).ToListAsync(ct);
            foreach (var one in ready)
            {
                if (await AuditStreamAct.EndAsync(db, one.s.WorkspaceId, ct) > one.Sequence)
                {
                    streams.Add(one.s);
                }
            }
        }

        // one that does not answer holds up no other
        var taken = await Task.WhenAll(streams.Select(s => SendAsync(s, ct)));
        return taken.Sum();
    }

    private async Task<int> SendAsync(AuditStream stream, CancellationToken ct)
    {
        var taken = 0;
        for (var batches = 0; batches < MostBatches; batches++)
        {
            if (await ClaimAsync(stream, ct) is not { } position)
            {
                return taken;
            }

            var (workspace, lines) = await LinesAsync(stream.WorkspaceId, position.Sequence, ct);
            if (workspace is null || lines.Count == 0)
            {
                await SettleAsync(position, position.Sequence, null);
                return taken;
            }

            Refusal? refusal;
            try
            {
                refusal = await DeliverAsync(stream, workspace, lines, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                throw; // the server stops; the lease runs out
            }

            await SettleAsync(position, refusal is null ? lines[^1].Sequence : position.Sequence, refusal);
            if (refusal is not null)
            {
                return taken;
            }

            taken += lines.Count;
            if (lines.Count < Most)
            {
                return taken;
            }
        }

        return taken;
    }

    private async Task<Refusal?> DeliverAsync(
        AuditStream stream,
        Workspace workspace,
        List<(long Sequence, StoredLine Line)> lines,
        CancellationToken ct
    )
    {
        if (stream.Kind == AuditStreamKind.Syslog)
        {
            var (host, port) = AuditStreamDraft.HostAndPort(stream.Address)!.Value;
            var frames = lines.SelectMany(l => AuditStreamLine.Framed(AuditStreamLine.Syslog(links.Host, workspace, l.Sequence, l.Line)));
            return (await write(host, port, stream.Authorities, frames.ToArray(), ct)).Refusal;
        }

        var headers = new Dictionary<string, string>();
        if (stream.TokenSealed is not null)
        {
            if (store.Box.OpenText(AuditStream.Purpose, stream.TokenSealed) is not { } token)
            {
                return new Refusal(RefusalKind.Unavailable, "tokenLost", "The token cannot be opened any more. Enter it again.");
            }

            headers["Authorization"] = "Bearer " + token;
        }

        var body = string.Concat(lines.Select(l => AuditStreamLine.Json(workspace, l.Sequence, l.Line) + "\n"));
        var sent = await post(new(new(stream.Address), "application/x-ndjson", Encoding.UTF8.GetBytes(body), headers), ct);
        return !sent.Is(out var answer, out var refusal) ? refusal
            : answer.Status is >= 200 and < 300 ? null
            : new Refusal(RefusalKind.Unavailable, "refused", $"The receiver answered {answer.Status}.");
    }

    /// <summary>Takes it in hand; null where another has it, or it is gone, or off.</summary>
    private async Task<AuditStreamPosition?> ClaimAsync(AuditStream stream, CancellationToken ct)
    {
        var claimed = await store.ChangeAsync<Claim>(
            Actor.System,
            null,
            "auditStream.claimed",
            async attempt =>
            {
                var row = await AuditStreamAct.FindAsync(attempt.Db, stream.WorkspaceId, stream.Id, ct);
                if (row is null || row.Version != stream.Version || row.DisabledAt is not null)
                {
                    return new Claim(null);
                }

                var position = await AuditStreamAct.PositionAsync(attempt.Db, row, ct);
                if (position.ClaimedUntil >= attempt.At)
                {
                    return new Claim(null);
                }

                var after = position with { ClaimedUntil = attempt.At + Lease, Version = position.Version + 1 };
                attempt.Changes.Update(position, after);
                return new Claim(after);
            },
            ct
        );
        return claimed.Is(out var claim, out _) ? claim.Position : null;
    }

    /// <summary>Writes down what came of it, unless the lease was lost. Not stopped by a stop of the server: it is sent already.</summary>
    private Task<Outcome<Nothing>> SettleAsync(AuditStreamPosition claimed, long upto, Refusal? refusal) =>
        store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "auditStream.settled",
            async attempt =>
            {
                var now = await attempt
                    .Db.AuditStreamPositions.AsNoTracking()
                    .FirstOrDefaultAsync(
                        p => p.WorkspaceId == claimed.WorkspaceId && p.StreamId == claimed.StreamId,
                        CancellationToken.None
                    );
                if (now is null || now.ClaimedUntil != claimed.ClaimedUntil)
                {
                    return default(Nothing);
                }

                var tries = refusal is null ? 0 : now.Tries + 1;
                attempt.Changes.Update(
                    now,
                    now with
                    {
                        Sequence = upto,
                        SentAt = upto > now.Sequence ? attempt.At : now.SentAt,
                        ClaimedUntil = null,
                        FailingSince = refusal is null ? null : now.FailingSince ?? attempt.At,
                        LastError = refusal is null ? null : Key.Cut(refusal.Message, 500),
                        Tries = tries,
                        DueAt = refusal is null
                            ? null
                            : Moment.Cut(
                                attempt.At + TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(tries, 12))))
                            ),
                        Version = now.Version + 1,
                    }
                );
                return default(Nothing);
            },
            CancellationToken.None
        );

    /// <summary>The next lines behind a place of the chain. One that was taken out of the database leaves its place empty.</summary>
    private async Task<(Workspace? Workspace, List<(long Sequence, StoredLine Line)> Lines)> LinesAsync(
        Id<Workspace> workspaceId,
        long after,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        var workspace = await db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.Id == workspaceId, ct);
        var lines = new List<(long, StoredLine)>();
        var all = db.AuditSegments.AsNoTracking().Where(s => s.WorkspaceId == workspaceId);
        var first = await all.Where(s => s.First <= after + 1).OrderByDescending(s => s.First).Select(s => s.First).FirstOrDefaultAsync(ct);
        var segments = await all.Where(s => s.First >= first).OrderBy(s => s.First).Take(Most).ToListAsync(ct);
        foreach (var segment in segments.Where(s => s.Sequence > after))
        {
            var skip = (int)Math.Max(0, after - segment.First + 1);
            var ids = AuditSegment.Unpack(segment.Lines).Skip(skip).Take(Most - lines.Count).ToArray();
            var found = await AuditLines.StoredAsync(db, workspaceId, ids, ct);
            for (var at = 0; at < ids.Length; at++)
            {
                if (found.TryGetValue(ids[at], out var line))
                {
                    lines.Add((segment.First + skip + at, line));
                }
            }

            if (lines.Count >= Most)
            {
                break;
            }
        }

        return (workspace, lines);
    }

    private sealed record Claim(AuditStreamPosition? Position);
}
