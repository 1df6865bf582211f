using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The pages of access reviews: start, decide, leave and go on, finish, take the record.</summary>
public partial class ReviewPagesTests
{
    private const string All = "/w/acme/access-reviews";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    [Shows("S1-35")]
    public async Task A_review_is_started_decided_page_by_page_and_finished(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var people = new List<Member>();
        for (var i = 0; i < 60; i++)
        {
            people.Add(await site.ProvisionAsync($"p{i:00}@example.com", "Person", $"P{i:00}"));
        }

        await site.ProvisionAsync("hostile@example.com", AdminSite.Hostile);
        Assert.Contains("Access reviews", (await site.Admin.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
        var empty = await site.Admin.GetAsync(All);
        Assert.Contains("No review yet", empty.Text, StringComparison.Ordinal);
        var wrong = await site.Admin.PressAsync(empty, All, ("role", "nosuch"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("There is no such role.", wrong.Text, StringComparison.Ordinal);

        var at = (await site.Admin.PressAsync(empty, All, ("role", ""), ("group", ""))).Location!;
        var twice = await site.Admin.PressAsync(empty, All, ("role", ""), ("group", ""));
        Assert.Equal(HttpStatusCode.Conflict, twice.Status);
        var page = await site.Admin.GetAsync(at);
        Assert.Contains("50 shown of 62", page.Text, StringComparison.Ordinal);
        Assert.Contains("Never signed in", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page.Text, StringComparison.Ordinal);
        var shown = Row().Matches(page.Text).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(50, shown.Count);

        // One is suspended, one removed, all others of the page are kept; it goes on with the next page.
        var mine = shown.Where(id => people.Exists(p => p.Id.ToString() == id)).ToList();
        var next = await site.Admin.PressAsync(page, at, ("d-" + mine[0], "suspend"), ("d-" + mine[1], "remove"), ("rest", "keep"));
        Assert.Equal(HttpStatusCode.SeeOther, next.Status);
        Assert.Contains("after=", next.Location, StringComparison.Ordinal);
        var second = await site.Admin.GetAsync(next.Location!);
        Assert.Contains("Saved for 50", second.Text, StringComparison.Ordinal);
        Assert.Equal(11 + 1, Row().Count(second.Text));
        Assert.Equal(12, Row().Count((await site.Admin.GetAsync(at)).Text)); // left and gone on with
        Assert.Equal(12, Row().Count((await site.Admin.GetAsync(at + "?show=open")).Text));

        // Nothing chosen is nothing decided; oneself can be kept only.
        await site.Admin.PressAsync(second, at);
        Assert.Contains("Nothing was decided.", (await site.Admin.GetAsync(at)).Text, StringComparison.Ordinal);

        var ask = await site.Admin.GetAsync(at + "/finish");
        Assert.Contains("48 kept, 1 suspended, 1 removed", ask.Text, StringComparison.Ordinal);
        Assert.Contains("12 are not decided", ask.Text, StringComparison.Ordinal);
        Assert.Equal(at, (await site.Admin.PressAsync(ask, at + "/finish")).Location);
        var finished = await site.Admin.GetAsync(at);
        Assert.Contains("Finished by", finished.Text, StringComparison.Ordinal);
        var late = await site.Admin.PressAsync(page, at, ("rest", "remove"));
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Contains("This access review is finished.", late.Text, StringComparison.Ordinal);
        var record = await site.Admin.GetAsync(at + "/record.csv");
        Assert.Equal(51, record.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains(at, (await site.Admin.GetAsync(All)).Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    [Shows("S1-35")]
    public async Task Admins_are_reminded_when_a_review_is_due(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, "ranked", clock);
        Assert.DoesNotContain("Look through who has access", (await site.Admin.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromDays(91));
        var (late, _) = await site.JoinAsync("late@example.com", "admin");
        Assert.Contains("Look through who has access", (await late.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
        var list = await late.GetAsync(All);
        Assert.Contains("A review of everybody is due", list.Text, StringComparison.Ordinal);
        var at = (await late.PressAsync(list, All, ("role", ""), ("group", ""))).Location!;
        Assert.DoesNotContain("Look through who has access", (await late.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
        await late.PressAsync(await late.GetAsync(at + "/finish"), at + "/finish");
        Assert.DoesNotContain("Look through who has access", (await late.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
    }

    [GeneratedRegex("name=\"on\" value=\"([0-9a-f-]+)\"")]
    private static partial Regex Row();
}
