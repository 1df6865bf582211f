using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Groups, directory, audit log and settings.</summary>
public partial class WorkspacePagesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_token_is_shown_once_and_opens_nothing_after_it_was_revoked(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var made = await site.Admin.PostAsync("/w/acme/directory/tokens", ("name", "Entra " + AdminSite.Hostile), ("days", "90"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var token = Token().Match(made.Text).Value;
        Assert.True(token.Length > 40);
        Assert.DoesNotContain("<script>alert", made.Text, StringComparison.Ordinal);

        var page = await site.Admin.GetAsync("/w/acme/directory");
        Assert.DoesNotMatch(Token(), page.Text);
        Assert.Contains(site.Server.Links.Scim("acme"), page.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch(Token(), (await site.Admin.GetAsync("/w/acme/audit")).Text);

        var path = Revoke().Match(page.Text).Value;
        var revoked = await site.Admin.PressAsync(await site.Admin.GetAsync(path), path);
        Assert.Equal("/w/acme/directory", revoked.Location);
        Assert.Contains("Revoked", (await site.Admin.GetAsync("/w/acme/directory")).Text, StringComparison.Ordinal);
        await using var db = site.Server.Store.Read();
        Assert.NotNull(db.ScimCredentials.Single(c => c.WorkspaceId == site.Workspace.Id).RevokedAt);

        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await site.Admin.PostAsync("/w/acme/directory/tokens", ("name", ""), ("days", "90"))).Status
        );
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await site.Admin.PostAsync("/w/acme/directory/tokens", ("name", "x"), ("days", "99999"))).Status
        );
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await site.Admin.PostAsync("/w/acme/directory/tokens", ("name", "x"), ("days", "soon"))).Status
        );
    }

    [Theory, EachDatabase]
    public async Task A_directory_that_speaks_is_named_with_what_is_set_up_badly(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var token = (
            await site
                .Server.Service<CreateScimCredential>()
                .RunAsync(UserManagement.Membership.Access.Actor.Operator, site.Workspace.Id, "Directory", TimeSpan.FromDays(29), Ct)
        )
            .Value
            .Token;
        async Task PatchAsync(string operation)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, "/scim/v2/acme/Users/0198a000-0000-7000-8000-000000000000")
            {
                Content = new StringContent(
                    $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operation}}]}""",
                    System.Text.Encoding.UTF8,
                    "application/scim+json"
                ),
                Headers = { Authorization = new("Bearer", token) },
            };
            Assert.Equal(HttpStatusCode.NotFound, (await site.Server.Client.SendAsync(request, Ct)).StatusCode);
        }

        await PatchAsync("""{"op":"Replace","path":"active","value":"False"}""");
        await site.Server.Service<WatchDirectories>().RunAsync(Ct);
        var page = (await site.Admin.GetAsync("/w/acme/directory")).Text;
        Assert.Contains("Microsoft Entra ID, recognized by what it sends", page, StringComparison.Ordinal);
        Assert.Contains("Put ?aadOptscim062020 behind the tenant URL", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("Make a new token and enter it at the directory before that").Length); // said once
    }

    [Theory, EachDatabase]
    public async Task SCIM_is_made_strict_and_tolerant_again(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        async Task<bool> IsStrictAsync(params (string, string)[] fields)
        {
            await using var db = site.Server.Store.Read();
            var seen = db.Workspaces.Single(w => w.Id == site.Workspace.Id).Version;
            var saved = await site.Admin.PostAsync(
                "/w/acme/directory/strict",
                [("version", seen.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. fields]
            );
            Assert.Equal("/w/acme/directory", saved.Location);
            return WorkspaceContext.Of(db, db.Workspaces.Single(w => w.Id == site.Workspace.Id)).Configuration.Scim.Strict;
        }

        Assert.True(await IsStrictAsync(("strict", "true")));
        Assert.Matches("name=\"strict\"[^>]*checked", (await site.Admin.GetAsync("/w/acme/directory")).Text);
        Assert.False(await IsStrictAsync());
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await site.Admin.PostAsync("/w/acme/directory/strict", ("version", "0"), ("strict", "true"))).Status
        );
    }

    [Theory, EachDatabase]
    [Shows("S0-44")]
    public async Task A_group_is_made_filled_renamed_and_deleted(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var made = await site.Admin.PostAsync("/w/acme/groups", ("displayName", "Engineering"));
        var path = made.Location!;
        Assert.StartsWith("/w/acme/groups/", path, StringComparison.Ordinal);
        var taken = await site.Admin.PostAsync("/w/acme/groups", ("displayName", "ENGINEERING"));
        Assert.Equal(HttpStatusCode.Conflict, taken.Status);
        Assert.Contains("value=\"ENGINEERING\"", taken.Text, StringComparison.Ordinal);

        Assert.Equal(path, (await site.Admin.PostAsync(path + "/members", ("member", member.Id.ToString()))).Location);
        Assert.Contains("1 member", (await site.Admin.GetAsync(path)).Text, StringComparison.Ordinal);
        Assert.Contains(
            "Grace Hopper",
            (await site.Admin.GetAsync(path + "?add=gra", fragment: "candidates")).Text,
            StringComparison.Ordinal
        );

        var taken2 = await site.Admin.PostAsync(path + "/members", ("member", member.Id.ToString()), ("step", "remove"));
        var undo = await site.Admin.GetAsync(taken2.Location!);
        Assert.Equal(path, (await site.Admin.PressAsync(undo, path + "/members")).Location);
        Assert.Contains("Engineering", (await site.Admin.GetAsync($"/w/acme/members/{member.Id}")).Text, StringComparison.Ordinal);

        var page = await site.Admin.GetAsync(path);
        Assert.Equal(path, (await site.Admin.PressAsync(page, path + "/name", ("displayName", "Machines"))).Location);
        page = await site.Admin.GetAsync(path);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await site.Admin.PressAsync(page, path + "/name", ("displayName", ""))).Status);
        Assert.Equal("/w/acme/groups", (await site.Admin.PostAsync(path + "/delete")).Location);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync(path)).Status);
        Assert.Contains("Grace Hopper", (await site.Admin.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_group_of_the_directory_is_locked(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var group = (
            await site
                .Server.Service<Membership.Groups.CreateGroup>()
                .RunAsync(site.Directory, site.Workspace.Id, new() { DisplayName = "Synced" }, [member.Id], Ct)
        )
            .Value
            .Group;
        var page = await site.Admin.GetAsync($"/w/acme/groups/{group.Id}");
        Assert.Contains("comes from your directory", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($"/groups/{group.Id}/members", page.Text, StringComparison.Ordinal);
        var refused = await site.Admin.PostAsync($"/w/acme/members/{member.Id}", ("leaves", group.Id.ToString()), ("from", "member"));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("This group comes from your directory. Change it there.", refused.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    [Shows("S4-15", "S4-52")]
    public async Task Settings_are_saved_against_the_version_seen_and_told_in_the_log(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var form = await site.Admin.GetAsync("/w/acme/settings");
        (string, string)[] fields = [("onFull", "refuse"), ("lifetimeDays", "14")];
        Assert.Equal("/w/acme/settings", (await site.Admin.PressAsync(form, "/w/acme/settings", fields)).Location);
        await using (var db = site.Server.Store.Read())
        {
            var now = (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, Ct))!.Configuration;
            Assert.Equal(
                (25, null, OnFull.Refuse, false, 14),
                (now.Capacity.Seats, now.Capacity.MemberSlots, now.Capacity.OnFull, now.Join.AutoAssign, now.Invitations.LifetimeDays)
            );
            Assert.Equal(site.Workspace.Configuration.Roles.Count, now.Roles.Count);
            Assert.Equal(("member", false), (now.Join.DefaultRole, now.Join.AdminKeepsRole)); // a box that is not ticked sends nothing
        }

        var stale = await site.Admin.PressAsync(form, "/w/acme/settings", fields);
        Assert.Equal(HttpStatusCode.Conflict, stale.Status);
        var fresh = await site.Admin.GetAsync("/w/acme/settings");
        foreach (var (name, value) in new[] { ("lifetimeDays", "0"), ("lifetimeDays", ""), ("lifetimeDays", "1.5") })
        {
            var wrong = await site.Admin.PressAsync(fresh, "/w/acme/settings", [.. fields.Where(f => f.Item1 != name), (name, value)]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
            Assert.Contains("aria-invalid=\"true\"", wrong.Text, StringComparison.Ordinal);
        }

        // A page that was opened before limits belonged to the plan still sends them: what is not done is said.
        Assert.DoesNotContain("name=\"seats\"", fresh.Text, StringComparison.Ordinal);
        Assert.Contains("aria-valuetext=\"1 of 25\"", fresh.Text, StringComparison.Ordinal);
        var raised = await site.Admin.PressAsync(fresh, "/w/acme/settings", [.. fields, ("seats", "30")]);
        Assert.Equal(HttpStatusCode.Forbidden, raised.Status);
        Assert.Contains("The number of seats belongs to the plan", raised.Text, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await site.Admin.PressAsync(fresh, "/w/acme/settings", [.. fields, ("slots", "many")])).Status
        );

        var log = await site.Admin.GetAsync("/w/acme/audit?act=workspace.");
        Assert.Contains("changed the settings of", log.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    [Shows("S4-50", "S4-51")]
    public async Task The_ai_coordinator_is_named_by_an_admin_and_seen_by_everybody(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (viewer, _) = await site.JoinAsync("vera@example.com", "viewer");
        Assert.DoesNotContain("AI Coordinator", (await viewer.GetAsync("/w/acme")).Text, StringComparison.Ordinal);
        (string, string)[] fields =
        [
            ("name", AdminSite.Hostile),
            ("email", "carla@example.com"),
            ("phone", "+49 (0)30 12 34"),
            ("notes", "Mornings, room 4."),
        ];
        foreach (
            var (name, value) in new[]
            {
                ("name", ""),
                ("email", "carla"),
                ("phone", "none"),
                ("phone", new string('1', 41)),
                ("notes", new string('n', 2001)),
            }
        )
        {
            var wrong = await SendAsync([.. fields.Where(f => f.Item1 != name), (name, value)]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
            Assert.Contains("aria-invalid=\"true\"", wrong.Text, StringComparison.Ordinal);
            Assert.Contains("room 4", wrong.Text + (name == "notes" ? "room 4" : ""), StringComparison.Ordinal); // what was typed is there
        }

        Assert.Equal("/w/acme/settings", (await SendAsync(fields)).Location);
        var seen = await viewer.GetAsync("/w/acme");
        foreach (var text in (string[])["AI Coordinator", "carla@example.com", "+49 (0)30 12 34", "Mornings, room 4."])
        {
            Assert.Contains(text, WebUtility.HtmlDecode(seen.Text), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("<script>alert", seen.Text, StringComparison.Ordinal);
        Assert.Contains("carla@example.com", (await site.Admin.GetAsync("/w/acme/settings")).Text, StringComparison.Ordinal);
        await SendAsync(("nobody", "true"));
        Assert.DoesNotContain("AI Coordinator", (await viewer.GetAsync("/w/acme")).Text, StringComparison.Ordinal);
        viewer.Dispose();

        async Task<Answer> SendAsync(params (string, string)[] sent) =>
            await site.Admin.PressAsync(await site.Admin.GetAsync("/w/acme/settings"), "/w/acme/settings/coordinator", sent);
    }

    [Theory, EachDatabase]
    public async Task The_log_is_narrowed_and_tells_before_and_after(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        await site.ProvisionAsync("other@example.com", "Somebody", "Else");
        await site.Admin.PostAsync($"/w/acme/members/{member.Id}/role", ("role", "viewer"));
        var log = await site.Admin.GetAsync($"/w/acme/audit?target={member.Id}&act=role.");
        Assert.Contains("changed the role of", log.Text, StringComparison.Ordinal);
        Assert.Matches("<dt>Role</dt>\\s*<dd>\\s*<del>.*member.*</del>.*<ins>.*viewer.*</ins>", log.Text.ReplaceLineEndings(" "));
        Assert.DoesNotContain("Somebody", log.Text, StringComparison.Ordinal);
        Assert.Contains("Nothing here", (await site.Admin.GetAsync("/w/acme/audit?act=nothing%25")).Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task The_log_names_who_came_into_a_group(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var people = new List<Membership.Members.Member>();
        for (var i = 0; i < 10; i++)
        {
            people.Add(await site.ProvisionAsync($"p{i}@example.com", "Person", $"No{i}"));
        }

        await site
            .Server.Service<Membership.Groups.CreateGroup>()
            .RunAsync(site.Directory, site.Workspace.Id, new() { DisplayName = "Synced" }, [.. people.Select(p => p.Id)], Ct);
        var log = (await site.Admin.GetAsync("/w/acme/audit?act=group.")).Text;
        Assert.Contains("Person No0, Person No1", log, StringComparison.Ordinal);
        Assert.Contains("and 2 more", log, StringComparison.Ordinal);
        Assert.DoesNotContain(people[0].Id.ToString(), log, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    [Shows("S1-40", "S1-41")]
    public async Task Somebody_in_several_workspaces_can_switch(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (_, both) = await AdminSite.NewWorkspaceAsync(site.Server, "second", "Second", "ranked", "ada@example.com");
        var page = await both.GetAsync("/w/second/members");
        Assert.Contains("href=\"/w/acme\"", page.Text, StringComparison.Ordinal);
        var me = await site.MeAsync(both);
        using var other = (await site.JoinAsync("grace@example.com", "admin")).Person;
        var asked = await other.GetAsync($"/w/acme/members/{me.Id}/remove");
        Assert.Contains("They are in this workspace and <strong>1 other</strong>.", asked.Text, StringComparison.Ordinal);
        both.Dispose();
    }

    [GeneratedRegex("umscim_[A-Za-z0-9_-]{43}")]
    private static partial Regex Token();

    [GeneratedRegex("/w/acme/directory/tokens/[0-9a-f-]{36}/revoke")]
    private static partial Regex Revoke();
}
