using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// What a provider says of itself (OpenID Connect Discovery section 3), as far as it is used, and whether it is what a connection says.
/// </summary>
internal static class ProviderDocument
{
    /// <summary>What stands for the tenant's id in Entra's issuer.</summary>
    public const string TenantMark = "{tenantid}";

    /// <summary>Where the document of an authority is (section 4): the path is appended, a slash at the end cut first.</summary>
    public static Uri AddressOf(string authority) => new(authority.TrimEnd('/') + "/.well-known/openid-configuration");

    /// <summary>
    /// Fetches it. One redirect to another address of the same origin is followed; one that leads elsewhere is told, never
    /// followed. Refusals: <c>providerUnreachable</c>, <c>addressNotAllowed</c>, <c>documentMoved</c>.
    /// </summary>
    public static async Task<Outcome<Claims>> FetchAsync(IdentityConnection connection, Outbound outbound, CancellationToken ct)
    {
        var address = AddressOf(connection.Authority);
        if (!(await outbound.GetAsync(connection, address, ct)).Is(out var answer, out var refusal))
        {
            return refusal;
        }

        if (answer.MovedTo is { } moved && Uri.TryCreate(address, moved, out var target))
        {
            if (
                Uri.Compare(
                    address,
                    target,
                    UriComponents.SchemeAndServer | UriComponents.UserInfo,
                    UriFormat.UriEscaped,
                    StringComparison.OrdinalIgnoreCase
                ) != 0
            )
            {
                return new Refusal(
                    RefusalKind.Invalid,
                    "documentMoved",
                    $"The provider's document is not at this address; it points to "
                        + $"{Short(target.GetLeftPart(UriPartial.Path))}. Enter the issuer that stands in the document there.",
                    "authority"
                );
            }

            if (!(await outbound.GetAsync(connection, target, ct)).Is(out answer, out refusal))
            {
                return refusal;
            }
        }

        return answer.Status == System.Net.HttpStatusCode.OK && Claims.Read(answer.Body) is { } claims
            ? claims
            : outbound.Away(connection, address, $"answered {(int)answer.Status} and no document");
    }

    /// <summary>
    /// Reads it. Refusals: <c>providerUnreachable</c> (no such document), <c>issuerMismatch</c>, <c>addressNotAllowed</c>.
    /// </summary>
    public static Outcome<OpenIdConnectConfiguration> Read(IdentityConnection connection, Claims claims, Func<Uri, bool> mayDial)
    {
        if (claims.Text("issuer") is not { } issuer)
        {
            return Outbound.Unreachable(connection);
        }

        if (!IsIssuerOf(connection, issuer))
        {
            return new Refusal(
                RefusalKind.Invalid,
                "issuerMismatch",
                $"The provider says that its issuer is another one: {Short(issuer)}",
                "authority"
            );
        }

        string[] needed = ["authorization_endpoint", "token_endpoint", "jwks_uri"],
            all = [.. needed, "userinfo_endpoint", "pushed_authorization_request_endpoint"];
        var addresses = all.ToDictionary(name => name, name => Address(claims, name));
        if (needed.Any(name => addresses[name] is null))
        {
            return Outbound.Unreachable(connection);
        }

        if (addresses.Values.Any(address => address is not null && !mayDial(address)))
        {
            return new Refusal(RefusalKind.Invalid, "addressNotAllowed", "The provider names an address that is not https.", "authority");
        }

        var document = new OpenIdConnectConfiguration
        {
            Issuer = issuer,
            AuthorizationEndpoint = addresses["authorization_endpoint"]!.OriginalString,
            TokenEndpoint = addresses["token_endpoint"]!.OriginalString,
            JwksUri = addresses["jwks_uri"]!.OriginalString,
            UserInfoEndpoint = addresses["userinfo_endpoint"]?.OriginalString,
            PushedAuthorizationRequestEndpoint = addresses["pushed_authorization_request_endpoint"]?.OriginalString,
            AuthorizationResponseIssParameterSupported = claims.Flag("authorization_response_iss_parameter_supported") == true,
        };
        claims.Texts("response_modes_supported")?.ToList().ForEach(document.ResponseModesSupported.Add);
        claims.Texts("prompt_values_supported")?.ToList().ForEach(document.PromptValuesSupported.Add);
        return document;
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
        return connection.Kind == ConnectionKind.Entra
            && parts.Length == 5
            && (
                parts[3] is "common" or "organizations" || Guid.TryParse(parts[3], out _)
                    ? issuer == string.Join('/', [.. parts[..3], TenantMark, parts[4]])
                    : parts[3] == "consumers" && issuer == string.Join('/', [.. parts[..3], EntraRules.PersonalTenant, parts[4]])
            );
    }

    private static Uri? Address(Claims claims, string name) =>
        claims.Text(name) is { Length: <= 2048 } text
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Fragment.Length == 0
            ? address
            : null;

    private static string Short(string text) => text.Length > 200 ? text[..200] : text;
}
