using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>PKCE (RFC 7636, RFC 9700 sections 2.1.1 and 4.8): asked of everybody, but for an app with a server that has leave.</summary>
public sealed class PkceTests
{
    [Theory, EachDatabase]
    public async Task Only_an_app_that_has_leave_does_without_and_nobody_takes_it_away_from_the_others(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        var older = await scene.AppAsync(s => s with { RequirePkce = false });
        var spare = new TestApp(scene.Server, older.Client, older.Secret) { Pkce = false };
        using var jo = await scene.JoinAsync("jo@acme.com");
        (string, string?)[] without = [("code_challenge", null), ("code_challenge_method", null)];

        Assert.Equal("invalid_request", (await jo.GoAsync(app.Authorize(without))).Told["error"]);
        Assert.Equal("invalid_request", (await jo.GoAsync(app.Authorize(("code_challenge", "")))).Told["error"]);
        var pushed = await app.PostAsync("/connect/par", [.. app.Parameters(without).Select(p => (p.Key, p.Value!))]);
        Assert.Equal((400, "invalid_request"), (pushed.Status, pushed.Json.GetProperty("error").GetString()));

        Assert.Equal(200, (await spare.RedeemAsync((await jo.GoAsync(spare.Authorize())).Told["code"])).Status);
        pushed = await spare.PostAsync("/connect/par", [.. spare.Parameters().Select(p => (p.Key, p.Value!))]);
        Assert.Equal(201, pushed.Status);

        // a verifier without a challenge: somebody took the challenge off on the way
        var refused = await older.RedeemAsync((await jo.GoAsync(older.Authorize(without))).Told["code"]);
        Assert.True(
            refused.Status == 400 && refused.Json.GetProperty("error").GetString() is "invalid_grant" or "invalid_request",
            refused.Body
        );

        // and what it sends all the same counts
        var code = (await jo.GoAsync(older.Authorize())).Told["code"];
        Assert.Equal(400, (await spare.RedeemAsync(code)).Status);
        code = (await jo.GoAsync(older.Authorize())).Told["code"];
        Assert.Equal(200, (await older.RedeemAsync(code)).Status);
        foreach (var method in new[] { "plain", null })
        {
            Assert.Equal("invalid_request", (await jo.GoAsync(older.Authorize(("code_challenge_method", method)))).Told["error"]);
        }

        // taken back, it holds from the next request on
        await scene
            .Server.Service<ChangeClient>()
            .RunAsync(
                Actor.Operator,
                null,
                older.Id,
                older.Client.Version,
                ClientSettings.Of(older.Client) with
                {
                    RequirePkce = true,
                },
                default
            );
        Assert.Equal("invalid_request", (await jo.GoAsync(spare.Authorize())).Told["error"]);

        foreach (
            var bad in new Func<ClientSettings, ClientSettings>[]
            {
                s => s with { RequireClientSecret = false },
                s => s with { IsNative = true },
                s => s with { RedirectUris = [], AllowOfflineAccess = false, AllowClientCredentials = true },
            }
        )
        {
            var settings = bad(ClientSettings.Of(older.Client)) with { RequirePkce = false };
            var no = await scene.Server.Service<CreateClient>().RunAsync(Actor.Operator, null, null, settings, default);
            Assert.Equal(("invalidRequirePkce", "requirePkce"), (no.Refusal?.Code, no.Refusal?.Field));
        }
    }
}
