using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Who waits for a seat, unused seats, priorities, ends of memberships: as pages say them.</summary>
public class SeatPagesTests
{
    [Theory, EachDatabase]
    [Shows("S4-20")]
    public async Task Ten_who_wait_get_their_seats_with_one_press_on_the_page_that_lists_them(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await ConfigureAsync(site, c => c with { Capacity = c.Capacity with { Seats = 1 } });
        var people = new List<Member>();
        for (var i = 0; i < 12; i++)
        {
            people.Add(await site.ProvisionAsync($"p{i:00}@example.com", "Person", $"P{i:00}"));
        }

        var empty = await site.Admin.GetAsync($"/w/acme/members/{people[2].Id}");
        Assert.Contains("third in line", empty.Text, StringComparison.Ordinal);
        Assert.Contains("an admin gives it", empty.Text, StringComparison.Ordinal);
        Assert.Contains("/w/acme/seats/waiting", (await site.Admin.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Give ", (await site.Admin.GetAsync("/w/acme/seats/waiting")).Text, StringComparison.Ordinal);
        await ConfigureAsync(site, c => c with { Capacity = c.Capacity with { Seats = 11 } });
        var line = await site.Admin.GetAsync("/w/acme/seats/waiting");
        Assert.Contains("Give 10 people their seats", line.Text, StringComparison.Ordinal);
        Assert.Contains("No forecast", line.Text, StringComparison.Ordinal);
        var given = await site.Admin.PressAsync(line, "/w/acme/seats/assign");
        Assert.Equal("/w/acme/seats/waiting", given.Location);
        var after = await site.Admin.GetAsync(given.Location!);
        Assert.Contains("10 people got a seat", after.Text, StringComparison.Ordinal);
        Assert.Equal(["1", "2"], Regex.Matches(after.Text, "data-label=\"Place\"[^>]*>\\s*(\\d+)").Select(m => m.Groups[1].Value));
        Assert.Contains("P11", after.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("P09", after.Text, StringComparison.Ordinal);
        Assert.True((await site.ReadAsync(people[9].Id)).HasSeat);
        await site.Admin.PressAsync(after, "/w/acme/seats/take-back");
        Assert.False((await site.ReadAsync(people[9].Id)).HasSeat);
    }

    [Theory, EachDatabase]
    public async Task A_waiting_list_is_switched_on_in_the_settings_and_tells_everybody_their_place(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var settings = await site.Admin.GetAsync("/w/acme/settings");
        Assert.Contains("Join as Viewer and wait", settings.Text, StringComparison.Ordinal);
        await ConfigureAsync(site, c => c with { Capacity = c.Capacity with { Seats = 1 } });
        settings = await site.Admin.GetAsync("/w/acme/settings");
        var saved = await site.Admin.PressAsync(settings, "/w/acme/settings", Settings);
        Assert.Equal(HttpStatusCode.SeeOther, saved.Status);
        settings = await site.Admin.GetAsync("/w/acme/settings");
        var own = await site.Admin.PressAsync(settings, "/w/acme/settings", [.. Settings, ("gracePercent", "100"), ("graceDays", "3")]);
        Assert.Equal(HttpStatusCode.Forbidden, own.Status);
        Assert.Contains("belongs to the plan", own.Text, StringComparison.Ordinal);
        await ConfigureAsync(site, c => c with { Capacity = c.Capacity with { GracePercent = 100, GraceDays = 3 } });

        var inside = await site.ProvisionAsync("inside@example.com", "Ina", "Inside"); // the one of the grace
        var (person, waits) = await site.JoinAsync("waits@example.com", "member");
        Assert.Equal("viewer", waits.Role);
        var members = await site.Admin.GetAsync("/w/acme/members");
        Assert.Contains("1 over the limit, 0 more until", members.Text, StringComparison.Ordinal);
        Assert.Contains("1 person waits", members.Text, StringComparison.Ordinal);
        var home = (await person.GetAsync("/w/acme")).Text;
        Assert.Contains("You are Viewer for now", home, StringComparison.Ordinal);
        Assert.Contains("No seat was free for you.", home, StringComparison.Ordinal);
        Assert.Contains("You wait for a seat, first in line. It comes by itself", home, StringComparison.Ordinal);
        var page = await site.Admin.GetAsync($"/w/acme/members/{waits.Id}");
        Assert.Contains("it comes by itself when it is their turn", page.Text, StringComparison.Ordinal);
        var again = await site.Admin.PressAsync(page, $"/w/acme/members/{waits.Id}", ("role", "member"));
        Assert.Contains("in line for one", (await site.Admin.GetAsync(again.Location!)).Text, StringComparison.Ordinal);

        var list = await site.Admin.GetAsync($"/w/acme/members/change?act=role:member&id={waits.Id}");
        Assert.Contains("This needs 1 seat, 0 are free. The others wait for one.", list.Text, StringComparison.Ordinal);
        await new SuspendMember(site.Server.Store).RunAsync(Actor.Operator, site.Workspace.Id, inside.Id, default);
        Assert.True((await site.ReadAsync(waits.Id)).HasSeat);
    }

    [Theory, EachDatabase]
    public async Task Where_an_admin_gives_the_seats_nobody_is_told_that_none_was_free(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await ConfigureAsync(site, c => c with { Join = c.Join with { AutoAssign = false } });
        var (person, _) = await site.JoinAsync("waits@example.com", "member");
        var home = (await person.GetAsync("/w/acme")).Text;
        Assert.Contains("An admin gives it.", home, StringComparison.Ordinal);
        Assert.DoesNotContain("No seat was free", home, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Unused_seats_are_taken_back_with_one_press_and_given_back_with_another(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var idle = await site.ProvisionAsync("idle@example.com", AdminSite.Hostile);
        await using (var db = site.Server.Store.Read())
        {
            var at = TimeProvider.System.GetUtcNow().AddDays(-100);
            idle = await MemberAge.CameAsync(site.Server.Store, idle, at.AddDays(-1));
            db.Add(
                new MemberActivity
                {
                    WorkspaceId = site.Workspace.Id,
                    MemberId = idle.Id,
                    FirstSignInAt = at,
                    LastSignInAt = at,
                    LastActiveAt = at,
                }
            );
            await db.SaveChangesAsync();
        }

        var page = await site.Admin.GetAsync("/w/acme/seats/idle");
        Assert.Contains(idle.Id.ToString(), page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page.Text, StringComparison.Ordinal);
        var done = await site.Admin.PressAsync(page, "/w/acme/members/change", ("id", idle.Id.ToString()));
        Assert.Equal("viewer", (await site.ReadAsync(idle.Id)).Role);
        var shown = await site.Admin.GetAsync(done.Location!);
        await site.Admin.PressAsync(shown, "/w/acme/members/change/undo");
        Assert.Equal("member", (await site.ReadAsync(idle.Id)).Role);
        Assert.Contains(
            "Days are 1 to 3,650.",
            (await site.Admin.GetAsync("/w/acme/seats/idle?days=never")).Text,
            StringComparison.Ordinal
        );
    }

    [Theory, EachDatabase]
    public async Task A_group_says_what_seats_it_needs_and_gets_a_priority_and_a_person_a_last_day(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var viewer = await site.ProvisionAsync("vera@example.com", "Vera", "V");
        await new AssignRole(site.Server.Store).RunAsync(Actor.Operator, site.Workspace.Id, viewer.Id, "viewer", default);
        var group = await site.Server.MakeAsync(site.Workspace, RouteThing.Group, "Sales");
        await new Membership.Groups.ReviseGroup(site.Server.Store).RunAsync(
            Actor.Operator,
            site.Workspace.Id,
            new(Guid.Parse(group)),
            null,
            g =>
                (
                    Membership.Groups.GroupFacts.Of(g),
                    [new Membership.Groups.MembershipStep(Membership.Groups.MembershipStepKind.Add, [viewer.Id])]
                ),
            default
        );
        var page = await site.Admin.GetAsync("/w/acme/groups/" + group);
        Assert.Contains("This group needs 1 more seat for everybody in it to have one, 24 are free.", page.Text, StringComparison.Ordinal);
        var wrong = await site.Admin.PressAsync(page, $"/w/acme/groups/{group}/seat-priority", ("seatPriority", "high"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("A priority is 1 to 100", wrong.Text, StringComparison.Ordinal);
        await site.Admin.PressAsync(page, $"/w/acme/groups/{group}/seat-priority", ("seatPriority", "7"));
        Assert.Contains("value=\"7\"", (await site.Admin.GetAsync("/w/acme/groups/" + group)).Text, StringComparison.Ordinal);

        var at = $"/w/acme/members/{viewer.Id}";
        page = await site.Admin.GetAsync(at);
        var late = await site.Admin.PressAsync(page, at, ("lastDay", "2020-01-01"));
        Assert.Contains("The end must be in the future.", late.Text, StringComparison.Ordinal);
        Assert.Contains("A day is written as", (await site.Admin.PressAsync(page, at, ("lastDay", "soon"))).Text, StringComparison.Ordinal);
        var day = TimeProvider.System.GetUtcNow().AddDays(20).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var nobody = await site.Admin.PressAsync(page, at, ("lastDay", day), ("sponsor", "nobody"));
        Assert.Contains("The sponsor is another active member.", nobody.Text, StringComparison.Ordinal);
        var set = await site.Admin.PressAsync(page, at, ("lastDay", day), ("sponsor", "ada@example.com"));
        Assert.Equal(HttpStatusCode.SeeOther, set.Status);
        Assert.Contains($"value=\"{day}\"", (await site.Admin.GetAsync(at)).Text, StringComparison.Ordinal);
    }

    private static (string Name, string Value)[] Settings =>
        [("onFull", "waitlist"), ("autoAssign", "true"), ("adminKeepsRole", "true"), ("defaultRole", "member"), ("lifetimeDays", "7")];

    private static async Task ConfigureAsync(AdminSite site, Func<WorkspaceConfiguration, WorkspaceConfiguration> change)
    {
        await using var db = site.Server.Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, default))!;
        var done = await new ChangeConfiguration(site.Server.Store).RunAsync(
            Actor.Operator,
            site.Workspace.Id,
            null,
            change(now.Configuration),
            default
        );
        Assert.True(done.Done, done.Refusal?.Message);
    }
}
