using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Apps;

/// <summary>
/// What is written of an app before its row goes, and with it all that hangs on it: a receipt of each sign-in that it still had, with the
/// address at which it is told, and a message for each. Who had lost access before, and of whom the app has not heard yet, is told there
/// too. Three statements however many used the app; the same on both databases.
/// </summary>
internal static class AppRemoval
{
    /// <summary>
    /// Of each session and workspace the oldest grant, which is the receipt's id: of those that stand, and those not told yet.
    /// </summary>
    private const string Untold =
        $"g.application_id = $1 AND {IsUntold} AND g.account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM oidc_grants o "
        + "WHERE o.session_id = g.session_id AND o.application_id = g.application_id AND o.workspace_id = g.workspace_id "
        + $"AND o.type = '{AppAccess.AdHoc}' AND (o.status = '{AppAccess.Valid}' OR o.ended_at IS NOT NULL) AND o.id < g.id)";

    private const string IsUntold =
        $"g.type = '{AppAccess.AdHoc}' AND (g.status = '{AppAccess.Valid}' OR g.ended_at IS NOT NULL) "
        + "AND g.session_id IS NOT NULL AND g.workspace_id IS NOT NULL";

    /// <summary>The statements, to be run before the row is removed.</summary>
    /// <param name="client">The app.</param>
    /// <param name="cause">The act and its door; asked when it is written.</param>
    /// <param name="at">The time of the act.</param>
    public static IEnumerable<Statement> Statements(Client client, Func<string> cause, DateTimeOffset at)
    {
        var isTold = client.BackchannelLogoutUri is not null;
        var now = at.ToUnixTimeMilliseconds();
        yield return new(
            $"""
            INSERT INTO app_endings (id, workspace_id, account_id, session_id, client_id, client_name, cause, ended_at, is_told, tries)
            SELECT g.id, g.workspace_id, g.account_id, g.session_id, $2, $3, COALESCE(g.end_cause, $4), COALESCE(g.ended_at, $5), {isTold}, 0
            FROM oidc_grants g WHERE {Untold} ON CONFLICT DO NOTHING
            """,
            AppAccess.Values([client.Id, client.ClientId!, client.DisplayName!, cause, now])
        );
        if (!isTold)
        {
            yield break;
        }

        // the id of the grant serves as the message's too: it had none, or it would have been told
        yield return new(
            $"""
            INSERT INTO outbox_messages (id, kind, subject, about, created_at, due_at, tries, workspace_id)
            SELECT g.id, $2, 'app:' || lower(CAST(g.id AS text)), g.id, $3, $3, 0, g.workspace_id
            FROM oidc_grants g WHERE {Untold} ON CONFLICT DO NOTHING
            """,
            AppAccess.Values([client.Id, OutboxKind.AppLogout, now])
        );
        yield return new(
            $"""
            UPDATE app_endings SET logout_uri = $2, of_installation = {client.WorkspaceId is null},
                subject = (SELECT g.subject FROM oidc_grants g WHERE g.id = app_endings.id)
            WHERE is_told AND acknowledged_at IS NULL AND id IN (SELECT g.id FROM oidc_grants g WHERE g.application_id = $1)
            """,
            AppAccess.Values([client.Id, client.BackchannelLogoutUri!])
        );
    }
}
