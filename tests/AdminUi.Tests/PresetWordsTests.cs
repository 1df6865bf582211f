using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Each preset in the words of its manual and in the places that it names, and in nobody else's.</summary>
public partial class PresetWordsTests
{
    private static readonly string[] Walked = (
        "members invite invitations groups join-requests access sign-in directory subscription "
        + "settings settings/workspace settings/joining settings/list settings/roles"
    ).Split(' ');

    [Theory, EachDatabase]
    [Shows(
        "S0-02",
        "S0-04",
        "S0-05",
        "S0-06",
        "S0-07",
        "S0-12",
        "S0-20",
        "S0-21",
        "S0-22",
        "S0-23",
        "S0-24",
        "S0-26",
        "S0-27",
        "S0-32",
        "S0-35",
        "S0-37",
        "S0-48"
    )]
    public async Task Licensed(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "licensed");
        await site.ProvisionAsync("scim@example.com", "Scim", "One"); // active, and never signed in
        var (person, member) = await site.JoinAsync("grace@example.com", "user");
        await person.GetAsync("/w/acme");
        var group = (
            await site
                .Server.Service<CreateGroup>()
                .RunAsync(Membership.Access.Actor.Operator, site.Workspace.Id, new() { DisplayName = "Launch team" }, [], Ct)
        )
            .Value
            .Group;
        await site.Admin.PostAsync(
            "/w/acme/invite",
            ("people", "late@example.com"),
            ("role", "user"),
            ("license", "pro"),
            ("groups", group.Id.ToString())
        );

        var page = await site.Admin.GetAsync("/w/acme/members");
        Assert.Equal(("Settings", "User management"), Place(page));
        Assert.Equal([("Active users", "2"), ("Pending invitations", "1"), ("Suspended", "0")], Figures(page));
        Assert.Contains(">Licenses<", page.Text, StringComparison.Ordinal);
        Assert.Equal(["Name", "Email", "Role", "License", "Last activity", "Groups", "Actions"], Headings(page));
        Assert.Single(You().Matches(page.Text));
        Says(page, ">Invite user<");
        Assert.DoesNotContain(">Reset MFA<", (await site.Admin.MenuAsync("/w/acme/members", member.Id)).Text, StringComparison.Ordinal);
        await site.AddSecondFactorAsync(person);
        Says(await site.Admin.MenuAsync("/w/acme/members", member.Id), ">Edit<", ">Reset MFA<", ">Remove<");
        Assert.Contains(
            "Launch team",
            (await site.Admin.GetAsync("/w/acme/members?status=invited", "members")).Text,
            StringComparison.Ordinal
        );
        Says(await site.Admin.GetAsync("/w/acme/invite"), ">Send invitation<", ">Email<", ">License type<");

