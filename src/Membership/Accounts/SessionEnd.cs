using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// That an admin ended a member's sessions in one workspace. The account and its sessions belong to no workspace, so they
/// live on elsewhere; here a session opens nothing until its person proved anew who they are.
/// </summary>
public sealed record SessionEnd
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The person.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>Proofs up to this time do not count there.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}
