using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Who sends this request, as the database says at this moment. Doors get it from the request and ask it, never a cookie.
/// </summary>
/// <param name="Session">The live session.</param>
/// <param name="Account">The person.</param>
/// <param name="Member">The person in the workspace that the request names; null when it names none, or the person is not in.</param>
/// <param name="Workspace">That workspace; null exactly when <paramref name="Member"/> is.</param>
/// <param name="Actor">The member with the permissions of their role; null exactly when <paramref name="Member"/> is.</param>
/// <param name="Barred">Why a member of that workspace is kept out all the same (its sign-in policy); null otherwise.</param>
public sealed record SignedIn(Session Session, Account Account, Member? Member, WorkspaceContext? Workspace, Actor? Actor, Refusal? Barred)
{
    /// <summary>The connection through which the person signed in; null for a password or a link.</summary>
    public IdentityConnection? Connection { get; init; }

    /// <summary>The person's login there; null exactly when <see cref="Connection"/> is.</summary>
    public Login? Login { get; init; }

    /// <summary>What the account has set up as a second factor; null for nothing ever.</summary>
    public SecondFactor? Factor { get; init; }

    /// <summary>
    /// What the person must do before anything opens; while it is not <see cref="RequiredAction.None"/>, <see cref="Actor"/> is null.
    /// </summary>
    public RequiredAction Demand { get; init; }

    /// <summary>
    /// Whether the sign-in speaks for the person in one workspace only, the one that owns the connection: nothing that
    /// reaches further (a first password, the proof of an address, other sessions and logins, other workspaces) may rest on it.
    /// </summary>
    public bool IsWorkspaceScoped => Connection is { IsPlatform: false };

    /// <summary>
    /// The connection beyond whose sessions nothing is shown or ended, where the sign-in <see cref="IsWorkspaceScoped"/>; null otherwise.
    /// </summary>
    public Id<IdentityConnection>? BoundTo => IsWorkspaceScoped ? Connection!.Id : null;

    /// <summary>The person outside any workspace: redeeming, setting a password.</summary>
    public Actor Person => Sessions.Person(Account) with { FreshUntil = RecentAuthentication.Until(Session, Factor) };

    /// <summary>Whether the person proved who they are so lately that a first password may be set.</summary>
    public bool IsFresh(DateTimeOffset at) => !IsWorkspaceScoped && at < RecentAuthentication.Until(Session, Factor);
}
