using System.Text.Json;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Provider.Keys;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>Two servers behind one address share nothing but the database.</summary>
public sealed class KeyRotationTests
{
    [Theory, EachDatabase]
    public async Task A_new_key_is_known_everywhere_before_it_signs_and_an_old_one_until_nothing_needs_it(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var address = scene.Server.PublicUrl.ToString().TrimEnd('/');
        await using var there = await TestServer.StartAsync(scene.Database, scene.Clock, set: [("PublicUrl", address)]);
        var app = await scene.AppAsync();
        var appThere = new TestApp(there, app.Client, app.Secret) { At = new Uri(there.Settings.Urls[0].ToString()) };
        using var jo = await scene.JoinAsync("jo@acme.com");
        var servers = new[] { scene.Server, there };
        void Look() => Array.ForEach(servers, s => s.Service<ProviderKeys>().Look());
        async Task<string> KidAsync(TestServer server)
        {
            var code = (await jo.GoAsync(app.Authorize())).Told["code"];
            var tokens = (await (server == there ? appThere : app).RedeemAsync(code)).Json;
            return JsonDocument
                .Parse(System.Buffers.Text.Base64Url.DecodeFromChars(tokens.GetProperty("id_token").GetString()!.Split('.')[0]))
                .RootElement.GetProperty("kid")
                .GetString()!;
        }

        async Task<int> PublishedAsync(TestServer server)
        {
            using var http = new HttpClient { BaseAddress = server.Settings.Urls[0] };
            return JsonDocument
                .Parse(await http.GetStringAsync("/.well-known/openid-configuration/jwks"))
                .RootElement.GetProperty("keys")
                .GetArrayLength();
        }

        // both made one at their start, and it is the same; a code of one server is redeemed at the other
        var first = await KidAsync(scene.Server);
        Assert.Equal(first, await KidAsync(there));
        var tokens = await AppScene.TokensAsync(app, jo);

        // by hand: published at once, signing later
        Assert.NotNull((await there.Service<RotateAppKeys>().RunAsync(Actor.Operator, now: true, default)).Value);
        Look();
        Assert.Equal((2, 2), (await PublishedAsync(scene.Server), await PublishedAsync(there)));
        Assert.Equal((first, first), (await KidAsync(scene.Server), await KidAsync(there)));
        scene.Clock.Advance(RotateAppKeys.LeastAhead);
        Look();
        var second = await KidAsync(scene.Server);
        Assert.NotEqual(first, second);
        Assert.Equal(second, await KidAsync(there));

        // what the old one protects is taken still, on both
        var next = (await appThere.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Json;
        Assert.Equal(200, (await app.RefreshAsync(next.GetProperty("refresh_token").GetString()!)).Status);
        await SignInFlowTests.CheckedAsync(scene, app, next.GetProperty("id_token").GetString()!);
    }

    [Theory, EachDatabase]
    public async Task Keys_come_by_themselves_in_time_and_the_oldest_goes_when_nothing_that_it_protects_can_live(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        var (rotate, read) = (new RotateAppKeys(store), new ReadAppKeys(store));
        Task<Membership.Outcome<AppKey?>> DueAsync() => rotate.RunAsync(Actor.System, now: false, default);

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DueAsync()));
        Assert.Single(made, m => m.Value is not null);
        Assert.Null((await DueAsync()).Value);
        var first = Assert.Single(read.Run()).Row;

        clock.MoveTo(clock.Now + RotateAppKeys.Lifetime - RotateAppKeys.Ahead);
        var second = (await DueAsync()).Value!;
        Assert.Equal([first.KeyId, second.KeyId], read.Run().Select(k => k.Row.KeyId));
        clock.MoveTo(second.SignsFrom);
        Assert.Equal([second.KeyId, first.KeyId], read.Run().Select(k => k.Row.KeyId));
        clock.Advance(ReadAppKeys.KeptAfter);
        Assert.Equal([second.KeyId], read.Run().Select(k => k.Row.KeyId));
        Assert.Equal("forbidden", (
                await rotate.RunAsync(
                    new()
                    {
                        Kind = ActorKind.Member,
                        Door = Door.Page,
                        Name = "Jo",
                    },
                    now: true,
                    default
                )
            ).Refusal!.Code);
    }
}
