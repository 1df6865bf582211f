using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

/// <summary>What stands around the pages of a person's own account: where one came from, and the pages side by side.</summary>
public sealed class AccountFrameTests
{
    private static readonly string[] Pages = ["/profile/security", "/profile/logins", "/profile/sessions"];

    [Theory, EachDatabase]
    public async Task Who_is_in_one_workspace_always_finds_back_to_it(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@example.com");
        foreach (var path in (string[])["/w/acme/profile", .. Pages])
        {
            var page = await jo.GetAsync(path);
            Assert.Contains("<a class=\"back-link\" href=\"/w/acme\">", page.Body);
            Assert.Contains("aria-label=\"Your account\"", page.Body);
            foreach (var other in (string[])["/w/acme/profile", .. Pages])
            {
                Assert.Contains($"<a class=\"tab\" href=\"{other}\"{(other == path ? " aria-current=\"page\"" : "")}>", page.Body);
            }
        }
    }

    [Theory, EachDatabase]
    public async Task Who_is_in_several_finds_back_to_the_one_they_came_from_and_to_no_other_persons(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@example.com");
        var create = scene.Server.Service<CreateWorkspace>();
        var globex = (await create.RunAsync(Actor.Operator, new("globex", "Globex", "seats"), default)).Value;
        await create.RunAsync(Actor.Operator, new("secret", "Secret Inc", "seats"), default);
        await JoinAsync(scene, jo, globex);

        Assert.Contains("<a class=\"back-link\" href=\"/workspaces\">", (await jo.GetAsync("/profile/security")).Body);
        Assert.Contains("<a class=\"back-link\" href=\"/w/globex\">", (await jo.GetAsync("/profile/security?from=globex")).Body);
        foreach (var path in Pages)
        {
            Assert.Contains("<a class=\"back-link\" href=\"/w/globex\">", (await jo.GetAsync(path)).Body); // and stays there
        }

        foreach (var odd in (string[])["secret", "nowhere", "//evil.example", "%00", "a&from=secret"])
        {
            var page = await jo.GetAsync("/profile/sessions?from=" + odd);
            Assert.Contains("<a class=\"back-link\" href=\"/w/globex\">", page.Body);
            Assert.DoesNotContain("Secret Inc", page.Body);
        }

        Assert.Contains("<a class=\"back-link\" href=\"/w/acme\">", (await jo.GetAsync("/w/acme/profile")).Body);
        Assert.Contains("<a class=\"back-link\" href=\"/w/acme\">", (await jo.GetAsync("/profile/sessions")).Body);
    }

    private static async Task JoinAsync(Scene scene, Visitor person, WorkspaceContext workspace)
    {
        var invited = await scene
            .Server.Service<InvitePeople>()
            .RunAsync(Actor.Operator, workspace.Id, new() { UserNames = ["jo@example.com"] }, default);
        var secret = invited.Value[0].Outcome.Value.LinkSecret;
        Assert.Equal(303, (await person.SubmitAsync($"/invite/{secret}", "/invite/join", ("secret", secret))).Status);
    }
}
