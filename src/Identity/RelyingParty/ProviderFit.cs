using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// Whether a sign-in at a provider can work at all, by what its document says: told when a connection is made or
/// changed, in all the places where that is done. What the document leaves out, or says at odd length, is no reason.
/// </summary>
internal static class ProviderFit
{
    /// <summary>Why it cannot work, as refusal <c>providerUnsupported</c>; null when nothing speaks against it.</summary>
    public static Refusal? Unfit(IdentityConnection connection, Claims document)
    {
        var method = connection.ClientAuthentication switch
        {
            ClientAuthentication.SecretPost => "client_secret_post",
            ClientAuthentication.PrivateKeyJwt => "private_key_jwt",
            _ => "client_secret_basic",
        };
        return Lacks(document, "response_types_supported", ["code"]) || Lacks(document, "grant_types_supported", ["authorization_code"])
                ? Refuse("does not offer the authorization code flow, the only one that this server uses")
            : Lacks(document, "id_token_signing_alg_values_supported", ProviderKeys.Algorithms)
                ? Refuse(
                    $"signs ID tokens with {Said(document, "id_token_signing_alg_values_supported")} only. This server takes {string.Join(", ", ProviderKeys.Algorithms)}"
                )
            : Lacks(document, "token_endpoint_auth_methods_supported", [method])
                ? Refuse(
                    $"does not take {method} at its token endpoint. It takes {Said(document, "token_endpoint_auth_methods_supported")}: choose one of these, here and there",
                    "clientAuthentication"
                )
            : Lacks(document, "code_challenge_methods_supported", ["S256"]) ? Refuse("does not take the proof key by S256 (RFC 7636)")
            : Lacks(document, "response_modes_supported", ["query", "form_post"]) ? Refuse("answers neither by query nor by form_post")
            : document.Flag("require_signed_request_object") == true
                ? Refuse("wants signed request objects (RFC 9101), which this server does not make")
            : null;
    }

    /// <summary>A refusal about the provider: it can be reached, and a sign-in there cannot work.</summary>
    public static Refusal Refuse(string why, string field = "authority") =>
        new(RefusalKind.Invalid, "providerUnsupported", $"This provider {why}.", field);

    private static bool Lacks(Claims document, string name, IEnumerable<string> some) =>
        document.Texts(name, 200) is { Count: > 0 } offered && !offered.Intersect(some, StringComparer.Ordinal).Any();

    private static string Said(Claims document, string name) =>
        string.Join(", ", document.Texts(name, 200)!.Take(8).Select(t => t.Length > 40 ? t[..40] : t));
}
