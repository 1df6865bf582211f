namespace UserManagement.Membership.Access;

/// <summary>
/// The permissions that this product itself asks for. A role catalogue may hold any others beside them
/// (<c>chat.use</c>, <c>tools.create</c>): those are carried to the apps and mean nothing here.
/// </summary>
public static class Permission
{
    /// <summary>See the people of the workspace, their roles, seats and groups.</summary>
    public const string ReadMembers = "members.read";

    /// <summary>Invite, resend, revoke, copy a link.</summary>
    public const string InviteMembers = "members.invite";

    /// <summary>Edit, suspend, remove and restore people, and change their role and license.</summary>
    public const string ManageMembers = "members.manage";

    /// <summary>Make groups and change who is in them.</summary>
    public const string ManageGroups = "groups.manage";

    /// <summary>
    /// Change how many seats and member slots there are, and the switch that assigns seats by itself; beside
    /// <see cref="ConfigureWorkspace"/>.
    /// </summary>
    public const string ManageSeats = "seats.manage";

    /// <summary>Change the workspace's configuration.</summary>
    public const string ConfigureWorkspace = "workspace.configure";

    /// <summary>See the directory's connection, make and revoke its tokens.</summary>
    public const string ManageDirectory = "directory.manage";

    /// <summary>Read the audit log.</summary>
    public const string ReadAudit = "audit.read";

    /// <summary>
    /// See what is licensed and how much of it is used. For a page alone, and no part of <see cref="All"/>: whoever configures the
    /// workspace may give it to a role.
    /// </summary>
    public const string ManageLicensing = "licensing.manage";

    /// <summary>See how the server does for this workspace. For a page alone, as <see cref="ManageLicensing"/>.</summary>
    public const string ServerHealth = "server.health";

    /// <summary>All of them, in the order of a page that shows them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [ReadMembers, InviteMembers, ManageMembers, ManageGroups, ManageSeats, ConfigureWorkspace, ManageDirectory, ReadAudit];
}
