using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>An ID token beside the sign-in that it must belong to.</summary>
/// <param name="Token">The token, its signature proven.</param>
/// <param name="Saved">What the sign-in remembered.</param>
/// <param name="AnswerIssuer">The issuer that the answer named (RFC 9207); null for none.</param>
/// <param name="AccessToken">The access token that came with it; null for none.</param>
internal sealed record AnsweredToken(IdToken Token, SignInState Saved, string? AnswerIssuer, string? AccessToken)
{
    /// <summary>The claims.</summary>
    public Claims Payload => Token.Payload;
}

/// <summary>
/// What must hold of an ID token (OpenID Connect Core section 3.1.3.7, RFC 7515, RFC 8725) beside its signature: the lists
/// are the algorithm. The library's own checks (issuer, audience, nonce, at_hash) come on top, its rules for dates do not:
/// dates are compared as numbers, by our clock.
/// </summary>
internal static class IdTokenChecks
{
    private static readonly double Skew = IdToken.Skew.TotalSeconds;

    /// <summary>
    /// Of the header, before any key is asked for: a fixed list of algorithms, nothing that points to a key of the sender's.
    /// </summary>
    public static readonly IReadOnlyList<Check<IdToken>> Header =
    [
        new("idTokenAlgorithm", t => t.Header.Text("alg") is { } algorithm && ProviderKeys.Algorithms.Contains(algorithm)),
        new("idTokenType", t => !t.Header.Has("typ") || string.Equals(t.Header.Text("typ"), "JWT", StringComparison.OrdinalIgnoreCase)),
        new("idTokenCritical", t => !t.Header.Has("crit") && !t.Header.Has("b64")),
        new("idTokenForeignKey", t => !t.Header.Has("jwk") && !t.Header.Has("jku") && !t.Header.Has("x5u")),
        new("idTokenKeyId", t => !t.Header.Has("kid") || t.Header.Text("kid") is { Length: <= 512 }),
    ];

    /// <summary>Of the token's belonging to this sign-in, with this access token.</summary>
    public static readonly IReadOnlyList<Check<AnsweredToken>> Belonging =
    [
        new(
            "idTokenIssuer",
            t => t.AnswerIssuer is null || t.AnswerIssuer == t.Token.Issuer || t.Token.Connection.Kind == ConnectionKind.Google
        ),
        // whoever was asked to prove anew who they are did so (section 3.1.2.1, max_age); where it does not say when, the core takes it for
        // no fresh proof
        new(
            "idTokenNotAnew",
            t =>
                !t.Saved.ProveAnew
                || !t.Payload.Has("auth_time")
                || t.Payload.Seconds("auth_time") >= t.Saved.StartedAt.ToUnixTimeSeconds() - Skew
        ),
        new("idTokenNonce", t => t.Payload.Text("nonce") == t.Saved.Nonce),
        // its value is compared by the library, which passes over one that has nothing to belong to
        new(
            "idTokenAccessTokenHash",
            t => !t.Payload.Has("at_hash") || (t.AccessToken is not null && t.Payload.Text("at_hash") is not null)
        ),
    ];

    private static readonly IReadOnlyList<Check<IdToken>> Common =
    [
        // from whom, for whom
        new("idTokenIssuer", IsIssuer),
        new(
            "idTokenAudience",
            t => t.Payload.Texts("aud") is { Count: > 0 } audiences && audiences.Contains(t.Connection.ClientId, StringComparer.Ordinal)
        ),
        new(
            "idTokenAuthorizedParty",
            t => t.Payload.Has("azp") ? t.Payload.Text("azp") == t.Connection.ClientId : t.Payload.Texts("aud") is { Count: 1 }
        ),
        new("idTokenSubject", t => t.Payload.Text("sub") is { Length: <= 255 }),
        // when
        new("idTokenExpiry", t => t.Payload.Seconds("exp") > Now(t) - Skew),
        new("idTokenNotBefore", t => !t.Payload.Has("nbf") || t.Payload.Seconds("nbf") <= Now(t) + Skew),
        new("idTokenIssuedAt", t => t.Payload.Seconds("iat") <= Now(t) + Skew),
        new("idTokenAuthTime", t => !t.Payload.Has("auth_time") || t.Payload.Seconds("auth_time") <= Now(t) + Skew),
    ];

    /// <summary>Of the claims by themselves, for a provider of this kind, in their order.</summary>
    public static IEnumerable<Check<IdToken>> For(ConnectionKind kind) =>
        kind switch
        {
            ConnectionKind.Google => [.. Common, .. GoogleRules.Checks],
            ConnectionKind.Entra => [.. Common, .. EntraRules.Checks],
            _ => Common,
        };

    /// <summary>Whether the token's issuer is the provider.</summary>
    public static bool IsIssuer(IdToken t) =>
        t.Connection.Kind switch
        {
            ConnectionKind.Google => GoogleRules.OneForm(t.Issuer) == GoogleRules.OneForm(t.Documented),
            ConnectionKind.Entra => EntraRules.TenantOf(t.Documented, t.Issuer) is { } tenant && tenant == EntraRules.Tenant(t.Payload),
            _ => t.Issuer == t.Documented,
        };

    private static double Now(IdToken t) => t.Now.ToUnixTimeMilliseconds() / 1000d;
}
