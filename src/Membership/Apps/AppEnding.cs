using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// The receipt of one end: what an app had of a person by one sign-in, with what it ended, and when the app acknowledged that it was
/// told. Refresh tokens and access by reference were worth nothing from <see cref="EndedAt"/> on, the time of the act itself.
/// </summary>
public sealed record AppEnding
{
    /// <summary>Its id: that of the (oldest) grant that ended.</summary>
    public required Guid Id { get; init; }

    /// <summary>The workspace for which the person used the app.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The person.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>The session of the browser, whose id the app knows as <c>sid</c>.</summary>
    public required Id<Session> SessionId { get; init; }

    /// <summary>The app's client id at that time.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string ClientName { get; init; }

    /// <summary>The act by its name in the audit log and the door by which it came: <c>member.suspended Scim</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>When the act was done, and with it every refresh token and access by reference dead.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Whether the app takes logout tokens; where it does not, nothing is ever acknowledged.</summary>
    public bool IsTold { get; init; }

    /// <summary>How often it was told.</summary>
    public int Tries { get; init; }

    /// <summary>When it acknowledged that; null while it did not.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>When it was given up; null while there is hope, or it acknowledged.</summary>
    public DateTimeOffset? GivenUpAt { get; init; }

    /// <summary>Why it did not acknowledge the last time, in words without secrets; null when it did, or was not told.</summary>
    public string? LastAnswer { get; init; }

    /// <summary>
    /// Where the app takes logout tokens, kept when the app was removed before it acknowledged; null while the app is there.
    /// </summary>
    public string? LogoutUri { get; init; }

    /// <summary>The person as the app knows them (<c>sub</c>), kept with <see cref="LogoutUri"/>.</summary>
    public string? Subject { get; init; }

    /// <summary>Whether the removed app was the installation's own, whose address may be dialled at more networks.</summary>
    public bool OfInstallation { get; init; }

    /// <summary>
    /// Writes the receipt of grants that one sign-in gave one app for one workspace, and has the app told.
    /// </summary>
    /// <param name="changes">Where to.</param>
    /// <param name="grants">The grants that ended, the oldest first.</param>
    /// <param name="client">The app.</param>
    /// <param name="cause">The act and the door; null where a server of an older version did it.</param>
    /// <param name="endedAt">When.</param>
    internal static void Tell(Changes changes, IEnumerable<AppGrant> grants, Client client, string? cause, DateTimeOffset endedAt)
    {
        var grant = grants.First();
        if (grant is { WorkspaceId: { } workspace, AccountId: { } account, SessionId: { } session })
        {
            changes.AddIfMissing(
                new AppEnding
                {
                    Id = grant.Id,
                    WorkspaceId = workspace,
                    AccountId = account,
                    SessionId = session,
                    ClientId = client.ClientId!,
                    ClientName = client.DisplayName!,
                    Cause = cause ?? "app.accessEnded",
                    EndedAt = endedAt,
                    IsTold = client.BackchannelLogoutUri is not null,
                }
            );
        }

        if (client.BackchannelLogoutUri is not null)
        {
            changes.Send(OutboxKind.AppLogout, grant.Id, "app:" + grant.Id.ToString("D"), grant.WorkspaceId);
        }
    }
}
