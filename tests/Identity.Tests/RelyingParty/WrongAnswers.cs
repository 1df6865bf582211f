using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity.Tests;

/// <summary>One wrong answer of a provider.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Refused">The name of the check that must refuse it.</param>
/// <param name="Kind">The kind of the connection.</param>
/// <param name="Wrong">Makes the provider wrong.</param>
/// <param name="Change">What differs about the connection; null for nothing.</param>
internal sealed record WrongAnswer(
    string Name,
    string Refused,
    ConnectionKind Kind,
    Action<HostileProvider> Wrong,
    Func<ConnectionDraft, ConnectionDraft>? Change = null
);

/// <summary>The wrong answers that a relying party must refuse, all of them.</summary>
internal static class WrongAnswers
{
    private const string OtherTenant = "99999999-2222-4333-8444-555555555555";

    public static IReadOnlyList<WrongAnswer> All { get; } =
    [
        // the header and the signature
        Oidc("alg none", "idTokenAlgorithm", p => (p.OnHeader, p.Sign) = (h => h["alg"] = "none", _ => [1])),
        Oidc("alg nOnE", "idTokenAlgorithm", p => (p.OnHeader, p.Sign) = (h => h["alg"] = "nOnE", _ => [1])),
        Oidc("alg none without a signature", "idTokenForm", p => (p.OnHeader, p.Sign) = (h => h["alg"] = "none", _ => [])),
        Oidc("alg missing", "idTokenAlgorithm", p => p.OnHeader = h => h.Remove("alg")),
        Oidc(
            "HS256 keyed with the public key",
            "idTokenAlgorithm",
            p =>
                (p.OnHeader, p.Sign) = (
                    h => h["alg"] = "HS256",
                    i => HMACSHA256.HashData(Encoding.ASCII.GetBytes(HostileProvider.FirstKey.ExportSubjectPublicKeyInfoPem()), i)
                )
        ),
        Oidc(
            "HS256 keyed with the client secret",
            "idTokenAlgorithm",
            p =>
                (p.OnHeader, p.Sign) = (
                    h => h["alg"] = "HS256",
                    i => HMACSHA256.HashData(Encoding.UTF8.GetBytes(HostileProvider.ClientSecret), i)
                )
        ),
        Oidc(
            "RS1",
            "idTokenAlgorithm",
            p =>
                (p.OnHeader, p.Sign) = (
                    h => h["alg"] = "RS1",
                    i => HostileProvider.FirstKey.SignData(i, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)
                )
        ),
        Oidc(
            "an algorithm that its key is not for",
            "idTokenSignature",
            p =>
                (p.OnHeader, p.Sign) = (
                    h => h["alg"] = "PS256",
                    i => HostileProvider.FirstKey.SignData(i, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
                )
        ),
        Oidc(
            "bad signature",
            "idTokenSignature",
            p => p.Sign = i => HostileProvider.SecondKey.SignData(i, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        ),
        Oidc("claims changed after signing", "idTokenSignature", p => p.OnIdToken = t => Swapped(t)),
        Oidc("empty signature", "idTokenForm", p => p.Sign = _ => []),
        Oidc("unknown kid", "idTokenSignature", p => p.OnHeader = h => h["kid"] = "nobody's"),
        Oidc("kid that is a path", "idTokenSignature", p => p.OnHeader = h => h["kid"] = "../../dev/null"),
        Oidc("kid that is no text", "idTokenKeyId", p => p.OnHeader = h => h["kid"] = 7),
        Oidc(
            "jwk of the sender",
            "idTokenForeignKey",
            p =>
                (p.OnHeader, p.Sign) = (
                    h =>
                    {
                        h["jwk"] = HostileProvider.Public(HostileProvider.SecondKey, "mine");
                        h["kid"] = "mine";
                    },
                    i => HostileProvider.SecondKey.SignData(i, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                )
        ),
        Oidc("jku of the sender", "idTokenForeignKey", p => p.OnHeader = h => h["jku"] = p.Base + "/evil-keys"),
        Oidc("x5u of the sender", "idTokenForeignKey", p => p.OnHeader = h => h["x5u"] = p.Base + "/evil-keys"),
        Oidc(
            "crit",
            "idTokenCritical",
            p =>
                p.OnHeader = h =>
                {
                    h["crit"] = new[] { "urn:x" };
                    h["urn:x"] = true;
                }
        ),
        Oidc("an access token in its place", "idTokenType", p => p.OnHeader = h => h["typ"] = "at+jwt"),
        Oidc(
            "a key for encryption",
            "idTokenSignature",
            p =>
            {
                p.Keys[0]["use"] = "enc";
                p.Keys.Add(HostileProvider.Public(HostileProvider.SecondKey, "other"));
            }
        ),
        Oidc("no text at all", "idTokenForm", p => p.OnIdToken = _ => "a.b.c"),
        Oidc(
            "a claim twice",
            "idTokenForm",
            p => p.OnIdToken = _ => Token("""{"alg":"RS256","kid":"first"}""", """{"sub":"a","sub":"b"}""")
        ),
        // from whom, for whom
        Oidc("iss of another", "idTokenIssuer", p => p.OnClaims = c => c["iss"] = "https://evil.example"),
        Oidc("iss in capitals", "idTokenIssuer", p => p.OnClaims = c => c["iss"] = p.Base.ToUpperInvariant()),
        Oidc("iss with a slash", "idTokenIssuer", p => p.OnClaims = c => c["iss"] = p.Base + "/"),
        Oidc("iss missing", "idTokenIssuer", p => p.OnClaims = c => c.Remove("iss")),
        Oidc("aud of another", "idTokenAudience", p => p.OnClaims = c => c["aud"] = "another client"),
        Oidc("aud missing", "idTokenAudience", p => p.OnClaims = c => c.Remove("aud")),
        Oidc(
            "several aud without azp",
            "idTokenAuthorizedParty",
            p => p.OnClaims = c => c["aud"] = new[] { HostileProvider.ClientId, "another" }
        ),
        Oidc("azp of another", "idTokenAuthorizedParty", p => p.OnClaims = c => c["azp"] = "another"),
        Oidc("sub missing", "idTokenSubject", p => p.OnClaims = c => c.Remove("sub")),
        Oidc("sub a number", "idTokenSubject", p => p.OnClaims = c => c["sub"] = 1),
        Oidc("sub too long", "idTokenSubject", p => p.OnClaims = c => c["sub"] = new string('s', 256)),
        // when
        Oidc("expired", "idTokenExpiry", p => p.OnClaims = c => c["exp"] = (long)c["iat"]! - 60),
        Oidc("exp missing", "idTokenExpiry", p => p.OnClaims = c => c.Remove("exp")),
        Oidc("exp a text", "idTokenExpiry", p => p.OnClaims = c => c["exp"] = "4102444800"),
        Oidc("nbf ahead", "idTokenNotBefore", p => p.OnClaims = c => c["nbf"] = (long)c["iat"]! + 61),
        Oidc("iat missing", "idTokenIssuedAt", p => p.OnClaims = c => c.Remove("iat")),
        Oidc(
            "iat one hour ahead",
            "idTokenIssuedAt",
            p =>
                p.OnClaims = c =>
                {
                    c["iat"] = (long)c["iat"]! + 3600;
                    c["exp"] = (long)c["exp"]! + 3600;
                }
        ),
        // for this sign-in
        Oidc("nonce missing", "idTokenNonce", p => p.OnClaims = c => c.Remove("nonce")),
        Oidc("nonce of another", "idTokenNonce", p => p.OnClaims = c => c["nonce"] = "another"),
        Oidc("at_hash wrong", "idTokenAccessTokenHash", p => p.OnClaims = c => c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA"),
        Oidc("at_hash without an access token", "idTokenAccessTokenHash", p => p.OnTokens = t => t.Remove("access_token")),
        Oidc(
            "userinfo of another sub",
            "userInfoSubject",
            p => p.OnUserInfo = u => u["sub"] = "subject-2",
            d => d with { ReadUserInfo = true }
        ),
        Oidc("userinfo without sub", "userInfoSubject", p => p.OnUserInfo = u => u.Remove("sub"), d => d with { ReadUserInfo = true }),
        // the answer
        Oidc("answer's iss wrong", "answerIssuer", p => p.OnAnswer = a => [.. a, new("iss", "https://evil.example")]),
        Oidc("answer's iss missing though promised", "answerIssuerMissing", _ => { }) with
        {
            Wrong = p => p.OnDocument = d => d["authorization_response_iss_parameter_supported"] = true,
        },
        Oidc("state wrong", "answerState", p => p.OnAnswer = a => [a[0], new("state", "another")]),
        Oidc("state missing", "answerState", p => p.OnAnswer = a => [a[0]]),
        Oidc("code missing", "answerCode", p => p.OnAnswer = a => [a[1]]),
        Oidc("code twice", "answerParameters", p => p.OnAnswer = a => [.. a, a[0]]),
        Oidc("the person declined", "accessDenied", p => p.OnAnswer = a => [a[1], new("error", "access_denied")]),
        Oidc("an error beside a code", "answerError", p => p.OnAnswer = a => [.. a, new("error", "server_error")]),
        // the token endpoint
        Oidc("token endpoint refuses", "tokenEndpoint", p => p.OnAnswer = a => [new("code", "not-a-code"), a[1]]),
        Oidc("an error with status 200", "tokenEndpoint", p => p.OnTokens = t => t["error"] = "invalid_client"),
        Oidc("no id_token", "tokenEndpoint", p => p.OnTokens = t => t.Remove("id_token")),
        Oidc(
            "token endpoint broken",
            "tokenEndpoint",
            p =>
                p.InsteadOfToken = h =>
                {
                    h.Response.StatusCode = 500;
                    return h.Response.WriteAsync("<html>");
                }
        ),
        Oidc(
            "token endpoint redirects",
            "tokenEndpoint",
            p =>
                p.InsteadOfToken = h =>
                {
                    h.Response.Redirect(p.Base + "/elsewhere");
                    return Task.CompletedTask;
                }
        ),
        Oidc("another token type", "tokenType", p => p.OnTokens = t => t["token_type"] = "DPoP"),
        // Google
        Google("address not verified", "googleEmailVerified", p => p.OnClaims = c => c["email_verified"] = false),
        Google("verified as a text", "googleEmailVerified", p => p.OnClaims = c => c["email_verified"] = "true"),
        Google("verified not said", "googleEmailVerified", p => p.OnClaims = c => c.Remove("email_verified")),
        Google(
            "another hosted domain",
            "googleDomain",
            p => p.OnClaims = c => c["hd"] = "evil.com",
            d => d with { Domains = ["acme.com"] }
        ),
        Google(
            "a work address without hosted domain",
            "googleDomain",
            p => p.OnClaims = c => c.Remove("hd"),
            d => d with { Domains = ["acme.com"] }
        ),
        // Entra
        Entra("iss still the template", "idTokenIssuer", p => p.OnClaims = c => c["iss"] = p.Base + "/{tenantid}/v2.0"),
        Entra("iss of another tenant than tid", "idTokenIssuer", p => p.OnClaims = c => c["iss"] = $"{p.Base}/{OtherTenant}/v2.0"),
        Entra("tid missing", "idTokenIssuer", p => p.OnClaims = c => c.Remove("tid")),
        Entra(
            "issuer of version 1",
            "idTokenIssuer",
            p => p.OnClaims = c => c["iss"] = $"https://sts.windows.net/{HostileProvider.Tenant}/"
        ),
        Entra("tenant not on the list", "entraTenantAllowed", _ => { }, d => d with { Tenants = [OtherTenant] }),
        Entra("oid missing", "entraObject", p => p.OnClaims = c => c.Remove("oid")),
        Entra(
            "a key of another tenant",
            "idTokenSignature",
            p => p.Keys[0]["issuer"] = $"https://login.microsoftonline.com/{OtherTenant}/v2.0"
        ),
    ];

    private static WrongAnswer Oidc(
        string name,
        string refused,
        Action<HostileProvider> wrong,
        Func<ConnectionDraft, ConnectionDraft>? change = null
    ) => new(name, refused, ConnectionKind.Oidc, wrong, change);

    private static WrongAnswer Google(
        string name,
        string refused,
        Action<HostileProvider> wrong,
        Func<ConnectionDraft, ConnectionDraft>? change = null
    ) => new("Google: " + name, refused, ConnectionKind.Google, wrong, change);

    private static WrongAnswer Entra(
        string name,
        string refused,
        Action<HostileProvider> wrong,
        Func<ConnectionDraft, ConnectionDraft>? change = null
    ) => new("Entra: " + name, refused, ConnectionKind.Entra, wrong, change);

    private static string Swapped(string token)
    {
        var parts = token.Split('.');
        var claims = Encoding
            .UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]))
            .Replace("subject-1", "subject-2", StringComparison.Ordinal);
        return $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{parts[2]}";
    }

    private static string Token(string header, string claims)
    {
        var input =
            $"{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{input}.{System.Buffers.Text.Base64Url.EncodeToString(HostileProvider.FirstKey.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }
}
