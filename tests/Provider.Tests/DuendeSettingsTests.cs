using System.Text.Json;
using System.Text.RegularExpressions;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>
/// The table of <c>docs/apps.md</c> for who comes from Duende IdentityServer: no setting of a client there is left out, each row names
/// tests that are there, and what is a number is so.
/// </summary>
public sealed partial class DuendeSettingsTests
{
    /// <summary>What Duende IdentityServer's <c>Client</c> has.</summary>
    private const string Theirs = """
        AbsoluteRefreshTokenLifetime AccessTokenLifetime AccessTokenType AllowAccessTokensViaBrowser AllowOfflineAccess AllowPlainTextPkce
        AllowRememberConsent AllowedCorsOrigins AllowedGrantTypes AllowedIdentityTokenSigningAlgorithms AllowedScopes
        AlwaysIncludeUserClaimsInIdToken AlwaysSendClientClaims AuthorizationCodeLifetime BackChannelLogoutSessionRequired
        BackChannelLogoutUri CibaLifetime Claims ClientClaimsPrefix ClientId ClientName ClientSecrets ClientUri ConsentLifetime
        CoordinateLifetimeWithUserSession DPoPClockSkew DPoPValidationMode DeviceCodeLifetime EnableLocalLogin Enabled
        FrontChannelLogoutSessionRequired FrontChannelLogoutUri IdentityProviderRestrictions IdentityTokenLifetime IncludeJwtId
        InitiateLoginUri LogoUri PairWiseSubjectSalt PollingInterval PostLogoutRedirectUris Properties ProtocolType
        PushedAuthorizationLifetime RedirectUris RefreshTokenExpiration RefreshTokenUsage RequireClientSecret RequireConsent RequireDPoP
        RequirePkce RequirePushedAuthorization RequireRequestObject SlidingRefreshTokenLifetime UpdateAccessTokenClaimsOnRefresh
        UserCodeType UserSsoLifetime
        """;

    [Fact]
    public void No_setting_of_theirs_is_left_out_and_what_is_said_to_be_the_same_is_a_setting_of_ours()
    {
        var rows = File.ReadLines(Repository.At("docs", "apps.md"))
            .SkipWhile(line => !line.StartsWith("| there | here | shown by |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (There: Names(cells[1]), Here: cells[2], Tests: Names(cells[3])))
            .ToList();
        string[] theirs = Theirs.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            theirs.Order(StringComparer.Ordinal),
            rows.SelectMany(r => r.There).Where(n => theirs.Contains(n)).Order(StringComparer.Ordinal)
        );
        var ours = typeof(ClientSettings).GetProperties().Select(p => p.Name).Append("ClientId").ToList();
        foreach (
            var row in rows.Where(r => r.Here.StartsWith("the same", StringComparison.Ordinal) && !r.There.Contains("AccessTokenType"))
        )
        {
            Assert.Empty(row.There.Except(ours));
        }

        foreach (var test in rows.SelectMany(r => r.Tests))
        {
            var type = typeof(DuendeSettingsTests).Assembly.GetType($"{typeof(DuendeSettingsTests).Namespace}.{test}");
            Assert.True(type?.GetMethods().Any(m => m.IsDefined(typeof(FactAttribute), inherit: false)), test);
        }
    }

    [Theory, EachDatabase]
    public async Task Lifetimes_and_the_form_of_tokens_are_as_the_table_says(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var jo = await scene.JoinAsync("jo@acme.com");
        var tokens = await AppScene.TokensAsync(app, jo);
        var (access, id) = (TestApp.Payload(Text(tokens, "access_token")), TestApp.Payload(Text(tokens, "id_token")));
        Assert.Equal(600, access.GetProperty("exp").GetInt64() - access.GetProperty("iat").GetInt64());
        Assert.Equal(600, id.GetProperty("exp").GetInt64() - id.GetProperty("iat").GetInt64());
        Assert.InRange(tokens.GetProperty("expires_in").GetInt32(), 595, 600);
        Assert.Equal(app.Id, access.GetProperty("aud").GetString());
        Assert.NotEmpty(access.GetProperty("jti").GetString()!);
        var pushed = await app.PostAsync("/connect/par", [.. app.Parameters().Select(p => (p.Key, p.Value!))]);
        Assert.InRange(pushed.Json.GetProperty("expires_in").GetInt32(), 3595, 3600);

        async Task<string> CodeAsync() => (await jo.GoAsync(app.Authorize())).Told["code"];
        var (early, late) = (await CodeAsync(), await CodeAsync());
        scene.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(200, (await app.RedeemAsync(early)).Status);
        scene.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(400, (await app.RedeemAsync(late)).Status);
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static List<string> Names(string cell) => [.. Name().Matches(cell).Select(m => m.Groups[1].Value)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
