using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using UserManagement.Membership;

namespace UserManagement.Provider.Tokens;

/// <summary>
/// Signs Security Event Tokens (RFC 8417) by the key that signs at present, for this issuer; whoever takes them finds the key where ID
/// tokens are checked. They bear no end (section 2.2) and a type of their own, so that none passes for another token.
/// </summary>
internal sealed class SignSecurityEvent(IOptionsMonitor<OpenIddictServerOptions> options, Links links)
{
    public string Sign(IReadOnlyDictionary<string, object> claims) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = "secevent+jwt",
                Issuer = links.Base,
                SigningCredentials = options.CurrentValue.SigningCredentials[0],
                Claims = claims.ToDictionary(),
            }
        );
}
