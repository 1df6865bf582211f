using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

public class BulkTests
{
    [Theory, EachDatabase]
    public async Task Rows_are_selected_the_preview_asks_and_undo_gives_back(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (grace, hostile) = (
            await site.ProvisionAsync("grace@example.com", "Grace", "Hopper"),
            await site.ProvisionAsync("hostile@example.com", AdminSite.Hostile)
        );
        var me = await site.MeAsync(site.Admin);
        var list = await site.Admin.GetAsync("/w/acme/members?q=example");
        Assert.Contains($"<input type=\"checkbox\" form=\"bulk\" name=\"id\" value=\"{grace.Id}\"", list.Text, StringComparison.Ordinal);
        Assert.Contains("Preview for all 3", list.Text, StringComparison.Ordinal);

        var query = $"?state=%3Fq%3Dexample&act=role:viewer&id={grace.Id}&id={hostile.Id}&id={me.Id}";
        var preview = await site.Admin.GetAsync("/w/acme/members/change" + query);
        Assert.Equal(HttpStatusCode.OK, preview.Status);
        Assert.DoesNotContain("<script>alert", preview.Text, StringComparison.Ordinal);
        Assert.Contains("2 will be changed, 0 stay as they are, 1 is refused", preview.Text, StringComparison.Ordinal);
        Assert.Contains("You cannot change your own role.", preview.Text, StringComparison.Ordinal);
        Assert.Contains("becomes Viewer, the seat becomes free", preview.Text, StringComparison.Ordinal);
        Assert.Contains(">Change 2 members<", preview.Text, StringComparison.Ordinal);
        Assert.Equal("member", (await site.ReadAsync(grace.Id)).Role);

        var done = await site.Admin.PostAsync("/w/acme/members/change", Fields(preview));
        Assert.Equal(HttpStatusCode.SeeOther, done.Status);
        Assert.Equal("viewer", (await site.ReadAsync(hostile.Id)).Role);
        var after = await site.Admin.GetAsync(done.Location!);
        Assert.Contains("2 members changed, 0 as they were, 1 refused.", after.Text, StringComparison.Ordinal);
        Assert.False(after.Headers.ContainsKey("Refresh"));
        var again = await site.Admin.GetAsync(done.Location!); // a reload repeats nothing
        Assert.Contains("2 members changed", again.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/w/acme/members?q=example\"", after.Text, StringComparison.Ordinal);

        var undone = await site.Admin.PressAsync(after, "/w/acme/members/change/undo");
        Assert.Equal(HttpStatusCode.SeeOther, undone.Status);
        var told = await site.Admin.GetAsync(undone.Location!);
        Assert.Contains("Undone: 2 members have again what they had.", told.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(">Undo<", told.Text, StringComparison.Ordinal);
        Assert.Equal("member", (await site.ReadAsync(grace.Id)).Role);
        var log = await site.Admin.GetAsync("/w/acme/audit");
        Assert.Contains("changed several people at once", log.Text, StringComparison.Ordinal);
        Assert.Contains("took back a change of several people", log.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task All_that_match_are_changed_by_the_server_with_nobody_looking_and_taken_back_by_one_press(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        Id<Member> last = default;
        for (var i = 0; i < 110; i++)
        {
            last = (await site.ProvisionAsync($"p{i:000}@example.com", "Pat", $"Number {i:000}")).Id;
        }

        var preview = await site.Admin.GetAsync("/w/acme/members/change?state=%3Fq%3Dpat&act=suspend&all=true");
        Assert.Contains("110 will be changed", preview.Text, StringComparison.Ordinal);
        Assert.Contains("And 10 more", preview.Text, StringComparison.Ordinal);
        var first = await site.Admin.PostAsync("/w/acme/members/change", Fields(preview));
        await Until.FoundAsync(async () => await site.ReadAsync(last) is { State: MemberState.Suspended } one ? one : null); // no page is open
        var page = await SaysAsync(first.Location!, "110 members changed, 0 as they were, 0 refused.");
        Assert.False(page.Headers.ContainsKey("Refresh"));

        var undo = await site.Admin.PressAsync(page, "/w/acme/members/change/undo");
        Assert.Equal(HttpStatusCode.SeeOther, undo.Status);
        await SaysAsync(undo.Location!, "Undone: 110 members have again what they had.");
        Assert.Equal(MemberState.Active, (await site.ReadAsync(last)).State);

        Task<Answer> SaysAsync(string path, string says) =>
            Until.FoundAsync(async () =>
                await site.Admin.GetAsync(path) is { } shown && shown.Text.Contains(says, StringComparison.Ordinal) ? shown : null
            );
    }

    [Theory, EachDatabase]
    public async Task What_is_no_change_is_told_in_place_and_nobody_else_sees_a_run(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        const string Change = "/w/acme/members/change";
        Assert.Contains("Nobody is selected", (await site.Admin.GetAsync(Change + "?act=suspend")).Text, StringComparison.Ordinal);
        Assert.Contains("No change to show", (await site.Admin.GetAsync("/w/acme/members/changed")).Text, StringComparison.Ordinal);
        var group = await site.Admin.GetAsync(Change + $"?act=group&id={grace.Id}");
        Assert.Contains("There is no group yet", group.Text, StringComparison.Ordinal);
        foreach (var (act, status) in new[] { ("", 422), ("role:nobody", 422), ("group:x", 422), ("erase", 422) })
        {
            var answer = await site.Admin.PostAsync(Change, ("act", act), ("id", grace.Id.ToString()));
            Assert.Equal((act, status), (act, (int)answer.Status));
        }

        var done = await site.Admin.PostAsync(Change, ("act", "suspend"), ("id", grace.Id.ToString()));
        var (second, _) = await site.JoinAsync("second@example.com", "admin");
        Assert.Equal(HttpStatusCode.NotFound, (await second.GetAsync(done.Location!)).Status);
        var run = Regex.Match(done.Location!, "run=([0-9a-f-]+)").Groups[1].Value;
        Assert.Equal(HttpStatusCode.NotFound, (await second.PostAsync(Change + "/undo", ("run", run))).Status);
        Assert.Equal(MemberState.Suspended, (await site.ReadAsync(grace.Id)).State);
        second.Dispose();
    }

    /// <summary>The hidden fields of the form that confirms, all of one name too.</summary>
    private static (string Name, string Value)[] Fields(Answer page)
    {
        var form = Regex
            .Match(page.Text, "<form method=\"post\" action=\"/w/acme/members/change\".*?</form>", RegexOptions.Singleline)
            .Value;
        return
        [
            .. Regex
                .Matches(form, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
                .Select(m => (m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)))
                .Where(f => f.Item1 != "__RequestVerificationToken"),
        ];
    }
}
