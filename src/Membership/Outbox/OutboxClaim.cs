using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Outbox;

/// <summary>
/// How messages are leased: some hundreds of those that are due longest are looked at, of them the oldest of each subject are
/// taken. What that costs does not follow how many wait, and a subject whose oldest message is held up does not hold up others:
/// what waits behind it is put behind it. Only the kinds that are consumed here are looked at, each along its own part of an index:
/// what a later version of the server wrote costs nothing, holds nothing up and is left to that version as it is. Within one subject
/// the order holds among the kinds that are known.
/// </summary>
/// <param name="kinds">The kinds that are consumed here, of <see cref="OutboxKind"/>.</param>
internal sealed class OutboxClaim(IEnumerable<string> kinds)
{
    /// <summary>How many messages are looked at.</summary>
    public const int Window = 256;

    private const int MostWindows = 8;
    private const string Due = $"{Maps.OpenMessage} AND due_at <= @now AND (claimed_until IS NULL OR claimed_until <= @now)";

    private readonly List<string> _kinds = [.. kinds.Order(StringComparer.Ordinal).Select(Quoted)];

    private string Candidates =>
        $"SELECT id, subject, due_at FROM ({Each("id, subject, due_at", $"{Due}", "due_at, id", Window)}) x ORDER BY due_at, id LIMIT {Window}";

    // With a limit, so that it is asked for each candidate under its index, and never answered by a join with all that waits.
    private string Oldest =>
        $"(SELECT x.id FROM ({Each("id", $"subject = c.subject AND {Maps.OpenMessage}", "id", 1)}) x ORDER BY x.id LIMIT 1)";

    /// <summary>
    /// Leases up to <see cref="OutboxPump.AtOnce"/> messages until <see cref="OutboxPump.Lease"/> from now. None when nothing is due
    /// or rivals were faster; nothing is written then.
    /// </summary>
    public async Task<List<Id<OutboxMessage>>> RunAsync(MembershipDb db, DateTimeOffset now, CancellationToken ct)
    {
        var claimed = new List<Id<OutboxMessage>>();
        try
        {
            if (_kinds.Count == 0 || !await IsAnyDueAsync(db, now, ct))
            {
                return claimed;
            }

            for (var windows = 0; windows < MostWindows && claimed.Count < OutboxPump.AtOnce; windows++)
            {
                var batch = new ReadBatch();
                var seen = batch.Read(
                    $"SELECT COUNT(*) FROM ({Candidates.Replace("@now", "$1", StringComparison.Ordinal)}) w",
                    row => row.GetInt64(0),
                    now.ToUnixTimeMilliseconds()
                );
                await batch.RunAsync(db, ct);
                if (seen.First == 0 || !await LeaseAsync(db, now, claimed, seen.First == Window, ct))
                {
                    break;
                }
            }
        }
        catch (DbException fault) when (db.Classify(fault) == WriteFault.Contention)
        {
            // rivals were faster; the next look finds what they left
        }

        return claimed;
    }

    /// <summary>Whether anything is due: what is asked all the time, mostly in vain, is quick to plan and to run.</summary>
    private async Task<bool> IsAnyDueAsync(MembershipDb db, DateTimeOffset now, CancellationToken ct)
    {
        var batch = new ReadBatch();
        var due = batch.Read(
            $"SELECT 1 FROM outbox_messages WHERE kind IN ({string.Join(", ", _kinds)}) AND {Due.Replace("@now", "$1", StringComparison.Ordinal)} LIMIT 1",
            row => row.GetInt32(0),
            now.ToUnixTimeMilliseconds()
        );
        await batch.RunAsync(db, ct);
        return due.Rows.Count > 0;
    }

    /// <summary>
    /// The statement that leases, the same on both databases. On PostgreSQL rows that a rival is just taking are passed over, and
    /// the condition is looked at again on the row that is kept.
    /// </summary>
    internal string LeaseText(MembershipDb db) =>
        $"""
            WITH candidates AS MATERIALIZED ({Candidates}),
            oldest AS MATERIALIZED (
                SELECT c.id, c.due_at FROM candidates c WHERE c.id = {Oldest}),
            mine AS MATERIALIZED (
                SELECT m.id FROM outbox_messages m JOIN oldest c ON c.id = m.id
                WHERE m.done_at IS NULL AND m.dead_at IS NULL AND m.due_at <= @now AND (m.claimed_until IS NULL OR m.claimed_until <= @now)
                ORDER BY c.due_at, c.id LIMIT @most {db.SkippingKept})
            UPDATE outbox_messages SET claimed_until = @until, tries = tries + 1 WHERE id IN (SELECT id FROM mine) RETURNING id
            """;

    /// <summary>The statement that puts what waits behind another message of its subject behind that one's lease or next try.</summary>
    internal string PutBehindText(MembershipDb db) =>
        $"""
            UPDATE outbox_messages AS c SET due_at = (
                SELECT CASE WHEN o.claimed_until > o.due_at AND o.claimed_until > @soon THEN o.claimed_until WHEN o.due_at > @soon THEN o.due_at ELSE @soon END
                FROM outbox_messages o WHERE o.id = {Oldest})
            WHERE c.id IN (
                SELECT m.id FROM outbox_messages m JOIN ({Candidates}) c ON c.id = m.id
                WHERE c.id <> {Oldest} {db.SkippingKept})
            """;

    /// <summary>The first rows of each kind in an order, each kind by an index that begins with it.</summary>
    private string Each(string columns, string condition, string order, int most) =>
        string.Join(
            " UNION ALL ",
            _kinds.Select(kind =>
                $"SELECT * FROM (SELECT {columns} FROM outbox_messages WHERE kind = {kind} AND {condition} ORDER BY {order} LIMIT {most}) k"
            )
        );

    // constants of our own code: written out, they let the planner see how many there are of each
    private static string Quoted(string kind) => $"'{kind.Replace("'", "''", StringComparison.Ordinal)}'";

    // true where looking at a further window may help
    private async Task<bool> LeaseAsync(
        MembershipDb db,
        DateTimeOffset now,
        List<Id<OutboxMessage>> claimed,
        bool isFull,
        CancellationToken ct
    )
    {
        await using var turn = await db.BeginWriteAsync(ct);
        await using (var lease = Command(turn, LeaseText(db), ("@now", now), ("@until", now + OutboxPump.Lease)))
        {
            var most = lease.CreateParameter();
            (most.ParameterName, most.Value) = ("@most", OutboxPump.AtOnce - claimed.Count);
            lease.Parameters.Add(most);
            await using var reader = await lease.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                claimed.Add(new(reader.GetGuid(0)));
            }
        }

        var put = 0;
        if (isFull && claimed.Count < OutboxPump.AtOnce)
        {
            await using var behind = Command(turn, PutBehindText(db), ("@now", now), ("@soon", now.AddSeconds(1)));
            put = await behind.ExecuteNonQueryAsync(ct);
        }

        await turn.Transaction.CommitAsync(CancellationToken.None);
        return put > 0;
    }

    private static DbCommand Command(WriteTurn turn, string text, params (string Name, DateTimeOffset At)[] times)
    {
        var command = turn.Transaction.Connection!.CreateCommand();
        command.Transaction = turn.Transaction;
        command.CommandText = text;
        foreach (var (name, at) in times)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, at.ToUnixTimeMilliseconds());
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