        var own = await site.Admin.GetAsync($"/w/acme/members/{member.Id}");
        Says(own, "An address cannot be changed here.");
        await site.Admin.PressAsync(own, $"/w/acme/members/{member.Id}", ("license", "business"));
        Assert.Equal("business", (await site.ReadAsync(member.Id)).License);
        own = await site.Admin.GetAsync($"/w/acme/members/{member.Id}"); // its version is another by now
        await site.Admin.PressAsync(
            own,
            $"/w/acme/members/{member.Id}",
            ("givenName", "Grace"),
            ("familyName", "Hopper"),
            ("email", "x@x.example")
        );
        var named = await site.ReadAsync(member.Id);
        Assert.Equal(("Grace Hopper", "grace@example.com"), (named.ShownName, named.Email));
        person.Dispose();
    }

    [Theory, EachDatabase]
    [Shows("S1-08", "S1-09", "S1-10", "S1-11", "S1-20", "S1-21", "S1-22", "S1-25")]
    public async Task Ranked(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "ranked");
        var (person, member) = await site.JoinAsync("grace@example.com", "editor");
        var page = await site.Admin.GetAsync("/w/acme/members");
        Assert.Equal(("Administration", "Users & Roles"), Place(page));
        Assert.Equal(["Name", "E-mail address", "Role", "Last login", "Status"], Headings(page)[..5]);
        Says(
            page,
            ">Invite users<",
            ">Default role<",
            ">Send invitations<",
            ">Reset<",
            "Editor suits people who begin to build",
            ">Remove user<"
        );
        Assert.Contains("<option value=\"editor\" selected>Editor</option>", page.Text, StringComparison.Ordinal);

        Assert.DoesNotContain("One or two Admins", page.Text, StringComparison.Ordinal);
        for (var i = 0; i < 6; i++)
        {
            await site.ProvisionAsync($"e{i}@example.com"); // editors all
        }

        Says(await site.Admin.GetAsync("/w/acme/members"), "One or two Admins", "1 Admin, 7 Editor");
        await site.Admin.PostAsync($"/w/acme/members/{member.Id}/role", ("role", "monitor"), ("state", ""));
        Assert.Equal("monitor", (await site.ReadAsync(member.Id)).Role);
        Assert.Matches($"action=\"/w/acme/members/{member.Id}/role\"", (await site.Admin.MenuAsync("/w/acme/members", member.Id)).Text);

        var sent = await site.Admin.PostLedAsync("/w/acme/invite", ("people", " a@example.com, ,b@example.com "), ("role", "agentuser"));
        Assert.Contains("2 people are invited", sent.Text, StringComparison.Ordinal);
        person.Dispose();
    }

    [Theory, EachDatabase]
    [Shows("S1-05")]
    public async Task A_monitor_sees_everything_and_changes_nothing(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "ranked");
        var (person, _) = await site.JoinAsync("mona@example.com", "monitor");
        var other = await site.ProvisionAsync("x@example.com", "X");
        foreach (var path in (string[])["members", $"members/{other.Id}", "groups", "audit"])
        {
            Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/w/acme/" + path)).Status);
        }

        var list = await person.GetAsync("/w/acme/members");
        Assert.DoesNotContain(">Invite users<", list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(">Suspend<", list.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.PostAsync($"/w/acme/members/{other.Id}/suspend")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.PostAsync("/w/acme/invite", ("people", "y@example.com"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync("/w/acme/settings")).Status);
        person.Dispose();
    }

    [Theory, EachDatabase]
    [Shows("S1-36")]
    public async Task A_manager_who_invites_an_admin_is_warned_before_and_a_setting_forbids_it(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "ranked");
        var (manager, _) = await site.JoinAsync("max@example.com", "manager");
        Says(await manager.GetAsync("/w/acme/members"), "Admin: whoever accepts has full access from then on.");
        Assert.Equal(
            HttpStatusCode.SeeOther,
            (await manager.PostAsync("/w/acme/invite", ("people", "boss@example.com"), ("role", "admin"))).Status
        );
        await using (var db = site.Server.Store.Read())
        {
            var now = (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, Ct))!;
            await site
                .Server.Service<ChangeConfiguration>()
                .RunAsync(
                    Membership.Access.Actor.Operator,
                    site.Workspace.Id,
                    now.Row.Version,
                    now.Configuration with
                    {
                        Roles = [.. now.Configuration.Roles.Select(r => r.Key == "manager" ? r with { CanGrantUpTo = "editor" } : r)],
                    },
                    Ct
                );
        }

        Assert.DoesNotContain("full access", (await manager.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await manager.PostAsync("/w/acme/invite", ("people", "other@example.com"), ("role", "admin"))).Status
        );
        manager.Dispose();
    }

    [Theory, EachDatabase]
    [Shows("S2-01", "S2-03", "S2-04", "S2-07", "S2-23", "S2-24", "S2-25", "S2-26", "S2-27")]
    public async Task Csv(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "csv");
        var (person, member) = await site.JoinAsync("grace@example.com", "user");
        var page = await site.Admin.GetAsync("/w/acme/members");
        Assert.Equal(("Admin Settings", "Users"), Place(page));
        Assert.Matches(
            "class=\"side-own\".*ada@example\\.com.*href=\"/w/acme/members\".*Admin Settings",
            Regex.Replace(page.Text, "\\s+", " ")
        );
        Assert.Equal(["Name", "E-mail", "Role", "Status", "Joined"], Headings(page)[..5]);
        Says(page, ">Invite user<", ">Invite one user<", ">Invite multiple users<", ">Remove<");
        Assert.DoesNotContain("<select name=\"role\" id=\"role-", page.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch("class=\"form-inline row-badge", page.Text);
        Assert.Contains("<span class=\"badge", page.Text, StringComparison.Ordinal);

        var one = await site.Admin.GetAsync("/w/acme/invite?one=1");
        Says(one, "data-dialog-body", ">Email<", ">Send invitation<");
        Assert.DoesNotContain("<textarea", one.Text, StringComparison.Ordinal);

        Assert.Equal("user", (await site.ReadAsync(member.Id)).Role);
        var own = await site.Admin.GetAsync($"/w/acme/members/{member.Id}");
        Says(own, ">Save changes<");
        await site.Admin.PressAsync(own, $"/w/acme/members/{member.Id}", ("role", "administrator"));
        Assert.Equal("administrator", (await site.ReadAsync(member.Id)).Role);
        await site.Admin.PostAsync($"/w/acme/members/{member.Id}/suspend");
        Assert.Matches("Inactive</span>", (await site.Admin.GetAsync("/w/acme/members", "members")).Text);
        person.Dispose();
    }

    [Theory, EachDatabase]
    [Shows("S3-01", "S3-07", "S3-16", "S3-22", "S3-25", "S3-26", "S3-27", "S3-32", "S3-33", "S3-35")]
    public async Task Provider(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, "provider", clock);
        var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var page = await site.Admin.GetAsync("/w/acme/members");
        Assert.Equal(("Settings", "Users"), Place(page));
        Says(page, ">Add<", ">Invites<", "aria-label=\"Edit Grace Hopper\"", "aria-label=\"Remove Grace Hopper\"");
        Says(await site.Admin.GetAsync("/w/acme/invite"), "data-dialog-body", ">Invite<", ">Microsoft Entra ID<");
        var own = await site.Admin.GetAsync($"/w/acme/members/{member.Id}");
        Says(own, ">Save<");
        await site.Admin.PressAsync(own, $"/w/acme/members/{member.Id}", ("role", "administrator"));
        Assert.Equal("administrator", (await site.ReadAsync(member.Id)).Role);
        var asked = await site.Admin.GetAsync($"/w/acme/members/{member.Id}/remove");
        await site.Admin.PressAsync(asked, $"/w/acme/members/{member.Id}/remove");
        Assert.Equal(Membership.Members.MemberState.Removed, (await site.ReadAsync(member.Id)).State);
        Says(
            await site.Admin.GetAsync("/w/acme/subscription"),
            ">Limits<",
            "aria-valuetext=\"1 of 10\"",
            "contact support or see the pricing page"
        );

        var revoked = await site.InviteAsync("revoked@example.com");
        var ask = await site.Admin.GetAsync($"/w/acme/invitations/{revoked.Id}/revoke");
        Says(ask, ">Revoke invitation<");
        await site.Admin.PressAsync(ask, $"/w/acme/invitations/{revoked.Id}/revoke");
        var late = await site.InviteAsync("late@example.com");
        clock.Advance(TimeSpan.FromDays(15));
        await site.InviteAsync("late@example.com"); // invited anew, which revokes nothing
        var over = await site.InviteAsync("over@example.com");
        clock.Advance(TimeSpan.FromDays(15));
        await site.Server.Service<RevokeInvitation>().RunAsync(Membership.Access.Actor.Operator, site.Workspace.Id, over.Id, Ct);
        await using var db = site.Server.Store.Read();
        var now = clock.GetUtcNow();
        Assert.Equal(
            [InvitationStatus.Revoked, InvitationStatus.Expired, InvitationStatus.Expired, InvitationStatus.Expired],
            db.Invitations.OrderBy(i => i.Id).ToList().Select(i => i.StatusAt(now))
        );
        var expired = await site
            .Server.Service<InvitationList>()
            .RunAsync(Membership.Access.Actor.Operator, site.Workspace, InvitationStatus.Expired, null, 50, Ct);
        Assert.Equal(3, expired.Value.Invitations.Count);
        Assert.Contains(late.Id, expired.Value.Invitations.Select(i => i.Id));
    }

    [Theory, EachDatabase]
    [Shows("S3-22")]
    public async Task The_invites_of_a_provider_workspace_open_with_all_there_ever_were(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "provider");
        var revoked = await site.InviteAsync("revoked@example.com");
        await site.Admin.PostAsync($"/w/acme/invitations/{revoked.Id}/revoke");
        await site.InviteAsync("open@example.com");
        var page = await site.Admin.GetAsync("/w/acme/invitations");
        Says(page, "revoked@example.com", "open@example.com", ">Pending<", ">Revoked<");
    }

    [Theory, EachDatabase]
    [Shows("S4-26", "S4-42", "S4-44")]
    public async Task Seats(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await site.ProvisionAsync("m@example.com", "Mem", "Ber");
        var viewer = await site.ProvisionAsync("v@example.com", "View", "Er");
        await site.Admin.PostAsync($"/w/acme/members/{viewer.Id}/role", ("role", "viewer"));
        await site.InviteAsync("invited@example.com", "member");
        var page = await site.Admin.GetAsync("/w/acme/members");
        Says(page, ">CSV<", ">Assign seats<", ">All</option>", ">With seat</option>", ">Without seat</option>", ">Invite member<");
        var without = await site.Admin.GetAsync("/w/acme/members?seat=without", "members");
        Says(without, "View Er", "1 member");
        Assert.DoesNotContain("invited@example.com", without.Text, StringComparison.Ordinal);

        var csv = await site.Admin.GetAsync("/w/acme/members.csv?seat=without");
        Assert.StartsWith("attachment", csv.Headers["Content-Disposition"], StringComparison.Ordinal);
        var lines = csv.Text.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("id,email,firstName,lastName,isAdmin,hasSeat", lines[0]);
        Assert.Equal($"\"{viewer.Id}\",\"v@example.com\",\"View\",\"Er\",\"no\",\"no\"", Assert.Single(lines[1..]));

        var quiet = await site.Admin.PostLedAsync("/w/acme/invite", ("people", "quiet@example.com"), ("role", "viewer"));
        Says(quiet, "Invited, no mail is sent");
    }

    [Fact]
    public async Task No_preset_uses_a_word_that_is_anothers_alone()
    {
        Dictionary<string, string[]> own = new()
        {
            ["licensed"] = ["User management", "Active users", "Pending invitations"],
            ["ranked"] = ["Users &amp; Roles", "Default role", "E-mail address<", "Administration"],
            ["csv"] = ["Admin Settings", "Invite one user", "Inactive"],
            ["provider"] = ["Invites", "Subscription", ">Add<"],
            ["seats"] = ["Assign seats", "With seat"],
        };
        foreach (var preset in own.Keys)
        {
            await using var site = await AdminSite.StartAsync(Database.Sqlite, preset);
            await site.InviteAsync("late@example.com");
            var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
            await site.Admin.PostAsync($"/w/acme/members/{member.Id}/suspend");
            var now = await site.ContextAsync();
            var full = now.Configuration with { Capacity = now.Configuration.Capacity with { MemberSlots = 1 } };
            await site.Server.Service<ChangeConfiguration>().RunAsync(Membership.Access.Actor.Operator, now.Id, null, full, Ct);
            var refused = await site.Admin.PostAsync($"/w/acme/members/{member.Id}/restore", ("from", "member"));
            Assert.Equal(HttpStatusCode.Conflict, refused.Status);
            Says(refused, $"No {now.Configuration.Terms.Person} slot is free: all 1 are in use.");
            Dictionary<string, string> pages = new() { ["restore"] = refused.Text };
            foreach (var path in Walked.Append($"members/{member.Id}").Append($"members/{member.Id}/remove"))
            {
                var page = await site.Admin.GetAsync("/w/acme/" + path);
                Assert.True(page.Status == HttpStatusCode.OK, $"{preset} {path}: {page.Status}");
                pages[path] = page.Text;
            }

            Assert.All(own[preset], word => Assert.Contains(word, pages["members"] + pages["invite"], StringComparison.Ordinal));
            var foreign =
                from page in pages
                from word in own.Where(o => o.Key != preset).SelectMany(o => o.Value)
                where page.Value.Contains(word, StringComparison.Ordinal)
                // what newcomers get is called so in the settings of every workspace
                where word != "Default role" || page.Key is not ("settings" or "sign-in")
                select $"{preset} {page.Key}: {word}";
            Assert.Empty(foreign);
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static void Says(Answer page, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            Assert.Contains(word, page.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>The heading of the navigation above the place that is marked, and the place.</summary>
    private static (string Section, string Name) Place(Answer page)
    {
        var current = Current().Match(page.Text);
        var section = Group().Matches(page.Text).Last(g => g.Index < current.Index).Groups[1].Value;
        return (WebUtility.HtmlDecode(section), WebUtility.HtmlDecode(current.Groups[1].Value));
    }

    private static List<(string, string)> Figures(Answer page) =>
        [.. Figure().Matches(page.Text).Select(f => (f.Groups[2].Value, f.Groups[1].Value))];

    private static List<string> Headings(Answer page) =>
        [.. Heading().Matches(page.Text).Select(h => WebUtility.HtmlDecode(Tags().Replace(h.Groups[1].Value, "")).Trim())];

    [GeneratedRegex("\\(You\\)")]
    private static partial Regex You();

    [GeneratedRegex("aria-current=\"page\">.*?<span class=\"nav-label\">([^<]+)<", RegexOptions.Singleline)]
    private static partial Regex Current();

    [GeneratedRegex("<p class=\"nav-group\">([^<]+)<")]
    private static partial Regex Group();

    [GeneratedRegex("figure-value\">([^<]+)</span><span class=\"figure-label[^>]*>(?:<span[^>]*></span>)?([^<]+)<")]
    private static partial Regex Figure();

    [GeneratedRegex("<th scope=\"col\"[^>]*>(.*?)</th>", RegexOptions.Singleline)]
    private static partial Regex Heading();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();
}
