namespace UserManagement.Membership.Workspaces;

/// <summary>Which directory speaks, as far as its User-Agent tells, and what is worth checking in its settings.</summary>
/// <param name="Name">Its maker's name for it.</param>
/// <param name="Tip">A sentence for the admin who set it up.</param>
public sealed record DirectoryClient(string Name, string Tip)
{
    private static readonly (string Word, DirectoryClient Client)[] Known =
    [
        ("okta", new("Okta", "Choose userName as the unique identifier, and push groups: assigning alone brings no group.")),
        ("onelogin", new("OneLogin", "It replaces people as a whole; map every attribute that must stay, for what is not sent is cleared.")),
        ("jumpcloud", new("JumpCloud", "The base URL ends without a slash. At activation it makes and deletes a person and a group of its own to try the connection.")),
        ("authentik", new("authentik", "It reads what the server offers when it starts; run a sync after changing the address or the token.")),
        ("sailpoint", new("SailPoint", "Read people in pages by startIndex and count; the schemas are served under /Schemas.")),
        ("pingfederate", new("PingFederate", "Match people by userName; groups are found by reading all of them.")),
        ("keycloak", new("Keycloak", "Send externalId, so that people are found again when their user name changes.")),
        ("google", new("Google Workspace", "It brings people and no groups, every few hours.")),
        ("azure", Entra), ("entra", Entra), ("microsoft", Entra),
    ];

    private static DirectoryClient Entra => new("Microsoft Entra ID", "Put ?aadOptscim062020 behind the tenant URL for the dialect that follows the standard; a token that never expires keeps the job out of quarantine.");

    /// <summary>The directory of a User-Agent; null when it names none that is known.</summary>
    public static DirectoryClient? Of(string? userAgent) =>
        userAgent is null ? null : Array.Find(Known, k => userAgent.Contains(k.Word, StringComparison.OrdinalIgnoreCase)).Client;
}
