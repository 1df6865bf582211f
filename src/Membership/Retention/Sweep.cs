using System.Data.Common;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Retention;

/// <summary>
/// One kind of rows that go once their time is over. They are found by an index on one column (or are <see cref="IsSmall"/>), and taken in
/// small pieces by statements that any number of servers may send at once: on PostgreSQL each passes over what another just takes.
/// </summary>
/// <param name="What">What they are, for the log.</param>
/// <param name="Table">Their table.</param>
/// <param name="Key">The columns of its primary key.</param>
/// <param name="Column">The time that counts, in an index.</param>
/// <param name="Before">Rows go whose time is before this.</param>
internal sealed record Sweep(string What, string Table, string[] Key, string Column, DateTimeOffset Before)
{
    /// <summary>How many rows one statement takes.</summary>
    public const int Piece = 500;

    private const string Workspace = "workspace_id";

    /// <summary>A condition beside the time, in the words of the index; null for none.</summary>
    public string? Also { get; init; }

    /// <summary>Whether the table holds so few rows that no index on the time is needed.</summary>
    public bool IsSmall { get; init; }

    /// <summary>What becomes of the rows instead of being deleted: the part behind SET; null to delete them.</summary>
    public string? Set { get; init; }

    private string Condition => $"m.{Column} < $1{(Also is null ? "" : " AND " + Also)}";

    /// <summary>Asks whether there is any such row.</summary>
    public BatchedRead<bool> IsAny(ReadBatch batch) =>
        batch.Read($"SELECT 1 FROM {Table} m WHERE {Condition} LIMIT 1", _ => true, Before.ToUnixTimeMilliseconds());

    /// <summary>The statement for one piece.</summary>
    public Statement Statement(MembershipDb db)
    {
        var key = string.Join(", ", Key);
        var piece =
            $"SELECT {string.Join(", ", Key.Select(k => "m." + k))} FROM {Table} m WHERE {Condition} ORDER BY m.{Column} LIMIT {Piece} {db.SkippingKept}";
        return new(
            $"{(Set is null ? $"DELETE FROM {Table}" : $"UPDATE {Table} SET {Set}")} WHERE ({key}) IN ({piece})",
            [Value.Of("$1", Before.ToUnixTimeMilliseconds())]
        );
    }

    /// <summary>
    /// The same for a table that lies on several machines, where no statement may keep rows of all of them: the piece is read first, and
    /// taken by a statement for each workspace, which names it. Two servers may take the same; the second one finds nothing.
    /// </summary>
    public async Task<IReadOnlyList<Statement>> ByWorkspaceAsync(MembershipDb db, CancellationToken ct)
    {
        string[] rest = [.. Key.Where(k => k != Workspace)];
        var batch = new ReadBatch();
        var piece = batch.Read(
            $"SELECT m.{Workspace}, {string.Join(", ", rest.Select(k => "m." + k))} FROM {Table} m WHERE {Condition} ORDER BY m.{Column} LIMIT {Piece}",
            row => (Workspace: row.GetGuid(0), Key: rest.Select((_, i) => row.GetValue(i + 1)).ToArray()),
            Before.ToUnixTimeMilliseconds()
        );
        await batch.RunAsync(db, ct);
        return [.. piece.Rows.GroupBy(r => r.Workspace, r => r.Key).Select(g => Of(g.Key, rest, [.. g]))];
    }

    private Statement Of(Guid workspace, string[] rest, List<object[]> keys)
    {
        List<Func<DbCommand, DbParameter>> values = [Value.Of("$1", Before.ToUnixTimeMilliseconds()), Value.Of("$2", workspace)];
        string Next(object value)
        {
            var position = PositionalName.Of(values.Count);
            values.Add(Value.Of(position, value));
            return position;
        }

        var among = string.Join(", ", keys.Select(k => $"({string.Join(", ", k.Select(Next))})"));
        var columns = string.Join(", ", rest.Select(k => "m." + k));
        return new(
            $"{(Set is null ? $"DELETE FROM {Table} AS m" : $"UPDATE {Table} AS m SET {Set}")} WHERE m.{Workspace} = $2 AND ({columns}) IN ({among}) AND {Condition}",
            values
        );
    }

