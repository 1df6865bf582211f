using System.Net;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>What people see of their apps, and take back.</summary>
public sealed class MyAppsTests
{
    [Theory, EachDatabase]
    public async Task People_find_their_apps_read_why_one_is_of_no_use_and_withdraw_what_they_agreed_to(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var other = await scene.OtherAsync("other");
        var asking = await scene.AppAsync(s => s with { ClientName = "Asking", RequireConsent = true });
        await scene.AppAsync(s => s with { ClientName = "Seats", ClientUri = "https://seats.example.org", NeedsSeat = true });
        await scene.AppAsync(s => s with { ClientName = "Open", ClientUri = "https://open.example.org/start" }, scene.Workspace.Id);
        await scene.AppAsync(s => s with { ClientName = "Foreign", ClientUri = "https://foreign.example.org" }, other.Id);
        await scene.AppAsync(s => s with { ClientName = "Without a page" });
        using var browser = await scene.JoinAsync("grace@acme.test");
        var member = await scene.MemberAsync("grace@acme.test");
        await scene
            .Server.Service<Membership.Roles.AssignRole>()
            .RunAsync(Membership.Access.Actor.Operator, scene.Workspace.Id, member.Id, "viewer", default);

        var home = await browser.GetAsync("/w/acme");
        Assert.Equal(200, home.Status);
        Assert.Contains("href=\"https://open.example.org/start\"", home.Body, StringComparison.Ordinal);
        Assert.Contains("This app needs a seat", WebUtility.HtmlDecode(home.Body), StringComparison.Ordinal);
        foreach (var hidden in new[] { "https://seats.example.org", "Foreign", "Without a page", "Asking" })
        {
            Assert.DoesNotContain(hidden, home.Body, StringComparison.Ordinal);
        }

        var asked = await browser.GoAsync(asking.Authorize());
        var back = await browser.SubmitAsync(asked, "/connect/consent");
        var tokens = (await asking.RedeemAsync(back.Told["code"])).Json;
        var page = await browser.GetAsync("/w/acme/my-apps");
        Assert.Contains("Asking", page.Body, StringComparison.Ordinal);
        Assert.Contains("Your name, your mail address", page.Body, StringComparison.Ordinal);

        var path = $"/w/acme/my-apps/{asking.Id}/withdraw";
        Assert.Contains("learns no more of you", (await browser.SubmitAsync(page, path)).Body, StringComparison.Ordinal);
        Assert.NotEqual(200, (await asking.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
        Assert.False(await asking.IsActiveAsync(tokens.GetProperty("access_token").GetString()!));
        Assert.Contains("/connect/consent", (await browser.GoAsync(asking.Authorize())).Body, StringComparison.Ordinal);
        await using var db = scene.Server.Store.Read();
        Assert.Contains(db.AuditEntries.ToList(), e => e is { Act: "consent.withdrawn", TargetName: "Asking" });

        // twice: there is nothing left to take back
        Assert.Equal(404, (await browser.SubmitAsync(page, path)).Status);
    }

    [Theory, EachDatabase]
    public async Task What_is_taken_away_from_an_app_is_told_no_more_at_its_next_refresh(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var browser = await scene.JoinAsync("grace@acme.test");
        var tokens = await AppScene.TokensAsync(app, browser);
        Assert.True(TestApp.Payload(tokens.GetProperty("id_token").GetString()!).TryGetProperty("email", out _));
        var settings = ClientSettings.Of(app.Client) with { AllowedScopes = [AppScopeNames.Profile] };
        var changed = await scene
            .Server.Service<ChangeClient>()
            .RunAsync(Membership.Access.Actor.Operator, null, app.Id, null, settings, default);
        Assert.True(changed.Done);
        var refreshed = await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!);
        var told = TestApp.Payload(refreshed.Json.GetProperty("id_token").GetString()!);
        Assert.True(told.TryGetProperty("name", out _));
        Assert.False(told.TryGetProperty("email", out _) || told.TryGetProperty("role", out _), told.ToString());
    }

    [Theory, EachDatabase]
    public async Task The_last_use_of_an_app_tells_who_and_its_removal_how_many(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(workspace: scene.Workspace.Id);
        var page = scene.Server.Service<ClientPage>();
        var (operated, workspace) = (Membership.Access.Actor.Operator, scene.Workspace.Id);
        Assert.Null((await page.OneAsync(operated, workspace, app.Id, default)).Value.LastUsedAt);
        using var grace = await scene.JoinAsync("grace@acme.test");
        using var alan = await scene.JoinAsync("alan@acme.test");
        var tokens = await AppScene.TokensAsync(app, grace);
        await AppScene.TokensAsync(app, grace);
        Assert.Equal(1, (await page.UsersAsync(operated, workspace, app.Id, default)).Value);
        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        await AppScene.TokensAsync(app, alan);

        var view = (await page.OneAsync(operated, workspace, app.Id, default)).Value;
        Assert.Equal((scene.Clock.Now, "alan@acme.test"), (view.LastUsedAt, view.LastUsedBy!.UserName));

        // of the installation's own apps the operator learns when
        var (used, unused) = (await scene.AppAsync(), await scene.AppAsync());
        await AppScene.TokensAsync(used, alan);
        var list = scene.Server.Service<ListClients>();
        var uses = await list.LastUsesAsync((await list.RunAsync(operated, null, default)).Value, default);
        Assert.Equal(scene.Clock.Now, uses[used.Client.Id]);
        Assert.False(uses.ContainsKey(unused.Client.Id) || uses.ContainsKey(app.Client.Id));
        Assert.Equal(2, (await page.UsersAsync(operated, workspace, app.Id, default)).Value);
        await scene.Server.Service<RemoveClient>().RunAsync(operated, workspace, app.Id, default);
        Assert.Equal(
            "invalid_client",
            (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Json.GetProperty("error").GetString()
        );
        Assert.Equal(401, (await app.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Status);
        await using var db = scene.Server.Store.Read();
        Assert.DoesNotContain(db.AppGrants.ToList(), g => g.ApplicationId == app.Client.Id);
        Assert.DoesNotContain(db.AppTokens.ToList(), t => t.ApplicationId == app.Client.Id);
        Assert.Equal([used.Client.Id], db.ClientUses.Select(u => u.ClientId).ToList());
    }
}
