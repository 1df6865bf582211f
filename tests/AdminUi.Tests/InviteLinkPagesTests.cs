using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The links for many: made, told apart and copied by an admin, opened by whoever has one.</summary>
public partial class InviteLinkPagesTests
{
    [Theory, EachDatabase]
    [Shows("S4-27", "S4-28", "S4-55")]
    public async Task Links_are_told_apart_and_somebody_joins_by_the_mail_to_their_address(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var page = await site.Admin.GetAsync("/w/acme/invite-links");
        foreach (var word in (string[])["Link for Member", "Link for Admin", "This link makes Admins", "Full access"])
        {
            Assert.Contains(word, page.Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("Link for Viewer", page.Text, StringComparison.Ordinal);
        var made = await site.Admin.PostLedAsync("/w/acme/invite-links", ("role", "member"), ("days", "30"), ("mostUses", "5"));
        var secret = Link().Match(made.Text).Groups[1].Value;
        Assert.DoesNotContain(secret, (await site.Admin.GetAsync("/w/acme/invite-links")).Text, StringComparison.Ordinal);
        await using (var links = site.Server.Store.Read())
        {
            var link = links.InviteLinks.Single(l => l.WorkspaceId == site.Workspace.Id);
            var copied = await site.Admin.PostAsync($"/w/acme/invite-links/{link.Id}/link");
            Assert.EndsWith("#link-member", copied.Location, StringComparison.Ordinal);
            var where = copied.Location![..^"#link-member".Length];
            Assert.Contains(secret, (await site.Admin.GetAsync(where)).Text, StringComparison.Ordinal);
            Assert.Contains(secret, (await site.Admin.GetAsync(where)).Text, StringComparison.Ordinal); // loaded again
            var (other, _) = await site.JoinAsync("lin@example.com", "admin");
            Assert.DoesNotContain(secret, (await other.GetAsync(where)).Text, StringComparison.Ordinal); // asked for by somebody else
            other.Dispose();
        }

        var wrong = await site.Admin.PostAsync("/w/acme/invite-links", ("role", "member"), ("mostUses", "many"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);

        using var stranger = new Person(site.Server, null);
        var opened = await stranger.GetAsync("/invite/" + secret);
        Assert.Contains("Join Acme", opened.Text, StringComparison.Ordinal);
        Assert.Contains("Member", opened.Text, StringComparison.Ordinal);
        var bad = await stranger.PressAsync(opened, "/invite/mail", ("email", "no address"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.Status);
        Assert.Contains("This is no valid e-mail address.", bad.Text, StringComparison.Ordinal);
        var led = await stranger.PressAsync(opened, "/invite/mail", ("email", "grace@example.com"));
        Assert.Equal(HttpStatusCode.SeeOther, led.Status);
        Assert.DoesNotContain("grace", led.Location, StringComparison.Ordinal);
        var mailed = await stranger.LedAsync(led);
        Assert.Equal(mailed.Text, (await stranger.LedAsync(led)).Text);
        await using (var sent = site.Server.Store.Read())
        {
            var asked = sent.Invitations.Single(i => i.UserName == "grace@example.com");
            Assert.Equal(1, sent.OutboxMessages.Count(m => m.About == asked.Id.Value)); // loaded again, it sends no second mail
        }

        var known = await stranger.LedAsync(await stranger.PressAsync(opened, "/invite/mail", ("email", "ada@example.com")));
        Assert.Contains("Look into your mailbox", mailed.Text, StringComparison.Ordinal);
        Assert.Equal(mailed.Text.Replace("grace", "ada", StringComparison.Ordinal), known.Text); // says nothing of who is known

        await using (var db = site.Server.Store.Read())
        {
            var asked = db.Invitations.Single(i => i.UserName == "grace@example.com");
            var proof = site.Server.Store.Box.OpenText(Invitation.MailPurpose, asked.MailSealed)!;
            var own = await stranger.GetAsync("/invite/" + proof);
            var joined = await stranger.PressAsync(
                own,
                "/invite/create",
                ("givenName", "Grace"),
                ("familyName", "Hopper"),
                ("login", "grace@example.com"),
                ("password", "correct horse battery staple 9")
            );
            Assert.Equal(HttpStatusCode.SeeOther, joined.Status);
            var member = db.Members.Single(m => m.UserName == "grace@example.com");
            Assert.Equal((MemberState.Active, "member", true), (member.State, member.Role, member.HasSeat));
        }

        var shown = await site.Admin.GetAsync("/w/acme/invite-links");
        Assert.Contains("1 of 5", shown.Text, StringComparison.Ordinal);
        Assert.Contains("Grace Hopper", shown.Text, StringComparison.Ordinal);

        var again = await site.Admin.LedAsync(await site.Admin.PressAsync(shown, "/w/acme/invite-links", ("role", "member"), ("days", "")));
        Assert.NotEqual(secret, Link().Match(again.Text).Groups[1].Value);
        var dead = await stranger.GetAsync("/invite/" + secret);
        Assert.Equal(HttpStatusCode.Gone, dead.Status);
        Assert.Contains("This link is closed", dead.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Acme", dead.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Somebody_signed_in_joins_with_one_press_and_a_second_one_leads_in(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (_, stranger) = await AdminSite.NewWorkspaceAsync(site.Server, "other", "Other", "seats", "sam@example.com");
        var made = await site.Admin.PostLedAsync("/w/acme/invite-links", ("role", "admin"), ("days", "7"), ("mostUses", "1"));
        Assert.Contains("this is the link with full access", made.Text, StringComparison.Ordinal);
        var secret = Link().Match(made.Text).Groups[1].Value;
        for (var i = 0; i < 2; i++)
        {
            var page = await stranger.GetAsync("/invite/" + secret);
            if (i == 1)
            {
                Assert.Equal(HttpStatusCode.Gone, page.Status); // used as often as it may be
                break;
            }

            var joined = await stranger.PressAsync(page, "/invite/join");
            Assert.Equal(HttpStatusCode.SeeOther, joined.Status);
            Assert.StartsWith("/w/acme", joined.Location, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/w/acme/members")).Status);
        stranger.Dispose();
    }

    [GeneratedRegex("/invite/([A-Za-z0-9_-]{63})\"")]
    private static partial Regex Link();
}