    /// <summary>All kinds, at this time.</summary>
    public static IReadOnlyList<Sweep> All(RetentionRules rules, DateTimeOffset now)
    {
        var over = now.AddHours(-1); // servers' clocks differ a little
        return
        [
            new("sent messages", "outbox_messages", ["id"], "done_at", now - rules.SentMessages),
            new("messages given up", "outbox_messages", ["id"], "dead_at", now - rules.DeadMessages),
            new("sessions", "sessions", ["id"], "expires_at", over),
            // the quota of resets counts those of the last hour
            new("one-time links", "one_time_links", ["id"], "expires_at", now.AddDays(-1)),
            new("used sign-ins", "spent_states", ["state_hash"], "expires_at", over),
            new("trials of a sign-in policy", "sign_in_tests", ["workspace_id", "id"], "ends_at", over),
            new("answers kept for a key", "once_calls", ["workspace_id", "credential_id", "key_hash"], "expires_at", over),
            new("codes and tokens of apps", "oidc_tokens", ["id"], "expiration_date", over) { Also = "m.expiration_date IS NOT NULL" },
            new("what sign-ins gave apps", "oidc_grants", ["id"], "creation_date", now - Apps.ReadAppKeys.KeptAfter)
            {
                Also = "m.type = 'ad-hoc'",
            }, // no session and no token lives so long
            new("receipts of what apps lost", "app_endings", ["id"], "ended_at", now - rules.AppReceipts),
            new("closed invitations", "invitations", ["workspace_id", "id"], "closed_at", now - rules.ClosedInvitations)
            {
                // by its row the audit lines about it are found when the member is erased
                Also = "NOT EXISTS (SELECT 1 FROM members p WHERE p.workspace_id = m.workspace_id AND p.id = m.member_id)",
            },
            new("events", "workspace_events", ["workspace_id", "id"], "at", now - rules.Deliveries),
            new("deliveries to endpoints", "webhook_deliveries", ["id"], "created_at", now - rules.Deliveries),
            new("tries of deliveries", "webhook_attempts", ["workspace_id", "delivery_id", "number"], "at", now - rules.Deliveries),
            new("mails counted on days that are over", "mail_counts", ["workspace_id", "period"], "ends_at", now.AddDays(-2)),
            new("events of billing", "billing_events", ["id"], "taken_at", now.AddDays(-60)), // by hand they can be sent again for 30
            new("changes of all who match", "member_change_runs", ["workspace_id", "id"], "started_at", now.AddDays(-30)),
            new("imports of invitations", "invitation_imports", ["workspace_id", "id"], "created_at", now.AddDays(-30)),
            new("imports of invitations that nobody confirmed", "invitation_imports", ["workspace_id", "id"], "created_at", now.AddDays(-1))
            {
                Also = "m.state = 'Draft'",
            },
            new("requests to join that nobody proved", "join_requests", ["workspace_id", "id"], "created_at", now.AddDays(-2))
            {
                Also = "m.state = 'Unproven'",
            },
            new("requests to join", "join_requests", ["workspace_id", "id"], "created_at", now.AddDays(-90)),
            new("links to the set-up portal", "portal_links", ["workspace_id", "id"], "expires_at", now.AddDays(-90)),
            new("approvals", "approvals", ["workspace_id", "id"], "asked_at", now.AddDays(-90)),
            new("failed sign-ins", "failed_sign_ins", ["connection_id", "workspace_id", "slot"], "at", now - rules.FailedSignIns)
            {
                IsSmall = true,
            },
            new("secrets of expired invitations", "invitations", ["workspace_id", "id"], "expires_at", over)
            {
                Also = "m.closed_at IS NULL AND m.link_sealed IS NOT NULL",
                Set = "link_sealed = NULL, mail_sealed = NULL",
            },
        ];
    }
}
