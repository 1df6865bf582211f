using UserManagement.Membership.Apps;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>With what an app's access to a person ended, in words.</summary>
internal static class ReceiptWords
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["app.tokenReused"] = "A code or token was used twice: somebody may have a copy",
        ["client.changed"] = "A setting of the app changed",
        ["connection.changed"] = "A connection was changed",
        ["connection.removed"] = "A connection was removed",
        ["login.unlinked"] = "A login was taken off the account",
        ["member.deactivated"] = "Set inactive",
        ["member.deleted"] = "Deleted",
        ["member.removed"] = "Removed",
        ["member.revised"] = "Updated",
        ["member.sessionsEnded"] = "Sessions ended by an admin",
        ["member.suspended"] = "Suspended",
        ["mfa.reset"] = "Second factor reset",
        ["password.reset"] = "New password by link",
        ["password.set"] = "Password changed",
        ["role.changed"] = "Another role",
        ["session.ended"] = "Signed out",
        ["sessions.ended"] = "Sessions ended",
        ["totp.added"] = "Second factor set up",
        ["workspace.configured"] = "The sign-in policy changed",
    };

    private static readonly Dictionary<string, string> Doors = new(StringComparer.Ordinal)
    {
        ["page"] = "in the pages",
        ["scim"] = "by the directory (SCIM)",
        ["rest"] = "over the API",
        ["signIn"] = "at sign-in",
        ["commandLine"] = "on the command line",
    };

    /// <summary>The sentence.</summary>
    public static string Of(AppReceipt receipt) =>
        (Known.GetValueOrDefault(receipt.Act) ?? receipt.Act)
        + (receipt.Through is { } door && Doors.TryGetValue(door, out var through) ? ", " + through : "");
}
