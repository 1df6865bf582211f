using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>Two servers over one database, one of which goes; and clocks that are set.</summary>
public sealed class SeveralServersTests
{
    [Theory, EachDatabase]
    public async Task A_code_and_a_refresh_token_serve_once_on_two_servers_together_and_a_family_ends_on_both(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        await using var there = await OtherAsync(scene);
        var app = await scene.AppAsync();
        var appThere = new TestApp(there, app.Client, app.Secret) { At = there.Settings.Urls[0] };
        using var jo = await scene.JoinAsync("jo@acme.com");
        TestApp At(int i) => i % 2 == 0 ? app : appThere;

        var code = (await jo.GoAsync(app.Authorize())).Told["code"];
        var many = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => At(i).RedeemAsync(code)));
        Assert.True(many.Count(a => a.Status == 200) <= 1, string.Join(' ', many.Select(a => a.Status)));
        Assert.All(many, a => Assert.True(a.Status is 200 or 400, $"{a.Status} {a.Body}"));
        foreach (var won in many.Where(a => a.Status == 200))
        {
            await AssertOverAsync(won.Json);
        }

        var first = await AppScene.TokensAsync(app, jo);
        var rivals = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => At(i).RefreshAsync(first.GetProperty("refresh_token").GetString()!))
        );
        Assert.True(rivals.Count(a => a.Status == 200) <= 1, string.Join(' ', rivals.Select(a => a.Status)));
        Assert.All(rivals, a => Assert.True(a.Status is 200 or 400, $"{a.Status} {a.Body}"));
        await AssertOverAsync(first);
        foreach (var won in rivals.Where(a => a.Status == 200))
        {
            await AssertOverAsync(won.Json);
        }

        // one after the other: what was redeemed here is spent there
        var tokens = await AppScene.TokensAsync(app, jo);
        var next = (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Json;
        Assert.Equal(400, (await appThere.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
        await AssertOverAsync(next);

        async Task AssertOverAsync(JsonElement issued)
        {
            var access = issued.GetProperty("access_token").GetString()!;
            Assert.False(await app.IsActiveAsync(access));
            Assert.False(await appThere.IsActiveAsync(access));
            Assert.Equal(400, (await appThere.RefreshAsync(issued.GetProperty("refresh_token").GetString()!)).Status);
        }
    }

    [Theory, EachDatabase]
    public async Task What_was_begun_before_a_restart_goes_on_after_it_and_what_was_spent_stays_spent(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var before = await AppScene.OnAsync(database, clock, null);
        var app = await before.AppAsync();
        using var jo = await before.JoinAsync("jo@acme.com");
        var address = before.Server.PublicUrl.ToString().TrimEnd('/');
        var code = (await jo.GoAsync(app.Authorize())).Told["code"];
        var spent = await AppScene.TokensAsync(app, jo);
        var kept = (await app.RefreshAsync(spent.GetProperty("refresh_token").GetString()!)).Json;
        var other = await AppScene.TokensAsync(app, jo);
        var pushed = (await app.PostAsync("/connect/par", [.. app.Parameters().Select(p => (p.Key, p.Value!))]))
            .Json.GetProperty("request_uri")
            .GetString();
        await before.Server.DisposeAsync();

        await using var after = await AppScene.OnAsync(database, clock, address);
        var again = new TestApp(after.Server, app.Client, app.Secret);
        Assert.Equal(200, (await again.RedeemAsync(code)).Status);
        Assert.Equal(400, (await again.RedeemAsync(code)).Status);
        Assert.Contains(
            "code=",
            (
                await jo.GoAsync(
                    "/connect/authorize"
                        + QueryHelpers.AddQueryString(
                            "",
                            new Dictionary<string, string?> { ["client_id"] = app.Id, ["request_uri"] = pushed }
                        )
                )
            ).Location
        );
        Assert.Equal(200, (await again.UserInfoAsync(other.GetProperty("access_token").GetString()!)).Status);
        Assert.Equal(200, (await again.RefreshAsync(other.GetProperty("refresh_token").GetString()!)).Status);
        Assert.Equal(400, (await again.RefreshAsync(spent.GetProperty("refresh_token").GetString()!)).Status);
        Assert.Equal(400, (await again.RefreshAsync(kept.GetProperty("refresh_token").GetString()!)).Status);
    }

    [Theory, EachDatabase]
    public async Task A_clock_that_is_behind_or_is_set_forward_lets_nothing_serve_twice_and_nobody_in_too_long(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var start = scene.Clock.Now;
        await using var behind = await OtherAsync(scene, new HandClock(start - TimeSpan.FromMinutes(1)));
        var app = await scene.AppAsync();
        var appBehind = new TestApp(behind, app.Client, app.Secret) { At = behind.Settings.Urls[0] };
        using var jo = await scene.JoinAsync("jo@acme.com");
        var tokens = await AppScene.TokensAsync(app, jo);

        // a server whose clock is a minute behind: what another issued goes on there, what was spent here is spent there
        var next = await appBehind.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!);
        Assert.True(next.Status == 200, next.Body);
        Assert.Equal(400, (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
        Assert.Equal(400, (await appBehind.RefreshAsync(next.Json.GetProperty("refresh_token").GetString()!)).Status);

        // forward: access for ten minutes, a code for one, a refresh token as long as the sign-in that it came from
        tokens = await AppScene.TokensAsync(app, jo);
        var code = (await jo.GoAsync(app.Authorize())).Told["code"];
        scene.Clock.MoveTo(start + TimeSpan.FromMinutes(11));
        Assert.Equal(400, (await app.RedeemAsync(code)).Status);
        Assert.Equal(401, (await app.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Status);
        for (var day = 1; day <= 6; day++)
        {
            scene.Clock.MoveTo(start + TimeSpan.FromDays(day));
            tokens = (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Json;
        }

        scene.Clock.MoveTo(start + TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        Assert.Equal(400, (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
    }

    private static Task<TestServer> OtherAsync(AppScene scene, HandClock? clock = null) =>
        TestServer.StartAsync(scene.Database, clock ?? scene.Clock, set: [("PublicUrl", scene.Server.PublicUrl.ToString().TrimEnd('/'))]);
}
