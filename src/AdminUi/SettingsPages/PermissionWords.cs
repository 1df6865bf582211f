using UserManagement.Membership.Access;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>What the permissions of this product let somebody do, in words for people.</summary>
internal static class PermissionWords
{
    /// <summary>All that have words, in the order of a page that shows them.</summary>
    public static IEnumerable<string> All => [.. Permission.All, Permission.ManageLicensing, Permission.ServerHealth];

    /// <summary>The words; null for a permission that apps alone know.</summary>
    public static string? Of(string permission) =>
        permission switch
        {
            Permission.ReadMembers => "See people, roles and groups",
            Permission.InviteMembers => "Invite people",
            Permission.ManageMembers => "Edit, suspend and remove people, change roles and licenses",
            Permission.ManageGroups => "Make and change groups",
            Permission.ManageSeats => "Decide how seats are given out",
            Permission.ConfigureWorkspace => "Change the settings",
            Permission.ManageDirectory => "Connect the directory",
            Permission.ReadAudit => "Read the audit log",
            Permission.ManageLicensing => "See what is licensed",
            Permission.ServerHealth => "See how the server does",
            _ => null,
        };
}
