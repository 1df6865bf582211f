using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Apps;

/// <summary>
/// With what the access of apps ends: a session that ended, a member who is active no more, an admin's end of a member's sessions.
/// Asked at each row that is written; costs two statements that touch nothing where no app is used.
/// </summary>
internal static class AppAccess
{
    /// <summary>The word of <see cref="AppGrant"/> rows that stand; it is OpenIddict's.</summary>
    public const string Valid = "valid";

    /// <summary>The word of those that ended; it is OpenIddict's.</summary>
    public const string Revoked = "revoked";

    /// <summary>The type of a grant that hangs on one sign-in.</summary>
    public const string AdHoc = "ad-hoc";

    /// <summary>The type of a remembered consent.</summary>
    public const string Permanent = "permanent";

    /// <summary>The statements that end it; none when nothing ends.</summary>
    public static IEnumerable<Statement> EndsWith(object? before, object after, DateTimeOffset at, Func<Id<OutboxMessage>> newId) =>
        (before, after) switch
        {
            (Session { EndedAt: null }, Session { EndedAt: not null } session) =>
            [
                Tell(OutboxKind.AppSessionEnded, newId(), at, session.Id.Value, null),
                End(at, session.Id.Value, null),
            ],
            (Member { State: MemberState.Active, AccountId: { } account } member, Member { State: not MemberState.Active }) =>
            [
                Tell(OutboxKind.AppMemberEnded, newId(), at, account.Value, member.WorkspaceId.Value),
                End(at, account.Value, member.WorkspaceId.Value),
            ],
            (_, SessionEnd end) =>
            [
                Tell(OutboxKind.AppMemberEnded, newId(), at, end.AccountId.Value, end.WorkspaceId.Value),
                End(at, end.AccountId.Value, end.WorkspaceId.Value),
            ],
            _ => [],
        };

    private static string Which(string about, string? workspace) =>
        (workspace is null ? $"session_id = {about}" : $"account_id = {about} AND workspace_id = {workspace}")
        + $" AND status = '{Valid}' AND type = '{AdHoc}'";

    private static Statement Tell(string kind, Id<OutboxMessage> id, DateTimeOffset at, Guid about, Guid? workspace)
    {
        List<object> values =
        [
            id.Value,
            kind,
            "app:" + about.ToString("D"),
            about,
            at.ToUnixTimeMilliseconds(),
            .. workspace is { } w ? [(object)w] : Array.Empty<object>(),
        ];
        return new(
            $"""
            INSERT INTO outbox_messages (id, kind, subject, about, created_at, due_at, tries{(workspace is null ? "" : ", workspace_id")})
            SELECT $1, $2, $3, $4, $5, $5, 0{(workspace is null ? "" : ", $6")} WHERE EXISTS (SELECT 1 FROM oidc_grants WHERE {Which(
                "$4",
                workspace is null ? null : "$6"
            )})
            """,
            [.. values.Select((value, i) => Value.Of(PositionalName.Of(i), value))]
        );
    }

    private static Statement End(DateTimeOffset at, Guid about, Guid? workspace)
    {
        List<object> values = [about, at.ToUnixTimeMilliseconds(), .. workspace is { } w ? [(object)w] : Array.Empty<object>()];
        return new(
            $"UPDATE oidc_grants SET status = '{Revoked}', ended_at = $2 WHERE {Which("$1", workspace is null ? null : "$3")}",
            [.. values.Select((value, i) => Value.Of(PositionalName.Of(i), value))]
        );
    }
}
