namespace UserManagement.Membership.Workspaces;

/// <summary>Which directory speaks, and what is worth checking in its settings.</summary>
/// <param name="Name">Its maker's name for it.</param>
/// <param name="Tip">A sentence for the admin who set it up.</param>
public sealed record DirectoryClient(string Name, string Tip)
{
    /// <summary>The word for a PATCH as Entra writes it without its flag.</summary>
    public const string OlderDialect = "Older";

    /// <summary>The word for a PATCH by RFC 7644.</summary>
    public const string StandardDialect = "Standard";

    private static readonly DirectoryClient Entra = new(
        "Microsoft Entra ID",
        "A token that never expires keeps the job out of quarantine. What changes there arrives with its next cycle, about "
            + "every 40 minutes."
    );
    private static readonly DirectoryClient Okta = new(
        "Okta",
        "Choose userName as the unique identifier, and push groups: assigning alone brings no group."
    );
    private static readonly DirectoryClient OneLogin = new(
        "OneLogin",
        "It replaces people as a whole; map every attribute that must stay, for what is not sent is cleared."
    );
    private static readonly DirectoryClient JumpCloud = new(
        "JumpCloud",
        "The base URL ends without a slash. At activation it makes and deletes a person and a group of its own to try the connection."
    );
    private static readonly DirectoryClient Authentik = new(
        "authentik",
        "It reads what the server offers when it starts; run a sync after changing the address or the token."
    );

    private static readonly (string Word, DirectoryClient Client)[] ByUserAgent =
    [
        ("okta", Okta),
        ("onelogin", OneLogin),
        ("jumpcloud", JumpCloud),
        ("authentik", Authentik),
        ("sailpoint", new("SailPoint", "Read people in pages by startIndex and count; the schemas are served under /Schemas.")),
        ("pingfederate", new("PingFederate", "Match people by userName; groups are found by reading all of them.")),
        ("keycloak", new("Keycloak", "Send externalId, so that people are found again when their user name changes.")),
        ("google", new("Google Workspace", "It brings people and no groups, every few hours.")),
        ("azure", Entra),
        ("entra", Entra),
        ("microsoft", Entra),
    ];

    private static readonly (string Word, DirectoryClient Client)[] ByShape =
    [
        ("Entra", Entra),
        ("Okta", Okta),
        ("OneLogin", OneLogin),
        ("JumpCloud", JumpCloud),
        ("Authentik", Authentik),
    ];

    /// <summary>Whether it writes PATCH in two dialects, by a flag in its settings.</summary>
    public bool HasDialects => Name == Entra.Name;

    /// <summary>How it was recognized, behind "by": its User-Agent, or what it sends.</summary>
    public string Evidence { get; private init; } = "its User-Agent";

    /// <summary>The directory of a User-Agent; else of what was sent; null when neither tells.</summary>
    /// <param name="userAgent">The User-Agent; null for none.</param>
    /// <param name="shape">What <see cref="ScimCredentialUse.Shape"/> says.</param>
    public static DirectoryClient? Of(string? userAgent, string? shape) =>
        userAgent is not null
        && Array.Find(ByUserAgent, k => userAgent.Contains(k.Word, StringComparison.OrdinalIgnoreCase)).Client is { } named
            ? named
        : Array.Find(ByShape, k => k.Word == shape).Client is { } shaped ? shaped with { Evidence = "what it sends" }
        : null;

    /// <summary>What is set up badly, each a sentence with what to do; empty where nothing is.</summary>
    /// <param name="seen">By what it comes in, and how it was seen.</param>
    /// <param name="isStrict">Whether the workspace follows the letter of the RFC.</param>
    public IEnumerable<string> Amiss(DirectorySeen seen, bool isStrict)
    {
        ArgumentNullException.ThrowIfNull(seen);
        if (HasDialects && seen.Dialect == OlderDialect)
        {
            yield return "Entra sends its older PATCH dialect. Put ?aadOptscim062020 behind the tenant URL for the one that "
                + "follows the standard. Provisioning on demand keeps the older one in any case.";
            if (isStrict)
            {
                yield return "This workspace follows the RFC to the letter, which refuses what Entra sends in its older "
                    + "dialect, such as booleans as text. Turn that off below.";
            }
        }
    }
}
