using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
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
        var asked = await site.Admin.PressAsync(page, at, ("d-" + mine[0], "suspend"), ("d-" + mine[1], "remove"), ("rest", "keep"));
        Assert.Equal(HttpStatusCode.SeeOther, asked.Status);
        Assert.StartsWith(at + "/decide?", asked.Location, StringComparison.Ordinal);
        var question = await site.Admin.GetAsync(asked.Location!);
        Assert.Contains("Remove 1 and suspend 1 members?", question.Text, StringComparison.Ordinal);
        Assert.Contains("48 more keep their access.", question.Text, StringComparison.Ordinal);
        Assert.Equal(50, Row().Count((await site.Admin.GetAsync(at)).Text)); // the question decides nothing
        Assert.All(mine[..2], id => Assert.Equal(MemberState.Active, StateOf(site, id)));
        var next = await site.Admin.PressAsync(question, at);
        Assert.Equal(HttpStatusCode.SeeOther, next.Status);
        Assert.Equal([MemberState.Suspended, MemberState.Removed], mine[..2].Select(id => StateOf(site, id)));
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
        var late = await site.Admin.LedAsync(await site.Admin.PressAsync(page, at, ("rest", "remove")));
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Contains("This access review is finished.", late.Text, StringComparison.Ordinal);
        var record = await site.Admin.GetAsync(at + "/record.csv");
        Assert.Equal(51, record.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains(at, (await site.Admin.GetAsync(All)).Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    [Shows("S0-41", "S2-30", "S3-33")]
    public async Task Nobody_loses_access_by_a_review_before_that_was_asked(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var alan = await site.ProvisionAsync("alan@example.com", "Alan", "Babbage");
        await site.InviteAsync("new@example.com");
        var (other, _) = await site.JoinAsync("bea@example.com", "admin");
        var at = (await site.Admin.PressAsync(await site.Admin.GetAsync(All), All, ("role", ""), ("group", ""))).Location!;
        var page = await site.Admin.GetAsync(at);

        // All of a page: who they are is said, oneself is not among them, and what was chosen is there again after a Cancel.
        var all = await site.Admin.PressAsync(page, at, ("rest", "remove"));
        var many = await site.Admin.GetAsync(all.Location!);
        foreach (
            var text in (string[])
                [
                    "Remove 4 members?",
                    "<bdi>Grace Hopper</bdi>",
                    "<bdi>Alan Babbage</bdi>",
                    "at once, in every open browser",
                    "\"Restore\" on each one's page",
                    "One of them was only invited",
                    "Your directory still lists 2 of them.",
                    "1 more stays as they are",
                    "Nothing has been decided yet.",
                ]
        )
        {
            Assert.Contains(text, WebUtility.HtmlDecode(many.Text), StringComparison.Ordinal);
        }

        var back = at + all.Location![(at + "/decide").Length..];
        Assert.Contains($"href=\"{back}\"", WebUtility.HtmlDecode(many.Text), StringComparison.Ordinal);
        Assert.Contains(
            "<option value=\"remove\" selected>Remove them all",
            (await site.Admin.GetAsync(back)).Text,
            StringComparison.Ordinal
        );

        // One alone is asked about as on their own page, and nothing is done by that.
        var asked = await site.Admin.PressAsync(page, at, ($"d-{grace.Id}", "remove"));
        var question = await site.Admin.GetAsync(asked.Location!);
        foreach (
            var text in (string[])["Remove Grace Hopper?", "(<bdi>grace@example.com</bdi>) loses access to", "\"Restore\" on their page"]
        )
        {
            Assert.Contains(text, WebUtility.HtmlDecode(question.Text), StringComparison.Ordinal);
        }

        await using (var db = site.Server.Store.Read())
        {
            Assert.Empty(db.AccessDecisions.ToList());
            Assert.Equal(0, db.Members.Count(m => m.State == MemberState.Removed || m.State == MemberState.Ended));
        }

        // Another admin keeps her meanwhile, without a question; that is not written over.
        var kept = await other.PressAsync(await other.GetAsync(at), at, ($"d-{grace.Id}", "keep"));
        Assert.DoesNotContain("/decide", kept.Location, StringComparison.Ordinal);
        var late = await site.Admin.LedAsync(await site.Admin.PressAsync(question, at));
        Assert.Contains("Something else was decided about them in the meantime.", late.Text, StringComparison.Ordinal);
        Assert.Equal(MemberState.Active, (await site.ReadAsync(grace.Id)).State);
        var again = await site.Admin.LedAsync(await site.Admin.PressAsync(late, at, ($"d-{grace.Id}", "remove")));
        await site.Admin.PressAsync(again, at);
        Assert.Equal(MemberState.Removed, (await site.ReadAsync(grace.Id)).State);

        // Or removes somebody about whom one is being asked.
        var path = at + "?show=all";
        var mine = await site.Admin.PressAsync(await site.Admin.GetAsync(path), at, ($"d-{alan.Id}", "remove"));
        var mineAsked = await site.Admin.GetAsync(mine.Location!);
        var theirs = await other.PressAsync(await other.GetAsync(path), at, ($"d-{alan.Id}", "remove"));
        await other.PressAsync(await other.LedAsync(theirs), at);
        Assert.Equal(MemberState.Removed, (await site.ReadAsync(alan.Id)).State);
        var gone = await site.Admin.LedAsync(await site.Admin.PressAsync(mineAsked, at));
        Assert.Contains("Something else was decided about them in the meantime.", gone.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.GetAsync(mine.Location!)).Status);
        other.Dispose();
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

    private static MemberState StateOf(AdminSite site, string id)
    {
        var member = new Id<Member>(Guid.Parse(id));
        using var db = site.Server.Store.Read();
        return db.Members.Single(m => m.WorkspaceId == site.Workspace.Id && m.Id == member).State;
    }

    [GeneratedRegex("name=\"on\" value=\"([0-9a-f-]+)\"")]
    private static partial Regex Row();
}
