using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

public sealed class ManyWorkspacesTests
{
    [Theory, EachDatabase]
    public async Task An_app_of_one_workspace_serves_its_people_alone_and_who_is_in_several_chooses(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var beta = await scene.OtherAsync("beta");
        var (shared, ofAcme, ofBeta) = (
            await scene.AppAsync(),
            await scene.AppAsync(workspace: scene.Workspace.Id),
            await scene.AppAsync(workspace: beta.Id)
        );
        using var jo = await scene.JoinAsync("jo@acme.com");
        static string Slug(System.Text.Json.JsonElement tokens) =>
            TestApp.Payload(tokens.GetProperty("access_token").GetString()!).GetProperty("workspace").GetString()!;

        // who is not signed in reads for which app and workspace it is, also after a wrong password, and is shown no text as a page
        using (var nobody = new Browser(scene.Server))
        {
            Answer? page = null;
            var hostile = await scene.AppAsync(s => s with { ClientName = "<script>alert(1)</script>" }, beta.Id);
            foreach (
                var (request, heading, name) in new[]
                {
                    (shared.Authorize(), "Sign in", "Notes"),
                    (shared.Authorize(("workspace", "beta")), "Sign in to beta", "Notes"),
                    (ofAcme.Authorize(), "Sign in to Acme", "Notes"),
                    (hostile.Authorize(), "Sign in to beta", "&lt;script&gt;alert(1)&lt;/script&gt;"),
                }
            )
            {
                page = await nobody.GoAsync(request);
                Assert.Contains($"<h1>{heading}</h1>", page.Body);
                Assert.Contains($"To go on to <b><bdi>{name}</bdi></b></span>", page.Body);
            }

            page = await nobody.SubmitAsync(page!, Action(page!), ("login", "jo@acme.com"), ("password", "wrong"));
            Assert.Contains("To go on to <b><bdi>&lt;script&gt;", page.Body);
            static string Action(Answer page) => PageForm.Of(page.Body).Single(f => f.Fields.Any(x => x.Name == "password")).Action;
            // an address that leads to no app, or to none that is here, names none
            foreach (
                var elsewhere in new[]
                {
                    "/connect/authorize?client_id=nobody",
                    "/connect/authorize",
                    $"/connect/userinfo?client_id={shared.Id}",
                    "/",
                }
            )
            {
                Assert.DoesNotContain("To go on to", (await nobody.GoAsync("/signin?returnUrl=" + Uri.EscapeDataString(elsewhere))).Body);
            }
        }

        Assert.Equal("acme", Slug(await AppScene.TokensAsync(ofAcme, jo)));
        foreach (
            var request in new[] { ofBeta.Authorize(), shared.Authorize(("workspace", "beta")), ofBeta.Authorize(("workspace", "acme")) }
        )
        {
            var no = await jo.GoAsync(request);
            Assert.True(no.Status == 403 && no.Location is null, $"{no.Status} {no.Location}");
            Assert.DoesNotContain("code=", no.Body);
            Assert.Contains("You cannot use Notes now", no.Body);
        }

        Assert.Equal("access_denied", (await jo.GoAsync(ofBeta.Authorize(("prompt", "none")))).Told["error"]);

        // in two: the page, then the same one in this session, and another when the app says so
        var invited = (
            await scene
                .Server.Service<Membership.Invitations.InvitePeople>()
                .RunAsync(Actor.Operator, beta.Id, new() { UserNames = ["jo@acme.com"] }, default)
        )
            .Value[0]
            .Outcome
            .Value;
        await jo.SubmitAsync(await jo.GetAsync("/invite/" + invited.LinkSecret), "/invite/join");
        Assert.Equal("interaction_required", (await jo.GoAsync(shared.Authorize(("prompt", "none")))).Told["error"]);
        var choose = await jo.GoAsync(shared.Authorize());
        Assert.Contains("data-initials=\"N\"", choose.Body);
        Assert.Contains("want to use Notes?", choose.Body);
        var back = await jo.GoAsync(PageForm.Links(choose.Body).Single(l => l.Contains("workspace=beta", StringComparison.Ordinal)));
        Assert.Equal("beta", Slug((await shared.RedeemAsync(back.Told["code"])).Json));
        Assert.Equal("beta", Slug(await AppScene.TokensAsync(shared, jo, ("prompt", "none"))));
        Assert.Equal("acme", Slug(await AppScene.TokensAsync(shared, jo, ("organization", scene.Workspace.Id.ToString()))));
    }

