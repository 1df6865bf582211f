using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// What must hold of an ID token (OpenID Connect Core section 3.1.3.7, RFC 7515, RFC 8725): the list is the algorithm.
/// The provider's own rules follow it.
/// </summary>
internal static class IdTokenChecks
{
    private static readonly IReadOnlyList<Check<IdToken>> Common =
    [
        // the header, before any key is asked for: a fixed list of algorithms, nothing that points to a key of the sender's
        new("idTokenAlgorithm", t => ProviderKeys.Algorithms.ContainsKey(t.Algorithm)),
        new("idTokenType", t => !t.Header.Has("typ") || string.Equals(t.Header.Text("typ"), "JWT", StringComparison.OrdinalIgnoreCase)),
        new("idTokenCritical", t => !t.Header.Has("crit") && !t.Header.Has("b64")),
        new("idTokenForeignKey", t => !t.Header.Has("jwk") && !t.Header.Has("jku") && !t.Header.Has("x5u")),
        new("idTokenKeyId", t => !t.Header.Has("kid") || t.Header.Text("kid") is { Length: <= 512 }),
        new("idTokenSignature", t => new ValueTask<bool>(t.IsSignedAsync())),

        // from whom, for whom
        new("idTokenIssuer", t => IsIssuer(t) && (t.AnswerIssuer is null || t.AnswerIssuer == t.Issuer || t.Connection.Kind == ConnectionKind.Google)),
        new("idTokenAudience", t => t.Payload.Texts("aud") is { Count: > 0 } audiences && audiences.Contains(t.Connection.ClientId, StringComparer.Ordinal)),
        new("idTokenAuthorizedParty", t => t.Payload.Has("azp") ? t.Payload.Text("azp") == t.Connection.ClientId : t.Payload.Texts("aud") is { Count: 1 }),
        new("idTokenSubject", t => t.Payload.Text("sub") is { Length: <= 255 }),

        // when
        new("idTokenExpiry", t => t.Payload.Date("exp") is { } end && t.Now < end + IdToken.Skew),
        new("idTokenNotBefore", t => !t.Payload.Has("nbf") || (t.Payload.Date("nbf") is { } begin && t.Now >= begin - IdToken.Skew)),
        new("idTokenIssuedAt", t => t.Payload.Date("iat") is { } issued && issued <= t.Now + IdToken.Skew),
        new("idTokenAuthTime", t => !t.Payload.Has("auth_time") || (t.Payload.Date("auth_time") is { } proved && proved <= t.Now + IdToken.Skew)),

        // whoever was asked to prove anew who they are did so (section 3.1.2.1, max_age); where it does not say when, the core takes it for no fresh proof
        new("idTokenNotAnew", t => !t.Saved.ProveAnew || !t.Payload.Has("auth_time") || (t.Payload.Date("auth_time") is { } proved && proved >= t.Saved.StartedAt - IdToken.Skew)),

        // for this sign-in, with this access token
        new("idTokenNonce", t => t.Payload.Text("nonce") == t.Saved.Nonce),
        new("idTokenAccessTokenHash", t => !t.Payload.Has("at_hash") || (t.AccessToken is { } access && t.Payload.Text("at_hash") == HalfHash(access))),

        // a flag that is no flag says nothing, and is nobody's to interpret
        new("idTokenEmailVerified", t => !t.Payload.Has("email_verified") || t.Payload.Flag("email_verified") is not null || t.Connection.Kind == ConnectionKind.Entra),
    ];

    /// <summary>The checks for a provider of this kind, in their order.</summary>
    public static IEnumerable<Check<IdToken>> For(ConnectionKind kind) => kind switch
    {
        ConnectionKind.Google => [.. Common, .. GoogleRules.Checks],
        ConnectionKind.Entra => [.. Common, .. EntraRules.Checks],
        _ => Common,
    };

    private static bool IsIssuer(IdToken t) => t.Connection.Kind switch
    {
        ConnectionKind.Google => GoogleRules.OneForm(t.Issuer) == GoogleRules.OneForm(t.Document.Issuer),
        ConnectionKind.Entra => EntraRules.TenantOf(t.Document.Issuer, t.Issuer) is { } tenant && tenant == EntraRules.Tenant(t.Payload),
        _ => t.Issuer == t.Document.Issuer,
    };

    // section 3.1.3.6: the left half of SHA-256, which is the hash of all three algorithms
    private static string HalfHash(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16));
}
