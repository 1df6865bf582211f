using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.MemberPages;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

public partial class MemberListTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Who_is_invited_is_told_apart_where_people_are_counted(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        foreach (var (people, role) in new[] { ("boss@example.com, chef@example.com", "admin"), ("v@example.com", "viewer") })
        {
            await site.Admin.PostAsync("/w/acme/invite", ("people", people), ("role", role));
        }

        var page = (await site.Admin.GetAsync("/w/acme/members")).Text;
        Assert.Contains(">Admin (1, 2 invited)<", page, StringComparison.Ordinal);
        Assert.Contains(">Viewer (0, 1 invited)<", page, StringComparison.Ordinal);
        Assert.Contains(">Member (0)<", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"nav-label\">Members</span><span class=\"nav-badge\">1</span>", page, StringComparison.Ordinal);
        Assert.Contains("There is only one admin", page, StringComparison.Ordinal);
        Assert.Contains("1, 2 invited", (await site.Admin.GetAsync("/w/acme/settings")).Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    [Shows("S0-20", "S1-18", "S2-02", "S4-41")]
    public async Task Three_hundred_people_are_paged_searched_and_filtered(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        for (var i = 0; i < 299; i++)
        {
            await site.ProvisionAsync($"person{i:000}@example.com", $"Given{i:000}", i % 2 == 0 ? "Even" : "Odd");
        }

        List<string> seen = [];
        var path = "/w/acme/members";
        while (path.Length > 0)
        {
            var page = await site.Admin.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            seen.AddRange(Names(page.Text));
            path = Link(page.Text, "next");
        }

        Assert.Equal(300, seen.Count);
        Assert.Equal(300, seen.Distinct().Count());
        Assert.Equal(seen.OrderBy(LastNameFirst, StringComparer.OrdinalIgnoreCase), seen);

        var second = await site.Admin.GetAsync(Link((await site.Admin.GetAsync("/w/acme/members?sort=-name")).Text, "next"));
        Assert.Equal(seen.AsEnumerable().Reverse().Skip(25).Take(25), Names(second.Text));
        var backAgain = await site.Admin.GetAsync(Link(second.Text, "prev"));
        Assert.Equal(seen.AsEnumerable().Reverse().Take(25), Names(backAgain.Text));

        var found = await site.Admin.GetAsync("/w/acme/members?q=given04+even");
        Assert.Equal(["Given040 Even", "Given042 Even", "Given044 Even", "Given046 Even", "Given048 Even"], Names(found.Text));
        Assert.Contains("5 members", found.Text, StringComparison.Ordinal);
        Assert.Empty(Names((await site.Admin.GetAsync("/w/acme/members?q=nobodyatall")).Text));

        var seated = await site.Admin.GetAsync("/w/acme/members?seat=with");
        Assert.Equal(25, Names(seated.Text).Count);
        Assert.Equal(
            HttpStatusCode.OK,
            (await site.Admin.GetAsync("/w/acme/members?role=viewer&status=active&seat=without&sort=-name")).Status
        );
        Assert.Contains("275 members", (await site.Admin.GetAsync("/w/acme/members?role=viewer")).Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_group_a_license_and_an_order_narrow_the_list_together_and_turn_its_pages(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var made = await site.Admin.PostAsync("/w/acme/groups", ("displayName", "Engineering & co"));
        var group = made.Location!.Split('/')[^1].Split('?')[0];
        Assert.Contains(
            $"/w/acme/members?group={group}",
            (await site.Admin.GetAsync($"/w/acme/groups/{group}")).Text,
            StringComparison.Ordinal
        );
        var list = await site.Admin.GetAsync($"/w/acme/members?group={group}&sort=-role");
        Assert.Empty(Names(list.Text));
        Assert.Contains($"<option value=\"{group}\" selected>Engineering &amp; co</option>", list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<input type=\"hidden\" name=\"group\"", list.Text, StringComparison.Ordinal); // the choice is the field
        Assert.Contains(
            "in a group that is gone",
            (await site.Admin.GetAsync($"/w/acme/members?group={Guid.Empty}")).Text,
            StringComparison.Ordinal
        );
        foreach (var sort in new[] { "role", "-status", "seat", "name", "groups", "-groups", "nonsense" })
        {
            Assert.Contains("Grace Hopper", Names((await site.Admin.GetAsync("/w/acme/members?sort=" + sort)).Text));
        }

        Assert.Empty(Names((await site.Admin.GetAsync("/w/acme/members?license=none-such")).Text));
    }

    [Theory, EachDatabase]
    public async Task Among_many_groups_one_is_searched_for_and_narrows_the_list_with_the_rest_and_the_export(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (grace, viewer) = (
            await site.ProvisionAsync("grace@example.com", "Grace", "Hopper"),
            await site.JoinAsync("vera@example.com", "viewer")
        );
        Id<Membership.Groups.Group> chosen = default;
        for (var i = 0; i <= MembersScreen.MostGroups; i++)
        {
            var made = await site
                .Server.Service<CreateGroup>()
                .RunAsync(Actor.Operator, site.Workspace.Id, new() { DisplayName = $"Team {i:00}" }, [grace.Id, viewer.Member.Id], Ct);
            chosen = made.Value.Group.Id;
        }

        var list = await site.Admin.GetAsync("/w/acme/members?role=viewer");
        Assert.DoesNotContain("Team 17", Toolbar(list.Text), StringComparison.Ordinal); // never all of them in the page
        Assert.Contains("href=\"/w/acme/members/in-group?state=%3Frole%3Dviewer\"", list.Text, StringComparison.Ordinal);
        var choice = await site.Admin.GetAsync("/w/acme/members/in-group?state=%3Frole%3Dviewer");
        Assert.Contains("There are more: type the beginning of the name.", choice.Text, StringComparison.Ordinal);
        var found = await site.Admin.GetAsync("/w/acme/members/in-group?q=team+30&state=%3Frole%3Dviewer");
        Assert.Contains($"href=\"/w/acme/members?role=viewer&amp;group={chosen}\"", found.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Team 29", found.Text, StringComparison.Ordinal);
        Assert.Contains(
            "No group's name begins with this.",
            (await site.Admin.GetAsync("/w/acme/members/in-group?q=x")).Text,
            StringComparison.Ordinal
        );

        var narrowed = await site.Admin.GetAsync($"/w/acme/members?role=viewer&group={chosen}");
        Assert.Equal(["vera@example.com"], Names(narrowed.Text));
        Assert.Contains($"<input type=\"hidden\" name=\"group\" value=\"{chosen}\"", narrowed.Text, StringComparison.Ordinal);
        Assert.Contains("Only those in the group Team 30.", narrowed.Text, StringComparison.Ordinal);
        var csv = (await site.Admin.GetAsync($"/w/acme/members.csv?role=viewer&group={chosen}")).Text;
        Assert.Contains("vera@example.com", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("grace@example.com", csv, StringComparison.Ordinal);
        viewer.Person.Dispose();

        static string Toolbar(string page) => page[..page.IndexOf("<div class=\"results\"", StringComparison.Ordinal)];
    }

    [Theory, EachDatabase]
    public async Task The_status_in_a_row_tells_why_and_takes_it_away_and_comes_back_to_the_list(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", AdminSite.Hostile);
        var list = await site.Admin.GetAsync("/w/acme/members?q=grace");
        var path = $"/w/acme/members/{grace.Id}/why";
        Assert.Contains($"href=\"{path}?state=?q=grace\"", list.Text, StringComparison.Ordinal);
        var why = await site.Admin.GetAsync(path + "?state=%3Fq%3Dgrace");
        Assert.Contains("came with the directory", why.Text, StringComparison.Ordinal);
        Assert.Contains("They stay out until you restore them here.", why.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", why.Text, StringComparison.Ordinal);
        var removed = await site.Admin.PressAsync(why, $"/w/acme/members/{grace.Id}/remove");
        Assert.Equal("/w/acme/members?q=grace", removed.Location);
        Assert.Equal(MemberState.Removed, (await site.ReadAsync(grace.Id)).State);

        // whom one may not remove, and oneself: the reasons alone
        var me = await site.MeAsync(site.Admin);
        var own = await site.Admin.GetAsync($"/w/acme/members/{me.Id}/why");
        Assert.Contains("data-dialog-body", own.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/remove\"", own.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_fragment_is_the_results_alone(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var answer = await site.Admin.GetAsync("/w/acme/members?q=gra", fragment: "members");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.StartsWith(
            "<div class=\"results\" id=\"members\" data-announce=\"1 member found\"",
            answer.Text.TrimStart(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("<html", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["Grace Hopper"], Names(answer.Text));
    }

    [Theory, EachDatabase]
    [Shows("S0-28", "S0-29", "S0-30", "S1-18", "S1-23", "S2-02")]
    public async Task Invited_people_stand_in_the_same_list_until_their_time_is_over(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, "licensed", clock);
        var invitation = await site.InviteAsync("late@example.com");
        var list = await site.Admin.GetAsync("/w/acme/members?status=invited");
        Assert.Equal(["late@example.com"], Names(list.Text));
        Assert.Contains("um-countdown", list.Text, StringComparison.Ordinal);
        var menu = await site.Admin.MenuAsync("/w/acme/members?status=invited", invitation.MemberId);
        Assert.Contains($"/invitations/{invitation.Id}/link", menu.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Reinvite", menu.Text, StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromDays(8));
        using var another = await FreshAsync(site);
        Assert.Contains("is-expired", (await another.GetAsync("/w/acme/members?status=invited")).Text, StringComparison.Ordinal);
        menu = await another.MenuAsync("/w/acme/members?status=invited", invitation.MemberId);
        Assert.Contains("Reinvite", menu.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($"/invitations/{invitation.Id}/link", menu.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Names_are_shown_and_never_run(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var member = await site.ProvisionAsync("x@example.com", AdminSite.Hostile, AdminSite.Hostile);
        foreach (
            var path in new[]
            {
                "/w/acme/members",
                $"/w/acme/members/{member.Id}",
                $"/w/acme/members/{member.Id}/remove",
                "/w/acme/audit",
                "/w/acme/members?q=" + Uri.EscapeDataString(AdminSite.Hostile),
            }
        )
        {
            var page = await site.Admin.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.DoesNotContain("<script>alert", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", page.Text, StringComparison.Ordinal);
        }

        var after = await site.Admin.PostAsync($"/w/acme/members/{member.Id}/suspend");
        Assert.Equal(HttpStatusCode.SeeOther, after.Status);
        var noted = await site.Admin.GetAsync("/w/acme/members");
        Assert.Contains("is suspended", noted.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", noted.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("S0-21", "S1-34")]
    public async Task Somebody_alone_is_told_how_to_get_company()
    {
        await using var site = await AdminSite.StartAsync(Database.Sqlite);
        var page = await site.Admin.GetAsync("/w/acme/members");
        Assert.Contains("It is only you so far", page.Text, StringComparison.Ordinal);
        Assert.Contains("(You)", page.Text, StringComparison.Ordinal);
        Assert.Contains("There is only one admin", page.Text, StringComparison.Ordinal);
        Assert.Contains("Nobody found", (await site.Admin.GetAsync("/w/acme/members?q=zzz")).Text, StringComparison.Ordinal);
    }

    /// <summary>A session lasts a week, so after longer the admin signs in anew.</summary>
    private static async Task<Person> FreshAsync(AdminSite site)
    {
        var link = await site
            .Server.Service<Membership.Accounts.InviteAdmin>()
            .RunAsync(
                Membership.Access.Actor.Operator,
                site.Workspace.Id,
                "ada@example.com",
                TimeSpan.FromHours(1),
                TestContext.Current.CancellationToken
            );
        var opened = await site
            .Server.Service<Membership.Accounts.UseOneTimeLink>()
            .RunAsync(link.Value, Membership.Accounts.Browser.Unknown, TestContext.Current.CancellationToken);
        return new(site.Server, opened.Value.Secret);
    }

    private static string LastNameFirst(string name) => string.Join(' ', name.Split(' ').Reverse());

    private static List<string> Names(string html) => [.. Name().Matches(html).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value))];

    private static string Link(string html, string rel) =>
        WebUtility.HtmlDecode(Rel().Matches(html).FirstOrDefault(m => m.Groups[1].Value == rel)?.Groups[2].Value ?? "");

    [GeneratedRegex("<a class=\"person-name\" href=\"/w/acme/members/[^\"]+\" dir=\"auto\" title=\"([^\"]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex("rel=\"(next|prev)\" href=\"([^\"]+)\"")]
    private static partial Regex Rel();
}