    [Theory, EachDatabase]
    [Shows("S4-13")]
    public async Task Seat_license_and_groups_are_read_anew_and_too_many_groups_are_referred_to(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(s => s with { NeedsSeat = true, PairwiseSubject = true });
        var other = await scene.AppAsync();
        using var jo = await scene.JoinAsync("jo@acme.com");
        var member = await scene.MemberAsync("jo@acme.com");
        Assert.True(member.HasSeat);

        var tokens = await AppScene.TokensAsync(app, jo);
        var claims = TestApp.Payload(tokens.GetProperty("id_token").GetString()!);
        Assert.True(claims.GetProperty("seat").GetBoolean());
        Assert.NotEqual(member.AccountId.ToString(), claims.GetProperty("sub").GetString());
        Assert.Equal(
            claims.GetProperty("sub").GetString(),
            (await app.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Json.GetProperty("sub").GetString()
        );
        Assert.Equal(
            claims.GetProperty("sub").GetString(),
            TestApp.Payload((await AppScene.TokensAsync(app, jo)).GetProperty("id_token").GetString()!).GetProperty("sub").GetString()
        );

        for (var i = 0; i <= Membership.Apps.ReadAppClaims.MostGroups; i++)
        {
            Assert.True(
                (
                    await scene
                        .Server.Service<CreateGroup>()
                        .RunAsync(Actor.Operator, scene.Workspace.Id, new() { DisplayName = $"Group {i:000}" }, [member.Id], default)
                ).Done
            );
            if (i == 1)
            {
                var few = TestApp.Payload((await AppScene.TokensAsync(app, jo)).GetProperty("access_token").GetString()!);
                Assert.Equal(["Group 000", "Group 001"], few.GetProperty("groups").EnumerateArray().Select(g => g.GetString()));
            }
        }

        tokens = await AppScene.TokensAsync(app, jo);
        var many = TestApp.Payload(tokens.GetProperty("id_token").GetString()!);
        Assert.False(many.TryGetProperty("groups", out _));
        var source = many.GetProperty("_claim_sources")
            .GetProperty(many.GetProperty("_claim_names").GetProperty("groups").GetString()!)
            .GetProperty("endpoint")
            .GetString();
        Assert.Equal(scene.Server.PublicUrl + "connect/userinfo", source);
        Assert.Equal(
            101,
            (await app.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Json.GetProperty("groups").GetArrayLength()
        );

        // the seat goes: the app that needs one is closed, the other is not
        var others = await AppScene.TokensAsync(other, jo);
        var free = scene.Workspace.Configuration.Roles.First(r => !r.NeedsSeat && r.Assignable).Key;
        Assert.True(
            (
                await scene
                    .Server.Service<Membership.Roles.AssignRole>()
                    .RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, free, default)
            ).Done
        );
        Assert.Equal(400, (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
        var refused = (await jo.GoAsync(app.Authorize())).Body;
        Assert.Contains("needs a seat", refused);
        Assert.Contains("You cannot use Notes now", refused);
        Assert.Contains("You are signed in as Jo Harbour. Workspace: Acme.", refused);
        Assert.False(
            TestApp
                .Payload(
                    (await other.RefreshAsync(others.GetProperty("refresh_token").GetString()!))
                        .Json.GetProperty("access_token")
                        .GetString()!
                )
                .GetProperty("seat")
                .GetBoolean()
        );
    }
}
