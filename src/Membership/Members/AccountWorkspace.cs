using UserManagement.Membership.Accounts;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// That an account is, or was, a member of a workspace: where to look for its memberships on a database that is cut by workspace. Written
/// with the member; it grants nothing, and whoever looks reads the member itself. An older build beside this one does not write it, so it
/// is asked only where none can be (see <see cref="AccountMembers"/>).
/// </summary>
public sealed record AccountWorkspace
{
    /// <summary>The account.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }
}
