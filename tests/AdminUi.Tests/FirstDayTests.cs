using System.Net;
using System.Text.Json;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The first steps, the command key's people, licensing and server health.</summary>
public sealed class FirstDayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_first_steps_come_from_what_is_there_and_are_put_away_and_taken_back(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var first = await site.Admin.GetAsync("/w/acme/members");
        Assert.Contains("0 of 6 done", first.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/w/acme/directory\">Let your directory", first.Text, StringComparison.Ordinal);
        await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        Assert.Contains("1 of 6 done", (await site.Admin.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("First steps", (await site.Admin.GetAsync("/w/acme/members?q=grace")).Text, StringComparison.Ordinal);
        var page = await site.Admin.GetAsync("/w/acme/members");
        Assert.Equal("/w/acme/members", (await site.Admin.PressAsync(page, "/w/acme/settings/set-up")).Location);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PressAsync(page, "/w/acme/settings/set-up")).Status); // an old page
        var away = await site.Admin.GetAsync("/w/acme/members");
        Assert.DoesNotContain("First steps", away.Text, StringComparison.Ordinal);
        Assert.Contains("put away", away.Text, StringComparison.Ordinal);
        await site.Admin.PressAsync(away, "/w/acme/settings/set-up");
        Assert.Contains("1 of 6 done", (await site.Admin.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
        var (viewer, _) = await site.JoinAsync("vera@example.com", "viewer");
        Assert.DoesNotContain("First steps", (await viewer.GetAsync("/w/acme")).Text, StringComparison.Ordinal);
        viewer.Dispose();
    }

    [Theory, EachDatabase]
    public async Task A_test_mail_is_sent_to_oneself_and_a_mail_that_is_only_a_file_is_said_to_be_one(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var page = await site.Admin.GetAsync("/w/acme/settings/mail");
        Assert.Contains("No mail server is set up", page.Text, StringComparison.Ordinal);
        var sent = await site.Admin.PressAsync(page, "/w/acme/settings/mail");
        Assert.Equal((HttpStatusCode.SeeOther, "/w/acme/settings/mail"), (sent.Status, sent.Location));
        Assert.Contains("is only a file on the server", (await site.Admin.GetAsync(sent.Location!)).Text, StringComparison.Ordinal);
        Assert.Equal("Test mail", Assert.Single(site.Server.Mails).Subject);
        var soon = await site.Admin.PressAsync(page, "/w/acme/settings/mail");
        Assert.Equal(HttpStatusCode.TooManyRequests, soon.Status);
        Assert.Contains("Wait some seconds", soon.Text, StringComparison.Ordinal);
        Assert.Contains("0 of 6 done", (await site.Admin.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal); // nobody got it
        var (viewer, _) = await site.JoinAsync("vera@example.com", "viewer");
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/w/acme/settings/mail")).Status);
        viewer.Dispose();
    }

    [Theory, EachDatabase]
    public async Task The_command_key_finds_people_of_this_workspace_alone(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var grace = await site.ProvisionAsync("grace@example.com", AdminSite.Hostile, "O'Hopper");
        var found = await site.Admin.GetAsync("/w/acme/find?q=hopper");
        Assert.Equal(HttpStatusCode.OK, found.Status);
        Assert.DoesNotContain("<script>", found.Text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(found.Text);
        var one = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(
            ($"/w/acme/members/{grace.Id}", "grace@example.com"),
            (one.GetProperty("href").GetString(), one.GetProperty("detail").GetString())
        );
        foreach (var nothing in (string[])["", "?q=", "?q=%20", "?q=" + new string('a', 101), "?q=zzzz"])
        {
            Assert.Equal("[]", (await site.Admin.GetAsync("/w/acme/find" + nothing)).Text);
        }

        var (_, stranger) = await AdminSite.NewWorkspaceAsync(site.Server, "other", "Other", "seats", "stranger@example.com");
        Assert.Equal("[]", (await stranger.GetAsync("/w/other/find?q=hopper")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync("/w/acme/find?q=hopper")).Status);
        stranger.Dispose();
    }

    [Theory, EachDatabase]
    [Shows("S1-02")]
    public async Task Licensing_and_server_health_are_the_admins_and_nobody_elses(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "ranked");
        var home = await site.Admin.GetAsync("/w/acme/members");
        foreach (
            var (path, label, text) in new[] { ("/licensing", "Licensing", "Active users"), ("/health", "Server health", "Answers in") }
        )
        {
            Assert.Contains($"href=\"/w/acme{path}\"", home.Text, StringComparison.Ordinal);
            var page = await site.Admin.GetAsync("/w/acme" + path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Contains(label, page.Text, StringComparison.Ordinal);
            Assert.Contains(text, page.Text, StringComparison.Ordinal);
        }

        foreach (var role in (string[])["manager", "editor", "monitor", "agentuser"])
        {
            var (person, _) = await site.JoinAsync(role + "@example.com", role);
            Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync("/w/acme/licensing")).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync("/w/acme/health")).Status);
            Assert.DoesNotContain("Server health", (await person.GetAsync("/w/acme")).Text, StringComparison.Ordinal);
            person.Dispose();
        }

        var admin = Membership.Workspaces.Preset.Named("ranked")!.Role("admin")!;
        Assert.Contains("licensing.manage", admin.Permissions);
        Assert.Contains("server.health", admin.Permissions);
    }

    [Theory, EachDatabase]
    [Shows("S1-29")]
    public async Task Who_was_removed_keeps_the_account_until_somebody_deletes_them_for_good(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (bob, member) = await site.JoinAsync("bob@example.com", "viewer");
        var here = $"/w/acme/members/{member.Id}";
        Assert.Contains("Remove them first", (await site.Admin.GetAsync(here + "/erase")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PostAsync(here + "/erase")).Status);
        await site.Admin.PostAsync(here + "/remove");
        Assert.Equal(HttpStatusCode.OK, (await bob.GetAsync("/workspaces")).Status); // the account stays
        Assert.Contains("Delete for good", (await site.Admin.GetAsync(here)).Text, StringComparison.Ordinal);
        var confirm = await site.Admin.GetAsync(here + "/erase");
        Assert.Contains("This cannot be taken back.", confirm.Text, StringComparison.Ordinal);
        Assert.Equal("/w/acme/members?status=removed", (await site.Admin.PressAsync(confirm, here + "/erase")).Location);
        Assert.DoesNotContain(
            "bob@example.com",
            (await site.Admin.GetAsync("/w/acme/members?status=removed")).Text,
            StringComparison.Ordinal
        );
        await using (var db = site.Server.Store.Read())
        {
            Assert.False(db.Accounts.Any(a => a.Id == member.AccountId));
        }

        bob.Dispose();
    }

    [Theory, EachDatabase]
    public async Task Another_preset_is_looked_at_and_then_holds_for_everybody(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "ranked");
        var (bob, member) = await site.JoinAsync("bob@example.com", "manager");
        bob.Dispose();
        Assert.Contains("Ranked (now)", (await site.Admin.GetAsync("/w/acme/settings/preset")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync("/w/acme/settings/preset/review?preset=gold")).Status);
        var wrong = await site.Admin.GetAsync("/w/acme/settings/preset/review?preset=csv&role.admin=nosuch");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        var own = await site.Admin.GetAsync("/w/acme/settings/preset/review?preset=csv&role.admin=user");
        Assert.Equal(HttpStatusCode.Conflict, own.Status);
        Assert.Contains("You would be no admin", own.Text, StringComparison.Ordinal);
        var preview = await site.Admin.GetAsync("/w/acme/settings/preset/review?preset=csv&role.manager=administrator");
        Assert.Contains("1 user who is Manager becomes Administrator", preview.Text, StringComparison.Ordinal);
        Assert.Contains("There is no Undo.", preview.Text, StringComparison.Ordinal);
        Assert.Equal("/w/acme/settings/preset", (await site.Admin.PressAsync(preview, "/w/acme/settings/preset")).Location);
        await using (var db = site.Server.Store.Read())
        {
            Assert.Equal("csv", (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, Ct))!.Configuration.Preset);
            Assert.Equal("administrator", db.Members.Single(m => m.WorkspaceId == site.Workspace.Id && m.Id == member.Id).Role);
        }

        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PressAsync(preview, "/w/acme/settings/preset")).Status); // pressed twice: nothing again
        Assert.Contains("switched to another preset", (await site.Admin.GetAsync("/w/acme/audit")).Text, StringComparison.Ordinal);
    }
}
