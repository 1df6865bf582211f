using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public sealed class InvitePagesTests
{
    [Theory, EachDatabase]
    public async Task Whoever_takes_another_account_goes_on_from_the_very_page_that_follows(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@acme.com");
        var (_, mailed) = await scene.InviteAsync("ada@acme.com");
        var page = await jo.GetAsync($"/invite/{mailed}");
        Assert.Contains("/invite/switch", page.Body);
        var switched = await jo.PostAsync("/invite/switch", ("secret", mailed!), ("__RequestVerificationToken", Visitor.Token(page.Body)));
        Assert.Equal(200, switched.Status);

        var joined = await jo.PostAsync(
            "/invite/create",
            ("secret", mailed!),
            ("login", "ada@acme.com"),
            ("givenName", "Ada"),
            ("familyName", "Lovelace"),
            ("password", Scene.Password),
            ("__RequestVerificationToken", Visitor.Token(switched.Body))
        );
        Assert.Equal((303, "/w/acme"), (joined.Status, joined.Location));
    }

    [Theory, EachDatabase]
    [Shows("S1-16", "S2-08")]
    public async Task Opening_changes_nothing_and_making_an_account_joins_without_a_further_click(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        var (copied, mailed) = await scene.InviteAsync("jo@example.com", "member");
        using var visitor = new Visitor(scene.Server);
        var page = await visitor.GetAsync($"/invite/{copied}");
        Assert.Equal(200, page.Status);
        Assert.Contains("Acme", page.Body);
        Assert.DoesNotContain("jo@example.com", page.Body); // a link that went astray does not say for whom it is
        Assert.Contains("jo@example.com", (await visitor.GetAsync($"/invite/{mailed}")).Body);

        var stranger = await visitor.SubmitAsync(
            $"/invite/{copied}",
            "/invite/create",
            ("secret", copied),
            ("login", "eve@example.com"),
            ("password", Scene.Password)
        );
        Assert.Equal(409, stranger.Status);
        Assert.DoesNotContain("jo@example.com", stranger.Body);
        var weak = await visitor.SubmitAsync(
            $"/invite/{copied}",
            "/invite/create",
            ("secret", copied),
            ("login", "jo@example.com"),
            ("password", "12345678")
        );
        Assert.Equal(422, weak.Status);
        Assert.Null(visitor.Session);

        var joined = await visitor.SubmitAsync(
            $"/invite/{copied}",
            "/invite/create",
            ("secret", copied),
            ("login", "jo@example.com"),
            ("password", Scene.Password)
        );
        Assert.Equal((303, "/w/acme/profile"), (joined.Status, joined.Location));
        var saved = await visitor.SubmitAsync("/w/acme/profile", "/w/acme/profile", ("givenName", "Jo"), ("familyName", "<b>Harbour"));
        Assert.Equal((303, "/w/acme"), (saved.Status, saved.Location));
        Assert.Contains("&lt;b&gt;Harbour", (await visitor.GetAsync("/w/acme/profile")).Body);

        using var late = new Visitor(scene.Server);
        var closed = await late.GetAsync($"/invite/{copied}");
        Assert.Equal(410, closed.Status);
        Assert.Contains("was accepted", closed.Body);
    }

    [Theory, EachDatabase]
    public async Task Unknown_expired_and_revoked_links_each_say_so(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var visitor = new Visitor(scene.Server);
        foreach (var path in new[] { "/invite/x", "/invite/" + Membership.Secret.New(), "/invite/null", "/reset/x", "/enter/x" })
        {
            Assert.Equal(404, (await visitor.GetAsync(path)).Status);
        }

        var (revoked, _) = await scene.InviteAsync("a@example.com");
        var (expired, _) = await scene.InviteAsync("b@example.com");
        await using (var db = scene.Server.Store.Read())
        {
            var id = db.Invitations.First(i => i.UserName == "a@example.com").Id;
            _ = (await scene.Server.Service<RevokeInvitation>().RunAsync(Actor.Operator, scene.Workspace.Id, id, default)).Value;
        }

        scene.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Contains("withdrawn", (await visitor.GetAsync($"/invite/{revoked}")).Body);
        Assert.Contains("expired", (await visitor.GetAsync($"/invite/{expired}")).Body);
        Assert.Equal(
            410,
            (
                await visitor.SubmitAsync(
                    "/signin",
                    "/invite/create",
                    ("secret", expired),
                    ("login", "b@example.com"),
                    ("password", Scene.Password)
                )
            ).Status
        );
    }

    [Theory, EachDatabase]
    public async Task Somebody_else_who_is_signed_in_is_told_and_can_use_another_account(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var eve = await scene.JoinAsync("eve@example.com");
        var (copied, _) = await scene.InviteAsync("jo@example.com");

        var page = await eve.GetAsync($"/invite/{copied}");
        Assert.Contains("Use another account", page.Body);
        Assert.DoesNotContain("jo@example.com", page.Body);
        var forced = await eve.SubmitAsync($"/invite/{copied}", "/invite/join", ("secret", copied));
        Assert.Equal(409, forced.Status);
        Assert.DoesNotContain("jo@example.com", forced.Body);

        var switched = await eve.SubmitAsync($"/invite/{copied}", "/invite/switch", ("secret", copied));
        Assert.Equal(200, switched.Status);
        Assert.Null(eve.Session);
        Assert.Contains("Create account and join", switched.Body);
    }

    [Theory, EachDatabase]
    public async Task An_existing_account_signs_in_on_the_page_and_is_in(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        var other = (
            await scene
                .Server.Service<Membership.Workspaces.CreateWorkspace>()
                .RunAsync(Actor.Operator, new("other", "Other", "seats"), default)
        ).Value;
        using var made = await scene.JoinAsync("jo@example.com");
        var link = (
            await scene.Server.Service<InvitePeople>().RunAsync(Actor.Operator, other.Id, new() { UserNames = ["jo@example.com"] }, default)
        )
            .Value[0]
            .Outcome
            .Value
            .LinkSecret;

        using var visitor = new Visitor(scene.Server);
        Assert.Equal(
            409,
            (
                await visitor.SubmitAsync(
                    $"/invite/{link}",
                    "/invite/create",
                    ("secret", link),
                    ("login", "jo@example.com"),
                    ("password", "seven tall lighthouses")
                )
            ).Status
        );
        Assert.Equal(
            403,
            (
                await visitor.SubmitAsync(
                    $"/invite/{link}",
                    "/invite/signin",
                    ("secret", link),
                    ("login", "jo@example.com"),
                    ("password", "wrong")
                )
            ).Status
        );
        var joined = await visitor.SubmitAsync(
            $"/invite/{link}",
            "/invite/signin",
            ("secret", link),
            ("login", "jo@example.com"),
            ("password", Scene.Password)
        );
        Assert.Equal(303, joined.Status);
        Assert.StartsWith("/w/other", joined.Location);
        Assert.Equal("/workspaces", (await visitor.GetAsync("/")).Location);
        var mine = await visitor.GetAsync("/workspaces");
        Assert.Contains("/w/acme", mine.Body);
        Assert.Contains("/w/other", mine.Body);
    }

    [Theory, EachDatabase]
    public async Task An_invitation_to_a_provider_says_which(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind, "provider");
        var (copied, _) = await scene.InviteAsync("jo@example.com", provider: IdentityProvider.Google);
        using var visitor = new Visitor(scene.Server);

        var page = (await visitor.GetAsync($"/invite/{copied}")).Body;
        Assert.Contains("accepted with a Google account", page);
        Assert.Contains("not connected on this server", page); // there is no such connection yet
        Assert.Equal(
            403,
            (
                await visitor.SubmitAsync(
                    "/signin",
                    "/invite/create",
                    ("secret", copied),
                    ("login", "jo@example.com"),
                    ("password", Scene.Password)
                )
            ).Status
        );
    }
}
