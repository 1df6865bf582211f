using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The lists and forms of the presets cell by cell and act by act, and what their roles really may.</summary>
public sealed partial class PresetListTests
{
    private const string People = "/w/acme/members";

    /// <summary>What the menu of each row begins with.</summary>
    private static readonly string[] Always = ["Edit", "Why access?"];

    [Theory, EachDatabase]
    [Shows("S1-19", "S1-20")]
    public async Task The_name_of_a_row_is_the_address_until_the_profile_is_completed(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "ranked");
        var (grace, member) = await site.JoinAsync("grace@example.com", "editor");
        using var _ = grace;
        var list = await site.Admin.GetAsync(People, "members");
        Assert.Equal(("grace@example.com", "grace@example.com"), (Cell(list, member.Id, "Name"), Cell(list, member.Id, "E-mail address")));

        var profile = await grace.GetAsync("/w/acme/profile");
        var saved = await grace.PressAsync(profile, "/w/acme/profile", ("givenName", "Grace"), ("familyName", "Hopper"));
        Assert.Equal(HttpStatusCode.SeeOther, saved.Status);
        list = await site.Admin.GetAsync(People, "members");
        Assert.Equal(("Grace Hopper", "grace@example.com"), (Cell(list, member.Id, "Name"), Cell(list, member.Id, "E-mail address")));
    }

    [Theory, EachDatabase]
    [Shows("S1-10", "S1-11", "S1-12")]
    public async Task Above_the_list_people_are_invited_by_addresses_between_commas(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "ranked");
        var page = await site.Admin.GetAsync(People);
        var form = InviteForm().Match(page.Text);
        Assert.True(form.Success);
        Assert.Contains("<textarea", form.Value, StringComparison.Ordinal);
        int[] places =
        [
            page.Text.IndexOf("<h1", StringComparison.Ordinal),
            page.Text.IndexOf("<h2 id=\"invite-title\">Invite users</h2>", StringComparison.Ordinal),
            form.Index,
            page.Text.IndexOf("<table", StringComparison.Ordinal),
        ];
        Assert.All(places, p => Assert.True(p >= 0));
        Assert.Equal(places.Order(), places);

        var sent = await site.Admin.PressAsync(
            page,
            "/w/acme/invite",
            ("people", " a@example.com, ,b@example.com,\n, c@example.com "),
            ("role", "agentuser")
        );
        Assert.Equal(HttpStatusCode.SeeOther, sent.Status);
        await using var db = site.Server.Store.Read();
        Assert.Equal(
            [("a@example.com", "agentuser"), ("b@example.com", "agentuser"), ("c@example.com", "agentuser")],
            db.Invitations.Where(i => i.WorkspaceId == site.Workspace.Id).ToList().Select(i => (i.UserName, i.Role)).Order()
        );
    }

    [Theory, EachDatabase]
    [Shows("S1-31")]
    public async Task The_role_chosen_beforehand_is_set_on_the_page_of_settings(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "ranked");
        Assert.Equal(["editor"], await ChosenAsync());
        var looked = await site.Admin.PressAsync(
            await site.Admin.GetAsync("/w/acme/settings"),
            "/w/acme/settings",
            ("defaultRole", "monitor"),
            ("lifetimeDays", "7"),
            ("look", "true")
        );
        var saved = await site.Admin.PressAsync(await site.Admin.GetAsync(looked.Location!), "/w/acme/settings");
        Assert.Equal((HttpStatusCode.SeeOther, "/w/acme/settings"), (saved.Status, saved.Location));
        Assert.Equal(["monitor"], await ChosenAsync());

        // and it is what somebody gets for whom none is chosen
        Assert.Equal(
            HttpStatusCode.SeeOther,
            (await site.Admin.PostAsync("/w/acme/invite", ("people", "mona@example.com"), ("role", ""))).Status
        );
        await using var db = site.Server.Store.Read();
        Assert.Equal("monitor", db.Invitations.Single(i => i.WorkspaceId == site.Workspace.Id).Role);

        async Task<List<string>> ChosenAsync()
        {
            var form = InviteForm().Match((await site.Admin.GetAsync(People)).Text).Value;
            Assert.Contains("Editor suits people who begin to build.", form, StringComparison.Ordinal);
            return [.. Chosen().Matches(form).Select(o => o.Groups[1].Value)];
        }
    }

    [Theory, EachDatabase]
    [Shows("S3-27")]
    public async Task Only_what_is_pending_is_revoked_and_what_ran_out_is_taken_off_the_list(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, "provider", clock);
        var late = await site.InviteAsync("late@example.com");
        clock.Advance(TimeSpan.FromDays(15));
        var open = await site.InviteAsync("open@example.com");
        using var ada = await EnterAsync(site, site.Workspace, "ada@example.com"); // the session of before is over too
        var invites = await ada.GetAsync("/w/acme/invitations");
        foreach (
            var (invitation, status, acts) in new (Invitation, string, string[])[]
            {
                (open, "Pending", ["Show link to copy", "Revoke invitation"]),
                (late, "Expired", ["Take off the list"]),
            }
        )
        {
            var row = Row(invites, invitation.UserName);
            Assert.Contains($"</span>{status}</span>", row, StringComparison.Ordinal);
            Assert.Equal(acts, Acts(row));
            var menu = await ada.MenuAsync(People, invitation.MemberId);
            Assert.Equal(acts, Acts(menu.Text).Except(Always));
        }

        var copied = await ada.PressAsync(invites, At(open, "link"));
        Assert.Equal(HttpStatusCode.OK, (await ada.LedAsync(copied)).Status);
        var refused = await ada.PostAsync(At(late, "link"));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("This invitation has expired.", refused.Text, StringComparison.Ordinal);

        foreach (var (invitation, word) in new[] { (open, "revoked"), (late, "expired") })
        {
            var asked = await ada.GetAsync(At(invitation, "revoke"));
            Assert.Equal(HttpStatusCode.OK, asked.Status);
            var done = await ada.PressAsync(asked, At(invitation, "revoke"));
            Assert.Equal((HttpStatusCode.SeeOther, "/w/acme/invitations"), (done.Status, done.Location));
            var again = await ada.PressAsync(asked, At(invitation, "revoke"));
            Assert.Equal(HttpStatusCode.Conflict, again.Status);
            Assert.Contains($"This invitation {(word == "revoked" ? "was" : "has")} {word}.", again.Text, StringComparison.Ordinal);
        }

        // each says of itself what became of it, and nothing more is to be done with either
        invites = await ada.GetAsync("/w/acme/invitations");
        foreach (var (invitation, status) in new[] { (open, "Revoked"), (late, "Expired") })
        {
            var row = Row(invites, invitation.UserName);
            Assert.Contains($"</span>{status}</span>", row, StringComparison.Ordinal);
            Assert.Empty(Acts(row));
        }

        var people = await ada.GetAsync(People, "members");
        Assert.DoesNotContain("open@example.com", people.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("late@example.com", people.Text, StringComparison.Ordinal);

        static string At(Invitation invitation, string act) => $"/w/acme/invitations/{invitation.Id}/{act}";
    }

    [Theory, EachDatabase]
    [Shows("S2-05", "S2-06", "S3-02", "S3-04", "S3-05")]
    public async Task Of_two_roles_each_page_says_what_they_are_and_one_alone_manages(Database kind)
    {
        (string Preset, string Plain, string Says, string[] Opens, string[] Beside)[] presets =
        [
            ("csv", "user", "Chats, uses skills and creates their own.", ["chat.use", "skills.create", "skills.use"], ["models.configure"]),
            (
                "provider",
                "member",
                "Uses every module of the organisation.",
                ["modules.use"],
                ["billing.address", "credits.view", "secrets.manage", "subscriptions.manage"]
            ),
        ];
        await using var site = await AdminSite.StartAsync(kind);
        foreach (var (preset, plain, says, opens, beside) in presets)
        {
            var here = "/w/" + preset;
            var (workspace, first) = await AdminSite.NewWorkspaceAsync(site.Server, preset, preset, preset, $"ada@{preset}.test");
            using var ada = first;
            using var jo = await EnterAsync(site, workspace, $"jo@{preset}.test");
            var (boss, other) = (await MeAsync(ada), await MeAsync(jo));
            Assert.True((await site.Server.Service<AssignRole>().RunAsync(Actor.Operator, workspace.Id, other.Id, plain, Ct)).Done);

            Assert.Contains(says, (await ada.GetAsync(here + "/invite")).Text, StringComparison.Ordinal);
            Assert.Contains(says, (await jo.GetAsync(here)).Text, StringComparison.Ordinal);
            Assert.Equal(opens, Opened(await ada.GetAsync($"{here}/members/{other.Id}")));
            string[] managing = [Permission.ManageMembers, Permission.ConfigureWorkspace, .. opens, .. beside];
            Assert.Superset(managing.ToHashSet(), Opened(await ada.GetAsync($"{here}/members/{boss.Id}")).ToHashSet());

            foreach (var page in (string[])["members", "invite", "invitations", "settings", "subscription", "audit"])
            {
                Assert.Equal(HttpStatusCode.Forbidden, (await jo.GetAsync($"{here}/{page}")).Status);
                Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync($"{here}/{page}")).Status);
            }

            foreach (var act in (string[])["invite", $"members/{boss.Id}/role", $"members/{boss.Id}/remove", "settings"])
            {
                var refused = await jo.PostAsync($"{here}/{act}", ("people", "eve@example.com"), ("role", plain), ("lifetimeDays", "9"));
                Assert.True(refused.Status == HttpStatusCode.Forbidden, $"{preset} {act}: {refused.Status}");
            }

            Assert.Equal(boss, await MeAsync(ada));

            // given the other role, the same person does all of it from the next page on
            var path = $"{here}/members/{other.Id}";
            Assert.Equal(HttpStatusCode.SeeOther, (await ada.PressAsync(await ada.GetAsync(path), path, ("role", "administrator"))).Status);
            var invited = await jo.PostAsync($"{here}/invite", ("people", "eve@example.com"), ("role", plain));
            Assert.Equal(HttpStatusCode.SeeOther, invited.Status);
            var settings = await jo.GetAsync(here + "/settings");
            var saved = await jo.PressAsync(settings, here + "/settings", ("defaultRole", plain), ("lifetimeDays", "9"));
            Assert.Equal(HttpStatusCode.SeeOther, saved.Status);
            await using var db = site.Server.Store.Read();
            var now = await WorkspaceContext.ByIdAsync(db, workspace.Id, Ct);
            Assert.Equal(9, now!.Configuration.Invitations.LifetimeDays);

            async Task<Member> MeAsync(Person who) => (await site.Server.Service<ReadSession>().RunAsync(who.Session, preset, Ct))!.Member!;
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Somebody whom the operator makes an admin, by the link that lets them in.</summary>
    private static async Task<Person> EnterAsync(AdminSite site, WorkspaceContext workspace, string email)
    {
        var link = await site.Server.Service<InviteAdmin>().RunAsync(Actor.Operator, workspace.Id, email, TimeSpan.FromHours(1), Ct);
        var opened = await site.Server.Service<UseOneTimeLink>().RunAsync(link.Value, Browser.Unknown, Ct);
        return new(site.Server, opened.Value.Secret);
    }

    /// <summary>What somebody's row says below a heading.</summary>
    private static string Cell(Answer list, Id<Member> member, string heading)
    {
        var headings = Heading().Matches(list.Text).Select(h => Text(h.Groups[1].Value)).ToList();
        var cells = Cells().Matches(Row(list, $"href=\"{People}/{member}\""));
        return Text(cells[headings.IndexOf(heading)].Groups[1].Value);
    }

    private static string Row(Answer list, string with) =>
        Assert.Single(Rows().Matches(list.Text), r => r.Value.Contains(with, StringComparison.Ordinal)).Value;

    private static List<string> Acts(string menu) => [.. MenuLabel().Matches(menu).Select(l => WebUtility.HtmlDecode(l.Groups[1].Value))];

    /// <summary>The permissions that a person's page lists.</summary>
    private static List<string> Opened(Answer page) =>
        [.. Code().Matches(Permissions().Match(page.Text).Value).Select(c => c.Groups[1].Value)];

    private static string Text(string html) => WebUtility.HtmlDecode(Blanks().Replace(Tags().Replace(html, " "), " ")).Trim();

    [GeneratedRegex("<form method=\"post\" action=\"/w/acme/invite\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex InviteForm();

    [GeneratedRegex("<option value=\"([^\"]+)\" selected")]
    private static partial Regex Chosen();

    [GeneratedRegex("<th scope=\"col\"[^>]*>(.*?)</th>", RegexOptions.Singleline)]
    private static partial Regex Heading();

    [GeneratedRegex("<tr role=\"row\"[^>]*>.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Rows();

    [GeneratedRegex("<td role=\"cell\"(?![^>]*cell-select)[^>]*>(.*?)</td>", RegexOptions.Singleline)]
    private static partial Regex Cells();

    [GeneratedRegex("<span class=\"menu-item-label\">([^<]+)</span>")]
    private static partial Regex MenuLabel();

    [GeneratedRegex("<ul class=\"permission-list\">.*?</ul>", RegexOptions.Singleline)]
    private static partial Regex Permissions();

    [GeneratedRegex("<code>([^<]+)</code>")]
    private static partial Regex Code();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();
}
