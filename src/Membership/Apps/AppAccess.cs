using System.Data.Common;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// With what the access of apps ends, asked at each row that is written, so that no act can forget it. What ends for certain (a session,
/// a member who is active no more, a seat that an app needs, an admin's end of a member's sessions) ends in the same transaction, by two
/// statements that touch nothing where no app is used; of an app that is removed see <see cref="AppRemoval"/>. What may end some people's access and not others' (a sign-in policy, a connection,
/// a login, a second factor, a setting of an app) is looked through afterwards by <see cref="ReviewAppAccess"/>; the token endpoint, UserInfo
/// and introspection ask the core themselves and do not wait for that.
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

    /// <summary>The grants of sign-ins that stand, in the words of the index that finds them by workspace.</summary>
    public const string Standing = $"status = '{Valid}' AND type = '{AdHoc}'";

    private const string WithSeat = "application_id IN (SELECT id FROM oidc_clients WHERE needs_seat)";

    /// <summary>The statements that end it, or have it looked through; none when nothing ends.</summary>
    /// <param name="before">The row before; null for a new one.</param>
    /// <param name="after">The row after; null for one that is gone.</param>
    /// <param name="cause">The act and its door, for the receipt (<see cref="AppEnding.Cause"/>); asked when it is written, for the audit
    /// line that names the act may come after the row.</param>
    /// <param name="at">The time of the act.</param>
    /// <param name="newId">Makes the id of a message.</param>
    public static IEnumerable<Statement> EndsWith(
        object? before,
        object? after,
        Func<string> cause,
        DateTimeOffset at,
        Func<Id<OutboxMessage>> newId
    )
    {
        IEnumerable<Statement> End(string kind, Guid about, Guid? workspace, string? also = null) =>
            [Tell(kind, newId(), at, about, workspace, also), EndNow(at, cause, about, workspace, also)];
        Statement Review(string what, Guid about) => Ask(what, newId(), at, cause, about);
        return (before, after) switch
        {
            (Session { EndedAt: null }, Session { EndedAt: not null } session) => End(OutboxKind.AppSessionEnded, session.Id.Value, null),
            (Member { State: MemberState.Active, AccountId: { } account } member, Member { State: not MemberState.Active }) => End(
                OutboxKind.AppMemberEnded,
                account.Value,
                member.WorkspaceId.Value
            ),
            (Member { HasSeat: true, AccountId: { } account } member, Member { HasSeat: false }) => End(
                OutboxKind.AppMemberEnded,
                account.Value,
                member.WorkspaceId.Value,
                WithSeat
            ),
            (_, SessionEnd end) => End(OutboxKind.AppMemberEnded, end.AccountId.Value, end.WorkspaceId.Value),
            (Workspace was, Workspace now) when was.Configuration != now.Configuration && RulesOf(was) != RulesOf(now) =>
            [
                Review(ReviewAppAccess.OfWorkspace, now.Id.Value),
            ],
            (IdentityConnection connection, _) => [Review(ReviewAppAccess.OfConnection, connection.Id.Value)],
            (Login was, _) when IsOther(was, after as Login) => [Review(ReviewAppAccess.OfAccount, was.AccountId.Value)],
            (SecondFactor or null, SecondFactor or null) when IsSetUp(before) != IsSetUp(after) =>
            [
                Review(ReviewAppAccess.OfAccount, ((before ?? after) as SecondFactor)!.AccountId.Value),
            ],
            (Client { NeedsSeat: false }, Client { NeedsSeat: true } client) => [Review(ReviewAppAccess.OfClient, client.Id)],
            (Client client, null) => AppRemoval.Statements(client, cause, at),
            _ => [],
        };
    }

    /// <summary>Has all of a workspace looked through: many of its people may have lost a seat, or what an app needs, at once.</summary>
    public static Statement ReviewWorkspace(Id<Workspace> workspace, Id<OutboxMessage> id, DateTimeOffset at, Func<string> cause) =>
        Ask(ReviewAppAccess.OfWorkspace, id, at, cause, workspace.Value);

    private static string RulesOf(Workspace workspace) => SignInTest.Text(WorkspaceContext.Planned(workspace).Configuration.SignIn);

    private static bool IsOther(Login was, Login? now) =>
        now is null || (was.AccountId, was.TenantId, was.HostedDomain) != (now.AccountId, now.TenantId, now.HostedDomain);

    private static bool IsSetUp(object? factor) => factor is SecondFactor { IsSetUp: true };

    private static string Which(string about, string? workspace, string? also) =>
        (workspace is null ? $"session_id = {about}" : $"account_id = {about} AND workspace_id = {workspace}")
        + $" AND {Standing}"
        + (also is null ? "" : " AND " + also);

    private static Statement Tell(string kind, Id<OutboxMessage> id, DateTimeOffset at, Guid about, Guid? workspace, string? also)
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
                workspace is null ? null : "$6",
                also
            )})
            """,
            Values(values)
        );
    }

    private static Statement EndNow(DateTimeOffset at, Func<string> cause, Guid about, Guid? workspace, string? also)
    {
        List<object> values = [about, at.ToUnixTimeMilliseconds(), cause, .. workspace is { } w ? [(object)w] : Array.Empty<object>()];
        return new(
            $"UPDATE oidc_grants SET status = '{Revoked}', ended_at = $2, end_cause = $3 WHERE {Which("$1", workspace is null ? null : "$4", also)}",
            Values(values)
        );
    }

    /// <summary>One message for all that may be concerned; none where no app is used.</summary>
    private static Statement Ask(string what, Id<OutboxMessage> id, DateTimeOffset at, Func<string> cause, Guid about)
    {
        var concerned = what switch
        {
            ReviewAppAccess.OfWorkspace => "workspace_id = $4 AND ",
            ReviewAppAccess.OfAccount => "account_id = $4 AND ",
            ReviewAppAccess.OfClient => "application_id = $4 AND ",
            _ => "", // by no index of its own: whether there is any at all
        };
        return new(
            $"""
            INSERT INTO outbox_messages (id, kind, subject, about, created_at, due_at, tries)
            SELECT $1, $2, $3, $4, $5, $5, 0 WHERE EXISTS (SELECT 1 FROM oidc_grants WHERE {concerned}{Standing})
            """,
            Values([
                id.Value,
                OutboxKind.AppReview,
                (Func<string>)(() => ReviewAppAccess.SubjectOf(what, about, cause())),
                about,
                at.ToUnixTimeMilliseconds(),
            ])
        );
    }

    /// <summary>Parameters in their order; one that is a function is asked when the statement is sent.</summary>
    public static IReadOnlyList<Func<DbCommand, DbParameter>> Values(List<object> values) =>
        [
            .. values.Select(
                (value, i) =>
                    value is Func<string> late
                        ? command => Value.Of(PositionalName.Of(i), late())(command)
                        : Value.Of(PositionalName.Of(i), value)
            ),
        ];
}
