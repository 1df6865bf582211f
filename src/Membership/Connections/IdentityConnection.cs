using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>Whose rules a connection follows.</summary>
public enum ConnectionKind
{
    /// <summary>Google: hosted domain, verified mail.</summary>
    Google,

    /// <summary>Microsoft Entra ID: tenants, guests, personal accounts.</summary>
    Entra,

    /// <summary>Any other OpenID provider, one issuer.</summary>
    Oidc,
}

/// <summary>How the server proves to the provider's token endpoint who it is (OpenID Connect Core section 9).</summary>
public enum ClientAuthentication
{
    /// <summary>client_secret_basic: the secret in the Authorization header.</summary>
    SecretBasic,

    /// <summary>client_secret_post: the secret in the form.</summary>
    SecretPost,

    /// <summary>private_key_jwt: an assertion signed with a key of ours.</summary>
    PrivateKeyJwt,
}

/// <summary>
/// An OpenID provider through which people sign in. One that a workspace owns opens only that workspace; the
/// installation's own (platform) open every workspace whose sign-in policy takes them.
/// </summary>
public sealed record IdentityConnection
{
    /// <summary>What its secret or key is sealed for.</summary>
    public const string Purpose = "connection-credential";

    /// <summary>The scopes of a connection that names none.</summary>
    public const string DefaultScopes = "openid profile email";

    /// <summary>The workspace that owns it; the empty id for one of the installation.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id, also in the address to which the provider sends people back.</summary>
    public required Id<IdentityConnection> Id { get; init; }

    /// <summary>Whose rules it follows; never changes.</summary>
    public required ConnectionKind Kind { get; init; }

    /// <summary>The name on the button.</summary>
    public required string Name { get; init; }

    /// <summary>The issuer, letter by letter; for Entra with <c>common</c>, <c>organizations</c> or the tenant's id in it.</summary>
    public required string Authority { get; init; }

    /// <summary>The client id that the provider gave.</summary>
    public required string ClientId { get; init; }

    /// <summary>How the server authenticates at the token endpoint.</summary>
    public required ClientAuthentication ClientAuthentication { get; init; }

    /// <summary>The client secret, or the private key as PEM, sealed.</summary>
    public required byte[] CredentialSealed { get; init; }

    /// <summary>The key's id at the provider, for private_key_jwt; null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary>Entra tenants whose people may sign in, as ids separated by spaces; empty for any.</summary>
    public string Tenants { get; init; } = "";

    /// <summary>Google domains (<c>hd</c>) whose people may sign in, separated by spaces; empty for any account.</summary>
    public string Domains { get; init; } = "";

    /// <summary>What is asked for (RFC 6749 section 3.3), separated by spaces; <c>openid</c> is among them.</summary>
    public string Scopes { get; init; } = DefaultScopes;

    /// <summary>Whether Microsoft's personal accounts may come in without an invitation.</summary>
    public bool AllowPersonalAccounts { get; init; }

    /// <summary>Whether guests of an Entra tenant may come in without an invitation.</summary>
    public bool AllowGuests { get; init; }

    /// <summary>Whether somebody whom the workspace does not know, but whom the lists admit, may join at the first sign-in.</summary>
    public bool UnknownMayJoin { get; init; }

    /// <summary>
    /// Whether the workspace says that this connection's user names are its directory's and that people cannot choose them:
    /// only then a user name alone tells which of the directory's people somebody is (<see cref="LinkProof"/>).
    /// </summary>
    public bool TrustsUserNames { get; init; }

    /// <summary>
    /// Whether the workspace says of its own OpenID provider that the externalId of its directory is the provider's <c>sub</c>, and that
    /// nobody can choose or be given another's there: only then the same text makes somebody the directory's person
    /// (<see cref="LinkProof"/>). Google's and Entra's ids need no word, for they cannot be guessed. Off in rows of older builds.
    /// </summary>
    public bool SubjectIsExternalId { get; init; }

    /// <summary>Whether the UserInfo endpoint is asked for what the ID token lacks.</summary>
    public bool ReadUserInfo { get; init; }

    /// <summary>Whether it may be used; off, its sessions open nothing either.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The link to the set-up portal by which it was made; null for none. The link may be gone.</summary>
    public Id<PortalLink>? PortalLinkId { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }

    /// <summary>Whether it belongs to the installation and not to one workspace.</summary>
    public bool IsPlatform => WorkspaceId.Value == Guid.Empty;

    /// <summary>The tenants as a list.</summary>
    public IReadOnlyList<string> TenantList => Words(Tenants);

    /// <summary>The domains as a list.</summary>
    public IReadOnlyList<string> DomainList => Words(Domains);

    /// <summary>Whether this version knows how to use it; one of a kind, or with a proof, of a later version opens nothing here.</summary>
    public bool IsKnown => Kind.IsKnown() && ClientAuthentication.IsKnown();

    /// <summary>
    /// Whether it may be used for a workspace by these rules: its own always, one of the installation when the rules take it.
    /// </summary>
    public bool IsOffered(Id<Workspace> workspace, SignInRules rules) =>
        Enabled && IsKnown && (IsPlatform ? rules.Connections is not { } some || some.Contains(Id.Value) : WorkspaceId == workspace);

    private static string[] Words(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
