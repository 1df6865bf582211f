using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>How the server proves itself to a provider (OpenID Connect Core section 9, RFC 6749 section 2.3.1).</summary>
internal static class ClientProof
{
    // An assertion is for one request: short, and begun a little ago for providers whose clock is behind.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SetBack = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Puts the proof on a request, into its header or its form; for private_key_jwt the assertion is for one audience in one form.
    /// </summary>
    /// <param name="request">The request; its header may get the proof.</param>
    /// <param name="form">Its form; may get the proof.</param>
    /// <param name="connection">The connection with its credential.</param>
    /// <param name="audience">Whom an assertion is for: the issuer; in the older form the token endpoint.</param>
    /// <param name="older">The older form (RFC 7523 section 3): an assertion of type JWT.</param>
    /// <param name="now">The time.</param>
    public static void Add(
        HttpRequestMessage request,
        IDictionary<string, string> form,
        ConnectionWithSecret connection,
        string audience,
        bool older,
        DateTimeOffset now
    )
    {
        var row = connection.Row;
        switch (row.ClientAuthentication)
        {
            case ClientAuthentication.SecretBasic:
                if (form.ContainsKey("grant_type"))
                {
                    form.Remove("client_id"); // the header says it; a pushed request holds it as any request does (RFC 9126 section 2.1)
                }

                var pair = $"{Uri.EscapeDataString(row.ClientId)}:{Uri.EscapeDataString(connection.Credential)}";
                request.Headers.Authorization = new AuthenticationHeaderValue(
                    "Basic",
                    Convert.ToBase64String(Encoding.ASCII.GetBytes(pair))
                );
                break;
            case ClientAuthentication.SecretPost:
                form["client_id"] = row.ClientId;
                form["client_secret"] = connection.Credential;
                break;
            case ClientAuthentication.PrivateKeyJwt:
                form["client_id"] = row.ClientId;
                form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                form["client_assertion"] = Assertion(
                    row,
                    connection.Credential,
                    audience,
                    older ? "JWT" : "client-authentication+jwt",
                    now
                );
                break;
            default:
                throw new InvalidOperationException($"No way to authenticate by {row.ClientAuthentication}.");
        }
    }

    private static string Assertion(IdentityConnection row, string pem, string audience, string type, DateTimeOffset now)
    {
        using var rsa = RSA.Create();
        using var curve = ECDsa.Create();
        var (key, algorithm) = Import(rsa, curve, pem);
        key.KeyId = row.KeyId;
        key.CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = type,
                Issuer = row.ClientId,
                Audience = audience,
                Subject = new ClaimsIdentity([new("sub", row.ClientId), new("jti", Secret.New())]),
                IssuedAt = (now - SetBack).UtcDateTime,
                NotBefore = (now - SetBack).UtcDateTime,
                Expires = (now + Lifetime).UtcDateTime,
                SigningCredentials = new(key, algorithm),
            }
        );
    }

    private static (SecurityKey Key, string Algorithm) Import(RSA rsa, ECDsa curve, string pem)
    {
        try
        {
            rsa.ImportFromPem(pem);
            return (new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            curve.ImportFromPem(pem);
            return (new ECDsaSecurityKey(curve), SecurityAlgorithms.EcdsaSha256);
        }
    }
}
