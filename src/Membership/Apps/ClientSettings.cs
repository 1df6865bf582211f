using System.Text.Json;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// What an app is allowed, in the words that .NET's identity servers use for it. Turned into a <see cref="Client"/> and back by
/// this type alone.
/// </summary>
public record ClientSettings
{
    /// <summary>The name of the app for people, 1 to 100 characters.</summary>
    public required string ClientName { get; init; }

    /// <summary>Where people begin to use it; null where it has no page, and then it is not among the apps that they are shown.</summary>
    public string? ClientUri { get; init; }

    /// <summary>
    /// Where people may be sent back to, compared letter by letter (RFC 9700 section 2.1); none for a program without people.
    /// </summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Where they may be sent after signing out.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Where the app is told that a session ended; null for nowhere.</summary>
    public string? BackChannelLogoutUri { get; init; }

    /// <summary>
    /// Whether it proves itself, by a secret or a key; false for what runs at its user's (RFC 6749 section 2.1, a public client).
    /// </summary>
    public bool RequireClientSecret { get; init; } = true;

    /// <summary>Its public keys for <c>private_key_jwt</c> (RFC 7523), a JWK set; null for none.</summary>
    public string? JsonWebKeySet { get; init; }

    /// <summary>
    /// Whether it runs on its user's machine: a redirect to the loopback address may then name any port (RFC 8252 section 7.3).
    /// </summary>
    public bool IsNative { get; init; }

    /// <summary>Whether people are asked before it learns of them; false for the operator's own apps.</summary>
    public bool RequireConsent { get; init; } = true;

    /// <summary>Whether it may have refresh tokens (<c>offline_access</c>).</summary>
    public bool AllowOfflineAccess { get; init; }

    /// <summary>Whether it may act for itself (RFC 6749 section 4.4, client credentials).</summary>
    public bool AllowClientCredentials { get; init; }

    /// <summary>
    /// Whether an ID token alone may be posted to it, without a code and so without PKCE, as older apps of Microsoft.Identity.Web ask for
    /// it.
    /// </summary>
    public bool AllowIdTokenFormPost { get; init; }

    /// <summary>
    /// Whether a code is bound to who asked for it by PKCE (RFC 7636, S256). False only for an app with a server that does not know it: its
    /// secret and the nonce alone protect its codes then (RFC 9700 section 2.1.1).
    /// </summary>
    public bool RequirePkce { get; init; } = true;

    /// <summary>Whether its requests must be pushed (RFC 9126).</summary>
    public bool RequirePushedAuthorization { get; init; }

    /// <summary>
    /// The scopes that it may ask for beside <c>openid</c>, of <see cref="AppScopeNames"/>: those of people, and where it acts for itself
    /// those of programs.
    /// </summary>
    public IReadOnlyList<string> AllowedScopes { get; init; } = [AppScopeNames.Profile, AppScopeNames.Email, AppScopeNames.Workspace];

    /// <summary>
    /// The names of the workspace's own attributes (<c>scim.attributes</c>) that it learns of a person with the scope <c>profile</c>, in
    /// the claim <c>attributes</c>. All others stay here.
    /// </summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>Whether it gets a subject of its own for each person.</summary>
    public bool PairwiseSubject { get; init; }

    /// <summary>Whether it is of use with a seat only.</summary>
    public bool NeedsSeat { get; init; }

    /// <summary>The key of the role as which it speaks REST for itself; needed exactly with the scope <c>api</c>.</summary>
    public string? Role { get; init; }

    /// <summary>The permission of a client to send no <c>code_challenge</c>; our own word among OpenIddict's.</summary>
    public const string WithoutPkce = "um:no_pkce";

    private const string LearnsAttribute = "um:attribute:";

    /// <summary>Whether people sign in through it.</summary>
    private bool HasPeople => RedirectUris.Count > 0;

    /// <summary>Reads them off a row.</summary>
    public static ClientSettings Of(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var permissions = StoredList.Read(client.Permissions);
        return new()
        {
            ClientName = client.DisplayName ?? "",
            ClientUri = client.ClientUri,
            RedirectUris = StoredList.Read(client.RedirectUris),
            PostLogoutRedirectUris = StoredList.Read(client.PostLogoutRedirectUris),
            BackChannelLogoutUri = client.BackchannelLogoutUri,
            RequireClientSecret = client.ClientType == "confidential",
            JsonWebKeySet = client.JsonWebKeySet,
            IsNative = client.ApplicationType == "native",
            RequireConsent = client.ConsentType == "explicit",
            AllowOfflineAccess = permissions.Contains("gt:refresh_token"),
            AllowClientCredentials = permissions.Contains("gt:client_credentials"),
            AllowIdTokenFormPost = permissions.Contains("rst:id_token"),
            RequirePkce = !permissions.Contains(WithoutPkce),
            RequirePushedAuthorization = StoredList.Read(client.Requirements).Contains("ft:par"),
            AllowedScopes = [.. permissions.Where(p => p.StartsWith("scp:", StringComparison.Ordinal)).Select(p => p[4..])],
            Attributes =
            [
                .. permissions.Where(p => p.StartsWith(LearnsAttribute, StringComparison.Ordinal)).Select(p => p[LearnsAttribute.Length..]),
            ],
            PairwiseSubject = client.Pairwise,
            NeedsSeat = client.NeedsSeat,
            Role = client.Role,
        };
    }

