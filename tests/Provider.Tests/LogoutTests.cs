using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

public sealed class LogoutTests
{
    [Theory, EachDatabase]
    public async Task Each_app_of_a_session_is_told_when_it_ends_however_it_ends_and_again_when_it_was_away(Database kind)
    {
        await using var sink = await LogoutSink.StartAsync();
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.Address });
        var quiet = await scene.AppAsync();
        using var jo = await scene.JoinAsync("jo@acme.com");
        var tokens = await AppScene.TokensAsync(app, jo);
        await AppScene.TokensAsync(app, jo); // twice the same app: told once
        await AppScene.TokensAsync(quiet, jo);
        var sid = TestApp.Payload(tokens.GetProperty("id_token").GetString()!).GetProperty("sid").GetString();

        await jo.SubmitAsync(await jo.GetAsync("/workspaces"), "/signout");
        var token = await SignInFlowTests.CheckedAsync(scene, app, await sink.NextAsync());
        Assert.Equal("logout+jwt", token.Typ);
        Assert.Equal((sid, (await scene.MemberAsync("jo@acme.com")).AccountId.ToString()), (token.GetClaim("sid").Value, token.Subject));
        Assert.Contains("http://schemas.openid.net/event/backchannel-logout", token.GetClaim("events").Value);
        Assert.False(token.TryGetClaim("nonce", out _));
        Assert.NotEmpty(token.Id);

        // an app that is away is told later, by a new token
        using var again = new Browser(scene.Server);
        await AppScene.SignInAsync(again, await again.GoAsync(app.Authorize()), "jo@acme.com");
        sink.Status = 503;
        Assert.True(
            (
                await scene
                    .Server.Service<SuspendMember>()
                    .RunAsync(Actor.Operator, scene.Workspace.Id, (await scene.MemberAsync("jo@acme.com")).Id, default)
            ).Done
        );
        var failed = await sink.NextAsync();
        sink.Status = 200;
        string? second;
        for (var pump = scene.Server.Service<OutboxPump>(); !sink.TryNext(out second); )
        {
            if (await IsFreeAsync(scene)) // while the server's own worker tells the app, its lease must not run out
            {
                scene.Clock.Advance(TimeSpan.FromSeconds(3));
            }

            await pump.RunAsync(default);
        }

        Assert.NotEqual(failed, second);
        Assert.NotEqual(sid, (await SignInFlowTests.CheckedAsync(scene, app, second)).GetClaim("sid").Value);
        Assert.True(sink.IsEmpty);
    }

    [Theory, EachDatabase]
    public async Task An_app_that_gives_its_tokens_back_is_told_when_the_session_ends_and_one_whose_token_came_twice_at_once(Database kind)
    {
        await using var sink = await LogoutSink.StartAsync();
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.Address });
        using var jo = await scene.JoinAsync("jo@acme.com");
        var member = await scene.MemberAsync("jo@acme.com");
        var tokens = await AppScene.TokensAsync(app, jo);
        var (access, refresh) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
        var twice = await AppScene.TokensAsync(app, jo);
        var used = twice.GetProperty("refresh_token").GetString()!;

        // RFC 7009 section 2.1: all of the grant is dead, of the other sign-in nothing; the person is signed in as before, and nobody is told
        var revoked = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(_ => app.PostAsync("/connect/revocation", ("token", refresh), ("token_type_hint", "refresh_token")))
        );
        Assert.All(revoked, r => Assert.Equal((200, ""), (r.Status, r.Status == 200 ? "" : r.Body)));
        Assert.Equal(400, (await app.RefreshAsync(refresh)).Status);
        Assert.Equal(401, (await app.UserInfoAsync(access)).Status);
        Assert.False(await app.IsActiveAsync(access));
        Assert.True(await app.IsActiveAsync(used));
        Assert.Empty(await ReceiptsAsync(scene, member));

        // what a refresh at the same moment gets is dead as well, whichever is first
        var third = (await AppScene.TokensAsync(app, jo)).GetProperty("refresh_token").GetString()!;
        var race = await Rivals.RaceAsync([
            () => app.RefreshAsync(third),
            () => app.PostAsync("/connect/revocation", ("token", third), ("token_type_hint", "refresh_token")),
        ]);
        Assert.Equal(200, race[1].Required.Status);
        if (race[0].Required is { Status: 200 } got)
        {
            Assert.False(await app.IsActiveAsync(got.Json.GetProperty("access_token").GetString()!));
            Assert.Equal(400, (await app.RefreshAsync(got.Json.GetProperty("refresh_token").GetString()!)).Status);
        }

        // neither who asks whether a token is active that it has redeemed nor who gives such a one back has stolen it
        var spent = (await AppScene.TokensAsync(app, jo)).GetProperty("refresh_token").GetString()!;
        var kept = (await app.RefreshAsync(spent)).Json;
        Assert.False(await app.IsActiveAsync(spent));
        Assert.Equal(200, (await app.PostAsync("/connect/revocation", ("token", spent))).Status);
        Assert.Equal(400, (await app.RefreshAsync(kept.GetProperty("refresh_token").GetString()!)).Status);
        Assert.False(await app.IsActiveAsync(kept.GetProperty("access_token").GetString()!));
        Assert.Empty(await ReceiptsAsync(scene, member));
        Assert.Equal(200, (await app.PostAsync("/connect/revocation", ("token", "nonsense"))).Status); // RFC 7009 section 2.2
        var foreign = await scene.AppAsync();
        await foreign.PostAsync("/connect/revocation", ("token", used));
        Assert.True(await app.IsActiveAsync(used)); // another app's

        // RFC 9700 section 4.14.2: somebody has a copy
        Assert.Equal(200, (await app.RefreshAsync(used)).Status);
        var again = await Rivals.RaceAsync(5, _ => app.RefreshAsync(used));
        Assert.All(again, a => Assert.Equal(400, a.Required.Status));
        var sid = TestApp.Payload(twice.GetProperty("id_token").GetString()!).GetProperty("sid").GetString();
        Assert.Equal(sid, (await SignInFlowTests.CheckedAsync(scene, app, await sink.NextAsync())).GetClaim("sid").Value);
        await Until.TrueAsync(async () => (await ReceiptsAsync(scene, member)) is [{ State: ReceiptState.Acknowledged }]);
        Assert.Equal("app.tokenReused", Assert.Single(await ReceiptsAsync(scene, member)).Ending.Cause);
        Assert.True(sink.IsEmpty);

        // what was given back keeps its app in the list of those who are told
        await jo.SubmitAsync(await jo.GetAsync("/workspaces"), "/signout");
        Assert.Equal(sid, (await SignInFlowTests.CheckedAsync(scene, app, await sink.NextAsync())).GetClaim("sid").Value);
        await Until.TrueAsync(async () =>
            (await ReceiptsAsync(scene, member)) is { Count: 2 } all && all.All(r => r.State == ReceiptState.Acknowledged)
        );
        Assert.Equal(["app.tokenReused", "session.ended"], (await ReceiptsAsync(scene, member)).Select(r => r.Act).Order());
        Assert.True(sink.IsEmpty);
    }

    private static async Task<IReadOnlyList<AppReceipt>> ReceiptsAsync(AppScene scene, Member member) =>
        (await scene.Server.Service<ReadAppReceipts>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, default)).Value;

    [Theory, EachDatabase]
    public async Task Apps_that_do_not_answer_hold_up_no_other_work(Database kind)
    {
        await using var sink = await LogoutSink.StartAsync();
        await using var scene = await AppScene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@acme.com");
        using var vi = await scene.JoinAsync("vi@acme.com");
        for (var i = 0; i < OutboxPump.AtOnce; i++)
        {
            await AppScene.TokensAsync(await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.AddressOf($"slow{i}") }), jo);
        }

        await AppScene.TokensAsync(await scene.AppAsync(), vi);
        sink.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await jo.SubmitAsync(await jo.GetAsync("/workspaces"), "/signout");
        for (var i = 0; i < OutboxPump.AtOnce; i++)
        {
            await sink.NextAsync();
        }

        // as many as are in hand at once wait now, and the receipt of somebody else is written all the same
        await vi.SubmitAsync(await vi.GetAsync("/workspaces"), "/signout");
        var account = (await scene.MemberAsync("vi@acme.com")).AccountId!.Value;
        var held = -1;
        await Until.TrueAsync(async () =>
        {
            await using var db = scene.Server.Store.Read();
            held = sink.Held;
            return await db.AppEndings.AnyAsync(e => e.AccountId == account);
        });
        Assert.Equal(OutboxPump.AtOnce, held);
        sink.Hold.SetResult();
    }

    [Theory, EachDatabase]
    public async Task A_person_is_signed_out_by_their_own_app_and_asked_where_it_may_be_somebody_else(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        const string Out = "https://app.example.org/signed-out";
        using var jo = await scene.JoinAsync("jo@acme.com");
        var hint = (await AppScene.TokensAsync(app, jo)).GetProperty("id_token").GetString()!;
        static string End(params (string Name, string Value)[] query) =>
            "/connect/endsession" + QueryHelpers.AddQueryString("", query.ToDictionary(q => q.Name, q => (string?)q.Value));
        async Task<bool> IsInAsync() => (await jo.GetAsync("/workspaces")).Status == 200;

        // an address that is not the app's, and what is no ID token of ours: never a way out of here
        foreach (var wrong in new[] { Out + "/", Out + "?foo=bar", "https://evil.example/" })
        {
            var no = await jo.GoAsync(End(("id_token_hint", hint), ("post_logout_redirect_uri", wrong)));
            Assert.True(no.Location is null && no.Status == 400, $"{wrong} {no.Status} {no.Location}");
        }

        var parts = hint.Split('.');
        foreach (
            var bad in new[]
            {
                $"{Convert.ToBase64String("{\"alg\":\"none\"}"u8.ToArray()).TrimEnd('=')}.{parts[1]}.",
                $"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA",
            }
        )
        {
            var no = await jo.GoAsync(End(("id_token_hint", bad), ("post_logout_redirect_uri", Out)));
            Assert.True(no.Location is null, $"{no.Status} {no.Location}");
        }

        Assert.True(await IsInAsync());

        // the hint of another app, and what belongs to another app: nobody is signed out by a mix
        var second = await scene.AppAsync(s => s with { PostLogoutRedirectUris = ["https://second.example.org/out"] });
        var ofSecond = (await AppScene.TokensAsync(second, jo)).GetProperty("id_token").GetString()!;
        foreach (
            var query in new (string, string)[][]
            {
                [("id_token_hint", hint), ("client_id", second.Id)],
                [("id_token_hint", hint), ("client_id", second.Id), ("post_logout_redirect_uri", "https://second.example.org/out")],
                [("id_token_hint", hint), ("post_logout_redirect_uri", "https://second.example.org/out")],
                [("id_token_hint", ofSecond), ("post_logout_redirect_uri", Out)],
                [("client_id", second.Id), ("post_logout_redirect_uri", Out)],
                [("client_id", "nobody"), ("post_logout_redirect_uri", Out)],
            }
        )
        {
            var no = await jo.GoAsync(End(query));
            Assert.True(no.Location is null && await IsInAsync(), $"{query[0]} {query[1]} {no.Status} {no.Location}");
        }

        // without a hint the person is asked
        var asked = await jo.GoAsync(End(("post_logout_redirect_uri", Out), ("client_id", app.Id), ("state", "s t&1")));
        Assert.Equal(200, asked.Status);
        Assert.Contains("Notes asks to sign you out here", asked.Body);
        Assert.True(await IsInAsync());
        var gone = await jo.SubmitAsync(asked, "/connect/signout");
        Assert.Equal(Out + "?state=s%20t%261", gone.Location);
        Assert.False(await IsInAsync());
        Assert.Equal("login_required", (await jo.GoAsync(app.Authorize(("prompt", "none")))).Told["error"]);

        // with the session's own it is done
        await AppScene.SignInAsync(jo, await jo.GoAsync(app.Authorize()), "jo@acme.com");
        hint = (await AppScene.TokensAsync(app, jo)).GetProperty("id_token").GetString()!;
        scene.Clock.Advance(TimeSpan.FromHours(1)); // an ID token that ran out is a hint still
        Assert.Equal(Out, (await jo.GoAsync(End(("id_token_hint", hint), ("post_logout_redirect_uri", Out)))).Location);
        Assert.False(await IsInAsync());
        Assert.Equal(200, (await jo.GoAsync(End())).Status);

        // RP-Initiated Logout section 2: without a hint and without the app's id nobody is led anywhere, also who is not signed in or agreed
        Assert.Null((await jo.GoAsync(End(("post_logout_redirect_uri", Out)))).Location);
        await AppScene.SignInAsync(jo, await jo.GoAsync(app.Authorize()), "jo@acme.com");
        gone = await jo.SubmitAsync(await jo.GoAsync(End(("post_logout_redirect_uri", Out), ("state", "s"))), "/connect/signout");
        Assert.Equal((200, null), (gone.Status, gone.Location));
        Assert.False(await IsInAsync());
    }

    [Theory, EachDatabase]
    public async Task A_form_that_another_site_posts_signs_in_and_out_as_a_link_does(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        const string Out = "https://app.example.org/signed-out";
        using var jo = await scene.JoinAsync("jo@acme.com");
        async Task<bool> IsInAsync() => (await jo.GetAsync("/workspaces")).Status == 200;
        var back = await jo.PostFromElsewhereAsync("/connect/authorize", [.. app.Parameters().Select(p => (p.Key, p.Value!))]);
        var hint = (await app.RedeemAsync(back.Told["code"])).Json.GetProperty("id_token").GetString()!;

        // what is too long for an address is left out: the person is asked, and nobody is signed out by it
        var asked = await jo.PostFromElsewhereAsync(
            "/connect/endsession",
            ("id_token_hint", hint + new string('A', 9000)),
            ("client_id", app.Id),
            ("post_logout_redirect_uri", Out)
        );
        Assert.True(await IsInAsync());
        Assert.True(asked.Status is 200 or 400 && asked.Location is null, $"{asked.Status} {asked.Location}");
        var other = await scene.AppAsync();
        var mixed = await jo.PostFromElsewhereAsync("/connect/endsession", ("id_token_hint", hint), ("client_id", other.Id));
        Assert.True(mixed.Location is null && await IsInAsync(), $"{mixed.Status} {mixed.Location}"); // the hint is another app's

        var gone = await jo.PostFromElsewhereAsync(
            "/connect/endsession",
            ("id_token_hint", hint),
            ("post_logout_redirect_uri", Out),
            ("state", "s t&1")
        );
        Assert.Equal(Out + "?state=s%20t%261", gone.Location);
        Assert.False(await IsInAsync());
    }

    [Theory, EachDatabase]
    public async Task An_app_that_takes_the_call_and_never_answers_is_given_up_told_of_in_the_receipt_and_called_again(Database kind)
    {
        await using var sink = await LogoutSink.StartAsync();
        await using var scene = await AppScene.NewAsync(kind, null, ("SignIn:ProviderTimeout", "1"));
        var slow = await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.AddressOf("slow") });
        using var jo = await scene.JoinAsync("jo@acme.com");
        var member = await scene.MemberAsync("jo@acme.com");
        await AppScene.TokensAsync(slow, jo);
        sink.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await jo.SubmitAsync(await jo.GetAsync("/workspaces"), "/signout");
        await sink.NextAsync();
        await Until.TrueAsync(async () => (await ReceiptsAsync(scene, member)) is [{ Ending.Tries: > 0, State: ReceiptState.Waiting }]);
        Assert.Equal("appUnreachable", (await ReceiptsAsync(scene, member))[0].Ending.LastAnswer);
        await Until.TrueAsync(() => Task.FromResult(sink.Held == 0)); // the connection is closed

        sink.Hold = null;
        for (var pump = scene.Server.Service<OutboxPump>(); (await ReceiptsAsync(scene, member))[0].State != ReceiptState.Acknowledged; )
        {
            if (await IsFreeAsync(scene))
            {
                scene.Clock.Advance(TimeSpan.FromSeconds(3));
            }

            await pump.RunAsync(default);
        }
    }

    private static async Task<bool> IsFreeAsync(AppScene scene)
    {
        await using var db = scene.Server.Store.Read();
        return !await db.OutboxMessages.AnyAsync(m => m.DoneAt == null && m.ClaimedUntil > scene.Clock.Now);
    }
}
