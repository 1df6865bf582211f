using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>How the server proves itself at the token endpoint (OpenID Connect Core section 9, RFC 6749 section 2.3.1).</summary>
internal static class ClientProof
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <summary>Puts the proof on a token request, into its header or its form.</summary>
    public static void Add(HttpRequestMessage request, IDictionary<string, string> form, OpenConnection connection, Uri tokenEndpoint, TimeProvider time)
    {
        var row = connection.Row;
        switch (row.ClientAuthentication)
        {
            case ClientAuthentication.SecretBasic:
                var pair = $"{Uri.EscapeDataString(row.ClientId)}:{Uri.EscapeDataString(connection.Credential)}";
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
                break;
            case ClientAuthentication.SecretPost:
                form["client_id"] = row.ClientId;
                form["client_secret"] = connection.Credential;
                break;
            case ClientAuthentication.PrivateKeyJwt:
                form["client_id"] = row.ClientId;
                form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                form["client_assertion"] = Assertion(row, connection.Credential, tokenEndpoint, time);
                break;
            default:
                throw new InvalidOperationException($"No way to authenticate by {row.ClientAuthentication}.");
        }
    }

    // RFC 7523 section 3, one minute, for the token endpoint alone
    private static string Assertion(IdentityConnection row, string pem, Uri tokenEndpoint, TimeProvider time)
    {
        using var rsa = RSA.Create();
        using var curve = ECDsa.Create();
        var (key, algorithm) = Import(rsa, curve, pem);
        key.KeyId = row.KeyId;
        key.CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false };
        var now = time.GetUtcNow();
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = row.ClientId,
            Audience = tokenEndpoint.OriginalString,
            Subject = new ClaimsIdentity([new("sub", row.ClientId), new("jti", Secret.New())]),
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            SigningCredentials = new(key, algorithm),
        });
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
