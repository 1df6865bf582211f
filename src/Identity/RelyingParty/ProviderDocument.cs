using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>What a provider says of itself (OpenID Connect Discovery section 3), as far as it is used.</summary>
internal sealed record ProviderDocument
{
    /// <summary>What stands for the tenant's id in Entra's issuer.</summary>
    public const string TenantMark = "{tenantid}";

    /// <summary>The issuer; Entra's may hold <see cref="TenantMark"/>.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where the browser goes.</summary>
    public required Uri AuthorizationEndpoint { get; init; }

    /// <summary>Where the code is redeemed.</summary>
    public required Uri TokenEndpoint { get; init; }

    /// <summary>Where the keys are.</summary>
    public required Uri JwksUri { get; init; }

    /// <summary>Where more claims are; null for none.</summary>
    public Uri? UserInfoEndpoint { get; init; }

    /// <summary>Whether every answer names its issuer (RFC 9207 section 3).</summary>
    public bool SendsIssuer { get; init; }

    /// <summary>Where the document of an authority is (section 4): the path is appended, a slash at the end cut first.</summary>
    public static Uri AddressOf(string authority) => new(authority.TrimEnd('/') + "/.well-known/openid-configuration");

    /// <summary>Reads it. Refusals: <c>providerUnreachable</c> (no such document), <c>issuerMismatch</c>, <c>addressNotAllowed</c>.</summary>
    public static Outcome<ProviderDocument> Read(IdentityConnection connection, byte[] body, Func<Uri, bool> mayDial)
    {
        if (Claims.Read(body) is not { } claims || claims.Text("issuer") is not { } issuer)
        {
            return Outbound.Unreachable(connection);
        }

        if (!IsIssuerOf(connection, issuer))
        {
            return new Refusal(RefusalKind.Invalid, "issuerMismatch", $"The provider says that its issuer is another one: {(issuer.Length > 200 ? issuer[..200] : issuer)}", "authority");
        }

        if (Address(claims, "authorization_endpoint") is not { } authorize || Address(claims, "token_endpoint") is not { } token || Address(claims, "jwks_uri") is not { } keys)
        {
            return Outbound.Unreachable(connection);
        }

        var userInfo = Address(claims, "userinfo_endpoint");
        return mayDial(authorize) && mayDial(token) && mayDial(keys) && (userInfo is null || mayDial(userInfo))
            ? new ProviderDocument
            {
                Issuer = issuer,
                AuthorizationEndpoint = authorize,
                TokenEndpoint = token,
                JwksUri = keys,
                UserInfoEndpoint = userInfo,
                SendsIssuer = claims.Flag("authorization_response_iss_parameter_supported") == true,
            }
            : new Refusal(RefusalKind.Invalid, "addressNotAllowed", "The provider names an address that is not https.", "authority");
    }

    /// <summary>
    /// Whether a document's issuer is the configured one, letter by letter. Entra's common document names every tenant
    /// by a mark; there the mark must stand exactly where the authority says common or organizations.
    /// </summary>
    private static bool IsIssuerOf(IdentityConnection connection, string issuer)
    {
        if (issuer == connection.Authority)
        {
            return true;
        }

        var parts = connection.Authority.Split('/');
        return connection.Kind == ConnectionKind.Entra && parts.Length == 5
            && (parts[3] is "common" or "organizations" || Guid.TryParse(parts[3], out _) ? issuer == string.Join('/', [.. parts[..3], TenantMark, parts[4]])
                : parts[3] == "consumers" && issuer == string.Join('/', [.. parts[..3], EntraRules.PersonalTenant, parts[4]]));
    }

    private static Uri? Address(Claims claims, string name) =>
        claims.Text(name) is { Length: <= 2048 } text && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Fragment.Length == 0 ? address : null;
}
