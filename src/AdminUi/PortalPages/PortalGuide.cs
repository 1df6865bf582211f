using UserManagement.Membership.Connections;

namespace UserManagement.AdminUi.PortalPages;

/// <summary>
/// How one provider is set up, in its own words: what stands between two asterisks is the name of a field, a button or a menu there.
/// </summary>
public sealed record PortalGuide
{
    /// <summary>Its word in addresses.</summary>
    public required string Key { get; init; }

    /// <summary>Its maker's name for it.</summary>
    public required string Name { get; init; }

    /// <summary>Directory: the way to the place where the two values are entered.</summary>
    public required IReadOnlyList<string> Open { get; init; }

    /// <summary>Directory: what it calls the SCIM base URL.</summary>
    public required string BaseLabel { get; init; }

    /// <summary>Directory: what it calls the bearer token.</summary>
    public required string TokenLabel { get; init; }

    /// <summary>Directory: how the connection is tested there and started.</summary>
    public required IReadOnlyList<string> Start { get; init; }

    /// <summary>Directory: what is worth knowing before one begins; null for nothing.</summary>
    public string? Beware { get; init; }

    /// <summary>Days that a token lives where nobody chooses; null for ever.</summary>
    public int? TokenDays { get; init; } = 365;

    /// <summary>Sign-in: whose rules the connection follows.</summary>
    public ConnectionKind Kind { get; init; } = ConnectionKind.Oidc;

    /// <summary>Sign-in: how the app is registered there.</summary>
    public required IReadOnlyList<string> Register { get; init; }

    /// <summary>Sign-in: what it calls the redirect address.</summary>
    public required string RedirectLabel { get; init; }

    /// <summary>Sign-in: what is entered to say which organisation it is: an issuer, a tenant, a domain.</summary>
    public required (string Label, string Hint) Whose { get; init; }

    /// <summary>Sign-in: what it calls the client id and the client secret.</summary>
    public (string Id, string Secret) Client { get; init; } = ("Client ID", "Client secret");

    /// <summary>All of them, the last for any other.</summary>
    public static IReadOnlyList<PortalGuide> All { get; } = PortalGuides.All;

    /// <summary>The guide of a word; that of any other where it is none, null where there is no word.</summary>
    public static PortalGuide? Of(string? key) => string.IsNullOrEmpty(key) ? null : All.FirstOrDefault(g => g.Key == key) ?? All[^1];

    /// <summary>The guide of a connection: by its kind, and by where its issuer lives.</summary>
    public static PortalGuide Of(IdentityConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.Kind switch
        {
            ConnectionKind.Entra => Of("entra")!,
            ConnectionKind.Google => Of("google")!,
            _ => All.SkipLast(1).FirstOrDefault(g => connection.Authority.Contains(g.Key, StringComparison.OrdinalIgnoreCase)) ?? All[^1],
        };
    }
}
