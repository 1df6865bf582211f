using System.Text;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// The UserInfo endpoint (OpenID Connect Core section 5.3): asked where a connection says so, and where the ID token lacks what a person is
/// known by.
/// </summary>
internal static class UserInfo
{
    /// <summary>
    /// What it says of the token's subject; null where it is not asked, or could not be asked and is not needed.
    /// </summary>
    /// <exception cref="SignInRefusedException">It speaks of somebody else, or of nobody where it is needed.</exception>
    public static async Task<Claims?> AskAsync(SignInInHand hand, string? accessToken, OpenIdConnectOptions options, CancellationToken ct)
    {
        var (row, token) = (hand.Connection.Row, hand.Token!);
        var document = await options.ConfigurationManager!.GetConfigurationAsync(ct);
        if (accessToken is null || string.IsNullOrEmpty(document.UserInfoEndpoint) || !(row.ReadUserInfo || Lacks(token)))
        {
            return null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, document.UserInfoEndpoint);
        request.Headers.Authorization = new("Bearer", accessToken);
        request.Headers.Accept.ParseAdd("application/json, application/jwt;q=0.9");
        try
        {
            using var response = await options.Backchannel.SendAsync(request, ct);
            var body = await response.Content.ReadAsByteArrayAsync(ct);
            var claims =
                response.StatusCode != System.Net.HttpStatusCode.OK ? null
                : response.Content.Headers.ContentType?.MediaType == "application/jwt"
                    ? await ((IdTokenHandler)options.TokenHandler).UserInfoAsync(
                        Encoding.UTF8.GetString(body),
                        options.TokenValidationParameters.Clone()
                    )
                : Claims.Read(body);
            if (claims is not null && claims.Text("sub") != token.Payload.Text("sub"))
            {
                throw new SignInRefusedException("userInfoSubject"); // section 5.3.2: the same subject, or nothing of it is used
            }

            return claims ?? throw new SignInRefusedException("userInfo");
        }
        catch (SignInRefusedException e) when (e.Check != "userInfoSubject" && !row.ReadUserInfo && IsKnown(token))
        {
            return null;
        }
    }

    private static bool Lacks(IdToken token) =>
        token.Connection.Kind == ConnectionKind.Oidc
        && (token.Payload.Name("email") is null || ProviderRules.UserName(token.Payload) is null);

    private static bool IsKnown(IdToken token) =>
        ProviderRules.UserName(token.Payload) is not null || token.Payload.Name("email") is not null;
}
