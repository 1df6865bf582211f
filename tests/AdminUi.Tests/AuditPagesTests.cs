using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The audit log for people: found by person, party, door and day, told in sentences, taken away as a file.</summary>
public class AuditPagesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_log_is_searched_by_person_party_door_and_day(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, time: clock);
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        await site.ProvisionAsync("other@example.com", "Somebody", "Else");
        await site.InviteAsync("carla@example.com");
        await site.Admin.PostAsync($"/w/acme/members/{grace.Id}/role", ("role", "viewer"));

        var found = await ShownAsync("q=hopper");
        Assert.Contains("provisioned", found, StringComparison.Ordinal);
        Assert.Contains("changed the role of", found, StringComparison.Ordinal);
        Assert.DoesNotContain("Somebody", found, StringComparison.Ordinal);
        Assert.DoesNotContain("carla@example.com", found, StringComparison.Ordinal);
        Assert.Contains("value=\"hopper\"", found, StringComparison.Ordinal);

        var byAda = await ShownAsync("q=ada%40example.com&door=Page");
        Assert.Contains("changed the role of", byAda, StringComparison.Ordinal); // whoever acted is found too
        Assert.Contains("invited", await ShownAsync("q=carla%40example.com"), StringComparison.Ordinal);
        Assert.DoesNotContain("provisioned", await ShownAsync("q=hopper&door=Page"), StringComparison.Ordinal);
        Assert.DoesNotContain("changed the role of", await ShownAsync("q=hopper&by=Directory"), StringComparison.Ordinal);
        Assert.Contains("changed the role of", await ShownAsync("q=hopper&by=Member&act=role."), StringComparison.Ordinal);
        Assert.Contains("Entra", await ShownAsync("q=Entra&act=member."), StringComparison.Ordinal); // no person, but a name that lines show

        var today = clock.Now.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var tomorrow = clock.Now.AddDays(1).UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains("provisioned", await ShownAsync($"q=hopper&from={today}&to={today}"), StringComparison.Ordinal);
        var later = await ShownAsync($"q=hopper&door=Scim&from={tomorrow}");
        Assert.Contains(
            $"No line of the log matches person “hopper”, through “Directory (SCIM)”, from {tomorrow}.",
            later,
            StringComparison.Ordinal
        );

        // each filter goes on in the links of the others
        Assert.Contains("/w/acme/audit?act=role.&q=hopper&by=Member", await ShownAsync("q=hopper&by=Member"), StringComparison.Ordinal);
        Assert.Contains("/w/acme/audit.csv?q=hopper&by=Member", await ShownAsync("q=hopper&by=Member"), StringComparison.Ordinal);

        async Task<string> ShownAsync(string query)
        {
            var answer = await site.Admin.GetAsync("/w/acme/audit?" + query);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            return WebUtility.HtmlDecode(answer.Text);
        }
    }

    [Theory, EachDatabase]
    public async Task A_day_that_is_none_is_said_and_nothing_else_breaks(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        foreach (var form in new[] { "", ".csv", ".jsonl" })
        {
            var wrong = await site.Admin.GetAsync($"/w/acme/audit{form}?from=yesterday");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
            Assert.Contains("“yesterday” is no day", WebUtility.HtmlDecode(wrong.Text), StringComparison.Ordinal);
        }

        var turned = await site.Admin.GetAsync("/w/acme/audit?from=2026-02-02&to=2026-02-01");
        Assert.Contains("The last day is before the first one", turned.Text, StringComparison.Ordinal);
        foreach (
            var odd in new[]
            {
                "q=%00",
                "by=9",
                "door=Window",
                "q=%25_%5c%27",
                "to=9999-12-31",
                "act=%25",
                "after=zzz",
                "q=" + new string('a', 300),
            }
        )
        {
            var answer = await site.Admin.GetAsync("/w/acme/audit?" + odd);
            Assert.True((int)answer.Status < 500, odd);
        }
    }

    [Theory, EachDatabase]
    public async Task What_the_filters_show_is_taken_away_whole_and_no_spreadsheet_runs_it(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        for (var i = 0; i < 60; i++) // more than a page
        {
            await site.ProvisionAsync($"p{i}@example.com", i == 7 ? "=HYPERLINK(1)" : "Person", "Sought");
        }

        await site.ProvisionAsync("other@example.com", "Somebody", "Else");
        var csv = await site.Admin.GetAsync("/w/acme/audit.csv?act=member.provisioned&by=Directory");
        Assert.Equal(HttpStatusCode.OK, csv.Status);
        Assert.StartsWith("text/csv", csv.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("acme-audit-lines.csv", csv.Headers["Content-Disposition"], StringComparison.Ordinal);
        Assert.Equal(62, csv.Text.TrimEnd().Split("\r\n").Length);
        Assert.Contains("\"'=HYPERLINK(1) Sought\"", csv.Text, StringComparison.Ordinal);

        var lines = await site.Admin.GetAsync("/w/acme/audit.jsonl?q=else");
        var read = lines.Text.TrimEnd('\n').Split('\n').Select(l => JsonElement.Parse(l)).ToList();
        var line = Assert.Single(read);
        Assert.Equal("member.provisioned", line.GetProperty("act").GetString());
        Assert.Equal("other@example.com", line.GetProperty("after").GetProperty("userName").GetString());

        // who took it, and by which filters, but not by whose name
        var log = WebUtility.HtmlDecode((await site.Admin.GetAsync("/w/acme/audit?act=audit.")).Text);
        Assert.Equal(2, Regex.Count(log, "exported lines of the audit log of"));
        Assert.Contains("Narrowed to person", log, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Lines_read_as_sentences(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (vera, member) = await site.JoinAsync("vera@example.com", "viewer");
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var me = new Actor
        {
            Kind = ActorKind.Member,
            Door = Door.Rest,
            Name = "vera",
            Id = member.Id.Value,
            Workspace = site.Workspace.Id,
        };
        Assert.False((await site.Server.Service<SuspendMember>().RunAsync(me, site.Workspace.Id, grace.Id, Ct)).Done);
        var log = WebUtility.HtmlDecode((await site.Admin.GetAsync("/w/acme/audit")).Text);
        Assert.Matches(
            "vera</bdi></b>\\s*was not allowed to suspend somebody:\\s*<a href=\"/w/acme/members/[^\"]*\"><bdi>Grace Hopper</bdi></a>"
                + "\\s*<small>REST API</small>",
            log
        );
        Assert.Matches("vera</bdi></b>\\s*accepted the invitation\\s*<small>", log);
        Assert.Contains("made a sign-in link for the admin", log, StringComparison.Ordinal);
        Assert.DoesNotMatch("(was refused|admin\\.invited|Local block|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z</ins>)", log);
        Assert.DoesNotMatch("<(ins|del)>[^<]*(<[^<]*)*?[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}", string.Concat(Details(log)));
        vera.Dispose();

        static IEnumerable<string> Details(string text) =>
            Regex.Matches(text, "<(ins|del)>.*?</\\1>", RegexOptions.Singleline).Select(m => m.Value);
    }

    [Theory, EachDatabase]
    public async Task A_persons_page_tells_of_their_invitation_and_their_groups(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await site.Admin.PressAsync(
            await site.Admin.GetAsync("/w/acme/invite"),
            "/w/acme/invite",
            ("people", "carla@example.com"),
            ("role", "viewer"),
            ("sendMail", "true")
        );
        await using var db = site.Server.Store.Read();
        var invitation = db.Invitations.Single(i => i.WorkspaceId == site.Workspace.Id && i.UserName == "carla@example.com");
        _ = (await site.Server.Service<ResendInvitation>().RunAsync(Actor.Operator, site.Workspace.Id, invitation.Id, Ct)).Refusal;
        _ = (await site.Server.Service<CopyInvitationLink>().RunAsync(Actor.Operator, site.Workspace.Id, invitation.Id, Ct)).Value;
        var page = await ShownAsync(invitation.MemberId);
        Assert.Matches("ada@example.com</bdi></b>\\s*invited", page);
        Assert.Contains("took the invitation link of", page, StringComparison.Ordinal);

        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var other = await site.ProvisionAsync("other@example.com", "Somebody", "Else");
        var made = await site
            .Server.Service<CreateGroup>()
            .RunAsync(site.Directory, site.Workspace.Id, new() { DisplayName = "Synced" }, [grace.Id], Ct);
        var id = made.Value.Group.Id;
        await RevisedAsync(MembershipStepKind.Add, other.Id);
        var into = await ShownAsync(grace.Id);
        Assert.Matches("put them into the group\\s*<bdi>Synced</bdi>", into);
        Assert.Single(Regex.Matches(into, "the group\\s*<bdi>Synced</bdi>")); // not that somebody else came in
        await RevisedAsync(MembershipStepKind.Remove, grace.Id);
        Assert.Matches("took them out of the group\\s*<bdi>Synced</bdi>", await ShownAsync(grace.Id));
        Assert.DoesNotContain("took them out of the group", await ShownAsync(other.Id), StringComparison.Ordinal);

        async Task RevisedAsync(MembershipStepKind step, Id<Member> who) =>
            Assert.True(
                (
                    await site
                        .Server.Service<ReviseGroup>()
                        .RunAsync(site.Directory, site.Workspace.Id, id, null, g => (GroupFacts.Of(g), [new(step, [who])]), Ct)
                ).Done
            );

        async Task<string> ShownAsync(Id<Member> who) => WebUtility.HtmlDecode((await site.Admin.GetAsync($"/w/acme/members/{who}")).Text);
    }
}
