using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Api.Connections;

/// <summary>An OpenID provider through which people sign in, without the client's secret.</summary>
internal sealed record ConnectionJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose rules it follows; never changes.</summary>
    public required ConnectionKind Kind { get; init; }

    /// <summary>The name on the button.</summary>
    public required string Name { get; init; }

    /// <summary>The issuer, letter by letter.</summary>
    public required string Authority { get; init; }

    /// <summary>The client id that the provider gave.</summary>
    public required string ClientId { get; init; }

    /// <summary>How the server authenticates at the token endpoint.</summary>
    public required ClientAuthentication ClientAuthentication { get; init; }

    /// <summary>The key's id at the provider; null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary>What is asked for, separated by spaces.</summary>
    public required string Scopes { get; init; }

    /// <summary>Entra tenants whose people may sign in; empty for any.</summary>
    public required IReadOnlyList<string> Tenants { get; init; }

    /// <summary>Google domains whose people may sign in; empty for any account.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>Whether Microsoft's personal accounts may come in without an invitation.</summary>
    public required bool AllowPersonalAccounts { get; init; }

    /// <summary>Whether guests of an Entra tenant may come in without an invitation.</summary>
    public required bool AllowGuests { get; init; }

    /// <summary>Whether somebody unknown whom the lists admit may join at the first sign-in.</summary>
    public required bool UnknownMayJoin { get; init; }

    /// <summary>Whether the workspace says that user names there are its directory's and that people cannot choose them.</summary>
    public required bool TrustsUserNames { get; init; }

    /// <summary>
    /// Whether the workspace says that its directory sends the provider's sub as externalId, and that nobody can choose it there. Only with
    /// oidc.
    /// </summary>
    public required bool SubjectIsExternalId { get; init; }

    /// <summary>Whether the UserInfo endpoint is asked for what the ID token lacks.</summary>
    public required bool ReadUserInfo { get; init; }

    /// <summary>Whether it may be used; off, its sessions open nothing either.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Whether it belongs to the installation: it is then not changed here.</summary>
    public required bool IsPlatform { get; init; }

    /// <summary>
    /// When somebody last signed in through it towards this workspace; null for never. Told in the list alone, for it moves no version.
    /// </summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Version { get; init; }

    /// <summary>Of a connection.</summary>
    public static ConnectionJson Of(IdentityConnection row, DateTimeOffset? lastUsedAt = null) =>
        new()
        {
            Id = row.Id.Value,
            Kind = row.Kind,
            Name = row.Name,
            Authority = row.Authority,
            ClientId = row.ClientId,
            ClientAuthentication = row.ClientAuthentication,
            KeyId = row.KeyId,
            Scopes = row.Scopes,
            Tenants = row.TenantList,
            Domains = row.DomainList,
            AllowPersonalAccounts = row.AllowPersonalAccounts,
            AllowGuests = row.AllowGuests,
            UnknownMayJoin = row.UnknownMayJoin,
            TrustsUserNames = row.TrustsUserNames,
            SubjectIsExternalId = row.SubjectIsExternalId,
            ReadUserInfo = row.ReadUserInfo,
            Enabled = row.Enabled,
            IsPlatform = row.IsPlatform,
            LastUsedAt = lastUsedAt,
            CreatedAt = row.CreatedAt,
            Version = row.Version,
        };
}
