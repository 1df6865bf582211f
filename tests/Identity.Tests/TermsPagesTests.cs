using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

/// <summary>The page of the terms of use: it stands before all others of a workspace, leads back, and lets go whoever declines.</summary>
public sealed class TermsPagesTests
{
    private const string Page = "/w/acme/terms?returnUrl=%2Fw%2Facme%2Fprofile";

    [Theory, EachDatabase]
    public async Task An_invitation_is_accepted_with_the_terms_and_without_them_the_next_page_asks(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        var (before, _) = await scene.InviteAsync("before@example.com");
        using var visitor = new Visitor(scene.Server);
        Assert.DoesNotContain("name=\"terms\"", (await visitor.GetAsync($"/invite/{before}")).Body, StringComparison.Ordinal);
        Assert.StartsWith("/signin?returnUrl=", (await visitor.GetAsync("/w/acme/terms")).Location, StringComparison.Ordinal);

        await SetAsync(scene, 2);
        var form = PageForm.Of((await visitor.GetAsync($"/invite/{before}")).Body).Single(f => f.Action == "/invite/create");
        Assert.DoesNotContain(form.Fields, f => f.Name == "terms"); // nobody ticks it but the person
        Assert.Contains("value=\"2\"", (await visitor.GetAsync($"/invite/{before}")).Body, StringComparison.Ordinal);
        var joined = await JoinAsync(visitor, before, "before@example.com", "2");
        Assert.Equal((303, "/w/acme"), (joined.Status, joined.Location));
        Assert.Equal(200, (await visitor.GetAsync("/w/acme/profile")).Status);
        Assert.Contains("Version 2 accepted", (await visitor.GetAsync("/w/acme/profile")).Body, StringComparison.Ordinal);

        foreach (
            var (name, terms) in new[]
            {
                ("without@example.com", ""),
                ("wrong@example.com", "1"),
                ("odd@example.com", "99999999999999999999"),
            }
        )
        {
            using var other = new Visitor(scene.Server);
            var (secret, _) = await scene.InviteAsync(name);
            Assert.Equal("/w/acme", (await JoinAsync(other, secret, name, terms)).Location); // in, and nothing typed is lost
            Assert.Equal(Page, (await other.GetAsync("/w/acme/profile")).Location);
        }
    }

    [Theory, EachDatabase]
    public async Task A_raised_version_is_asked_for_at_the_next_page_accepted_there_or_declined_and_nothing_is_lost(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@example.com", "admin");
        Assert.Equal("/w/acme", (await jo.GetAsync("/w/acme/terms")).Location); // nothing is asked
        await SetAsync(scene, 2);

        Assert.Equal(Page, (await jo.GetAsync("/w/acme/profile")).Location);
        Assert.Equal("/w/acme/terms?returnUrl=%2Fw%2Facme%2Fmembers%3Fq%3Da", (await jo.GetAsync("/w/acme/members?q=a")).Location);
        Assert.Equal(
            "/w/acme/terms?returnUrl=%2Fw%2Facme",
            (await jo.SubmitAsync("/workspaces", "/w/acme/profile", ("givenName", "X"))).Location
        );
        var page = await jo.GetAsync(Page);
        Assert.Equal(200, page.Status);
        Assert.Contains("https://acme.test/terms", page.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await jo.GetAsync("/workspaces")).Status); // what is of no workspace stays open

        var declined = await jo.GetAsync(Page + "&declined=1");
        Assert.Equal(200, declined.Status);
        Assert.Contains("stays closed to you until you accept", declined.Body, StringComparison.Ordinal);
        Assert.Equal(Page, (await jo.GetAsync("/w/acme/profile")).Location);

        var stale = await jo.SubmitAsync(Page, "/w/acme/terms", ("terms", "1"), ("returnUrl", "/w/acme/profile"));
        Assert.Equal(409, stale.Status);
        Assert.Contains("newer version", stale.Body, StringComparison.Ordinal);
        Assert.Equal(409, (await jo.SubmitAsync(Page, "/w/acme/terms")).Status);
        var accepted = await jo.SubmitAsync(Page, "/w/acme/terms", ("terms", "2"), ("returnUrl", "/w/acme/profile"));
        Assert.Equal((303, "/w/acme/profile"), (accepted.Status, accepted.Location));
        Assert.Equal(200, (await jo.GetAsync("/w/acme/members")).Status);
        Assert.Equal("/w/acme/profile", (await jo.GetAsync(Page)).Location);
        Assert.Equal("/w/acme", (await jo.GetAsync("/w/acme/terms?returnUrl=//evil.test")).Location);
    }

    [Theory, EachDatabase]
    public async Task To_whoever_is_not_in_the_workspace_its_terms_are_not_shown(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@example.com");
        var other = (
            await scene.Server.Service<CreateWorkspace>().RunAsync(Actor.Operator, new("globex", "Globex", "seats"), default)
        ).Value;
        await SetAsync(scene, 1, other);
        Assert.Equal("/w/globex", (await jo.GetAsync("/w/globex/terms")).Location);
        Assert.Equal(404, (await jo.GetAsync("/w/globex")).Status);
        Assert.Equal(404, (await jo.SubmitAsync("/workspaces", "/w/globex/terms", ("terms", "1"))).Status);
        Assert.Equal(404, (await jo.SubmitAsync("/workspaces", "/w/nowhere/terms", ("terms", "1"))).Status);
    }

    private static Task<Answer> JoinAsync(Visitor visitor, string secret, string name, string terms) =>
        visitor.SubmitAsync(
            $"/invite/{secret}",
            "/invite/create",
            ("secret", secret),
            ("login", name),
            ("givenName", "Jo"),
            ("familyName", "Harbour"),
            ("password", Scene.Password),
            ("terms", terms)
        );

    private static async Task SetAsync(Scene scene, int version, WorkspaceContext? workspace = null)
    {
        await using var db = scene.Server.Store.Read();
        var id = (workspace ?? scene.Workspace).Id;
        var now = WorkspaceContext.Of(db, await db.Workspaces.SingleAsync(w => w.Id == id));
        var terms = now.Configuration.Terms with { TermsOfUse = "https://acme.test/terms", TermsVersion = version };
        var changed = await scene
            .Server.Service<ChangeConfiguration>()
            .RunAsync(Actor.Operator, id, null, now.Configuration with { Terms = terms }, default);
        Assert.True(changed.Done, changed.Refusal?.Message);
    }
}