    /// <summary>The row with these settings, under a new version.</summary>
    internal Client On(Client row)
    {
        var client = row.Next();
        client.DisplayName = ClientName.Trim();
        client.ClientUri = ClientUri;
        client.RedirectUris = Text([.. RedirectUris.Distinct(StringComparer.Ordinal)]);
        client.PostLogoutRedirectUris = Text([.. PostLogoutRedirectUris.Distinct(StringComparer.Ordinal)]);
        client.BackchannelLogoutUri = BackChannelLogoutUri;
        client.ClientType = RequireClientSecret ? "confidential" : "public";
        client.ClientSecret = RequireClientSecret ? client.ClientSecret : null;
        client.Role = Role;
        client.JsonWebKeySet = JsonWebKeySet;
        client.ApplicationType = IsNative ? "native" : "web";
        client.ConsentType = RequireConsent ? "explicit" : "implicit";
        client.Requirements = Text([.. RequirePushedAuthorization ? ["ft:par"] : Array.Empty<string>()]);
        client.Pairwise = PairwiseSubject;
        client.NeedsSeat = NeedsSeat;
        client.Permissions = Text([.. Permissions()]);
        return client;
    }

    private IEnumerable<string> Permissions()
    {
        yield return "ept:token";
        yield return "ept:revocation";
        if (RequireClientSecret)
        {
            yield return "ept:introspection";
        }

        if (HasPeople)
        {
            foreach (
                var permission in new[]
                {
                    "ept:authorization",
                    "ept:pushed_authorization",
                    "ept:end_session",
                    "gt:authorization_code",
                    "rst:code",
                }
            )
            {
                yield return permission;
            }
        }

        if (AllowOfflineAccess)
        {
            yield return "gt:refresh_token";
        }

        if (AllowClientCredentials)
        {
            yield return "gt:client_credentials";
        }

        if (AllowIdTokenFormPost)
        {
            yield return "gt:implicit";
            yield return "rst:id_token";
        }

        if (!RequirePkce)
        {
            yield return WithoutPkce;
        }

        foreach (var scope in AllowedScopes.Distinct(StringComparer.Ordinal))
        {
            yield return "scp:" + scope;
        }

        foreach (var attribute in Attributes.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            yield return LearnsAttribute + attribute;
        }
    }

    /// <summary>Another word for the version of a row, by which a change notices another one.</summary>
    internal static string NewVersion() => Ids.Next(TimeProvider.System).ToString("N");

    private static string Text(IReadOnlyList<string> list) => JsonSerializer.Serialize(list);
}

/// <summary>The scopes that apps may ask for beside <c>openid</c> and <c>offline_access</c>.</summary>
public static class AppScopeNames
{
    /// <summary>The name of the person.</summary>
    public const string Profile = "profile";

    /// <summary>Their address.</summary>
    public const string Email = "email";

    /// <summary>The workspace, and the person's role, license, seat and entitlements in it.</summary>
    public const string Workspace = "workspace";

    /// <summary>The names of their groups.</summary>
    public const string Groups = "groups";

    /// <summary>Of a program: the SCIM door of its workspace.</summary>
    public const string Scim = "scim";

    /// <summary>Of a program: the REST door of its workspace, as its role.</summary>
    public const string Api = "api";

    /// <summary>All that tell of a person.</summary>
    public static IReadOnlyList<string> All { get; } = [Profile, Email, Workspace, Groups];

    /// <summary>All that open a door to an app that acts for itself; no person is asked for them.</summary>
    public static IReadOnlyList<string> OfPrograms { get; } = [Scim, Api];

    /// <summary>How an attribute of a workspace's own stands among the scopes to which somebody agrees.</summary>
    public static string OfAttribute(string name) => BeforeAttribute + name;

    /// <summary>The names of the attributes among some scopes.</summary>
    public static IEnumerable<string> AttributesIn(IEnumerable<string> scopes) =>
        scopes.Where(s => s.StartsWith(BeforeAttribute, StringComparison.Ordinal)).Select(s => s[BeforeAttribute.Length..]);

    private const string BeforeAttribute = "attribute:";
}
