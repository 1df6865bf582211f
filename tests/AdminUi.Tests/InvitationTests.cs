using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

public partial class InvitationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    [Shows("S3-20", "S4-25")]
    public async Task Each_of_several_addresses_has_its_own_outcome_and_link(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await site.InviteAsync("waiting@example.com");
        var form = await site.Admin.GetAsync("/w/acme/invite");
        var posted = await site.Admin.PressAsync(
            form,
            "/w/acme/invite",
            ("people", " new@example.com, waiting@example.com;\r\nada@example.com\n\n,not an address, second@example.com"),
            ("role", "viewer"),
            ("sendMail", "true")
        );
        Assert.Equal(HttpStatusCode.SeeOther, posted.Status);
        var answer = await site.Admin.LedAsync(posted);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("2 of 5 people are invited", answer.Text, StringComparison.Ordinal);
        Assert.Contains("This person is invited already.", answer.Text, StringComparison.Ordinal);
        Assert.Contains("This person is a member already.", answer.Text, StringComparison.Ordinal);
        Assert.Contains("This is no valid e-mail address.", answer.Text, StringComparison.Ordinal);
        Assert.Contains("The mail to new@example.com is only a file: no mail server is set up", answer.Text, StringComparison.Ordinal);

        var links = Link().Matches(answer.Text).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(2, links.Distinct().Count());
        var view = await site.Server.Service<ReadInvitationByLink>().RunAsync(links[0], Ct);
        Assert.Equal("new@example.com", view.Value.Invitation.UserName);
        Assert.False(view.Value.ByMail);
        Assert.DoesNotContain(links[0], answer.Headers.GetValueOrDefault("Set-Cookie") ?? "", StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.DoesNotContain(links[0], posted.Location!, StringComparison.Ordinal);

        // it is theirs who made it, and shows each as it stands by then
        Assert.Equal(links, Link().Matches((await site.Admin.LedAsync(posted)).Text).Select(m => m.Groups[1].Value));
        await site.Server.Service<RevokeInvitation>().RunAsync(Actor.Operator, site.Workspace.Id, view.Value.Invitation.Id, Ct);
        var later = (await site.Admin.LedAsync(posted)).Text;
        Assert.Equal(links[^1], Assert.Single(Link().Matches(later).Select(m => m.Groups[1].Value).Distinct()));
        Assert.Contains("Revoked since", later, StringComparison.Ordinal);
        await using (var db = site.Server.Store.Read())
        {
            await db.Invitations.Where(i => i.Id == view.Value.Invitation.Id).ExecuteDeleteAsync(Ct); // as an erasure does
        }

        later = (await site.Admin.LedAsync(posted)).Text;
        Assert.Contains("Not here any more", later, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(later, "Not invited<")); // those who were not
        var (other, _) = await site.JoinAsync("lin@example.com", "admin");
        foreach (var theirs in (string[])[posted.Location!, "/w/acme/invitations/made", "/w/acme/invitations/made?form=x"])
        {
            var none = await other.GetAsync(theirs);
            Assert.Equal(HttpStatusCode.NotFound, none.Status);
            Assert.Contains("in the session in which it was made", none.Text, StringComparison.Ordinal);
        }

        other.Dispose();
    }

    [Theory, EachDatabase]
    public async Task Only_who_was_not_invited_stands_in_the_form_again_with_all_else_as_it_was_sent(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await site.InviteAsync("waiting@example.com");
        var group = (
            await site
                .Server.Service<Membership.Groups.CreateGroup>()
                .RunAsync(Actor.Operator, site.Workspace.Id, new() { DisplayName = "Launch team" }, [], Ct)
        )
            .Value
            .Group;
        var answer = await site.Admin.PostLedAsync(
            "/w/acme/invite",
            ("groups", group.Id.ToString()),
            ("people", "new@example.com"), // each chip is a field of its own
            ("people", "waiting@example.com"),
            ("people", "grace at example.com; NEW@example.com"),
            ("role", "viewer"),
            ("sendMail", "true")
        );
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("1 of 3 people are invited", answer.Text, StringComparison.Ordinal);
        var people = WebUtility.HtmlDecode(People().Match(answer.Text).Groups[1].Value);
        Assert.Equal("waiting@example.com\ngrace at example.com", people.Trim());
        Assert.Matches("value=\"viewer\"[^>]* checked", answer.Text);
        Assert.Matches($"value=\"{group.Id}\"[^>]* checked", answer.Text);

        var second = await site.Admin.LedAsync(await site.Admin.PressAsync(answer, "/w/acme/invite", ("people", "grace@example.com")));
        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.Contains("grace@example.com is invited", second.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<textarea", second.Text, StringComparison.Ordinal); // nobody is left
        await using var db = site.Server.Store.Read();
        Assert.Equal(3, db.Invitations.Count(i => i.WorkspaceId == site.Workspace.Id));
    }

    [Theory, EachDatabase]
    public async Task What_stands_against_each_name_is_told_before_anybody_is_invited(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await site.InviteAsync("waiting@example.com");
        var told = await CheckAsync(
            "a@example.com b@example.com\tC@example.com, waiting@example.com",
            "Hopper, Grace <grace@example.com>; c@example.com; \"Odd\" one; ada@example.com"
        );
        Assert.Equal(
            [
                ("a@example.com", null),
                ("b@example.com", null),
                ("C@example.com", null),
                ("waiting@example.com", "This person is invited already. Send that invitation again, or revoke it first."),
                ("grace@example.com", null),
                ("\"Odd\" one", "This is no valid e-mail address."),
                ("ada@example.com", "This person is a member already."),
            ],
            told.Entries
        );
        Assert.Equal("7 people, 3 cannot be invited", told.Says);
        await using (var db = site.Server.Store.Read())
        {
            Assert.Equal(1, db.Invitations.Count(i => i.WorkspaceId == site.Workspace.Id));
            var now = (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, Ct))!;
            var wanted = now.Configuration with { Invitations = now.Configuration.Invitations with { MailsPerDay = 1 } };
            await site.Server.Service<ChangeConfiguration>().RunAsync(Actor.Operator, site.Workspace.Id, now.Row.Version, wanted, Ct);
        }

        // one mail is left: who comes first has it
        var few = await CheckAsync("a@example.com", "b@example.com");
        Assert.Null(few.Entries![0].Why);
        Assert.Contains("No more invitations can be mailed today", few.Entries[1].Why, StringComparison.Ordinal);
        var many = await CheckAsync(string.Join(',', Enumerable.Range(0, InvitePeople.Most + 1).Select(i => $"p{i}@example.com")));
        Assert.Equal((null, "At most 200 people can be invited at once."), many);

        async Task<(List<(string Text, string? Why)>? Entries, string Says)> CheckAsync(params string[] people)
        {
            var answer = await site.Admin.PostAsync(
                "/w/acme/invite/check",
                [("role", "viewer"), ("sendMail", "true"), .. people.Select(p => ("people", p))]
            );
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            var json = System.Text.Json.Nodes.JsonNode.Parse(answer.Text)!;
            return (json["entries"]?.AsArray().Select(e => ((string)e!["text"]!, (string?)e["why"])).ToList(), (string)json["says"]!);
        }
    }

    [Theory, EachDatabase]
    public async Task A_list_pasted_from_a_mail_program_invites_the_addresses_in_it(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        (string Pasted, string[] Invited)[] lists =
        [
            ("Lovelace, Ada <ada.l@corp.example>; Hopper, Grace <grace.h@corp.example>;", ["ada.l@corp.example", "grace.h@corp.example"]),
            (
                "\"Turing, Alan\" <alan@corp.example>, Bob <mailto:bob@corp.example>, carol@corp.example",
                ["alan@corp.example", "bob@corp.example", "carol@corp.example"]
            ),
            ("dan@corp.example, Noether, Emmy <emmy@corp.example>", ["dan@corp.example", "emmy@corp.example"]),
            ("old@corp.example <new@corp.example>\r\n<eve@corp.example>", ["new@corp.example", "eve@corp.example"]),
            ("hal@corp.example ida@corp.example\tjo@corp.example", ["hal@corp.example", "ida@corp.example", "jo@corp.example"]),
            ("\uFEFFfay@corp.example\r\ng\u200Bil@corp.\u2060example\u00A0", ["fay@corp.example", "gil@corp.example"]),
        ];
        foreach (var (pasted, invited) in lists)
        {
            var answer = await site.Admin.PostLedAsync("/w/acme/invite", ("people", pasted), ("role", "viewer"));
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            var names = new List<string>();
            foreach (var secret in Link().Matches(answer.Text).Select(m => m.Groups[1].Value).Distinct())
            {
                names.Add((await site.Server.Service<ReadInvitationByLink>().RunAsync(secret, Ct)).Value.Invitation.UserName);
            }

            Assert.Equal(invited, names);
        }
    }

    [Theory, EachDatabase]
    [Shows("S0-08", "S3-08", "S3-12", "S3-13", "S3-21")]
    public async Task A_refused_form_keeps_what_was_typed(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "provider");
        var answer = await site.Admin.PostAsync(
            "/w/acme/invite",
            ("people", "grace"),
            ("role", "administrator"),
            ("provider", "entra"),
            ("tenantId", AdminSite.Hostile),
            ("notifyEmail", "g@example.com")
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("A tenant ID is a UUID", answer.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"grace\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("g@example.com", answer.Text, StringComparison.Ordinal);
        Assert.Contains("aria-invalid=\"true\"", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", answer.Text, StringComparison.Ordinal);

        var none = await site.Admin.PostAsync("/w/acme/invite", ("people", "  "));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, none.Status);

        var made = await site.Admin.PostLedAsync(
            "/w/acme/invite",
            ("people", "grace"),
            ("role", "member"),
            ("provider", "entra"),
            ("tenantId", "0193510f-77aa-4c1b-9d11-3b0f5f1a2c44")
        );
        Assert.Equal(HttpStatusCode.OK, made.Status);
        Assert.Contains("Invited, no mail is sent", made.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    [Shows("S0-31", "S1-39", "S2-19", "S2-20", "S3-23", "S3-28")]
    public async Task A_link_is_shown_on_demand_renewed_and_revoked(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var invitation = await site.InviteAsync("grace@example.com");
        var led = await site.Admin.PostAsync($"/w/acme/invitations/{invitation.Id}/link");
        Assert.Equal(HttpStatusCode.SeeOther, led.Status);
        var shown = await site.Admin.LedAsync(led);
        Assert.Equal(HttpStatusCode.OK, shown.Status);
        var first = Link().Match(shown.Text).Groups[1].Value;
        Assert.Equal(InvitationStatus.Pending, (await site.Server.Service<ReadInvitationByLink>().RunAsync(first, Ct)).Value.Status);

        var menu = await site.Admin.MenuAsync("/w/acme/members?q=gra", invitation.MemberId);
        var again = await site.Admin.LedAsync(await site.Admin.PressAsync(menu, $"/w/acme/invitations/{invitation.Id}/resend"));
        Assert.Contains("Invitation sent again", again.Text, StringComparison.Ordinal);
        var second = Link().Match(again.Text).Groups[1].Value;
        Assert.NotEqual(first, second);
        Assert.Contains("href=\"/w/acme/members?q=gra\"", again.Text, StringComparison.Ordinal);
        Assert.False((await site.Server.Service<ReadInvitationByLink>().RunAsync(first, Ct)).Done);

        var asked = await site.Admin.GetAsync($"/w/acme/invitations/{invitation.Id}/revoke");
        Assert.Contains("the invitation of grace@example.com?", asked.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync($"/w/acme/invitations/{Guid.CreateVersion7()}/revoke")).Status);
        var revoked = await site.Admin.PressAsync(asked, $"/w/acme/invitations/{invitation.Id}/revoke");
        Assert.Equal("/w/acme/invitations", revoked.Location);
        Assert.NotEqual(InvitationStatus.Pending, (await site.Server.Service<ReadInvitationByLink>().RunAsync(second, Ct)).Value.Status);
        var closed = await site.Admin.PostAsync($"/w/acme/invitations/{invitation.Id}/link");
        Assert.Equal(HttpStatusCode.Conflict, closed.Status);
        Assert.Contains("This invitation was revoked.", closed.Text, StringComparison.Ordinal);
        Assert.Contains(
            "grace@example.com",
            (await site.Admin.GetAsync("/w/acme/invitations?status=revoked")).Text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "grace@example.com",
            (await site.Admin.GetAsync("/w/acme/invitations?status=pending")).Text,
            StringComparison.Ordinal
        );
    }

    [Theory, EachDatabase]
    [Shows("S4-33")]
    public async Task What_is_left_of_the_days_mails_stands_on_the_form_and_none_are_sent_beyond(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        Assert.DoesNotContain("can be mailed today", (await site.Admin.GetAsync("/w/acme/invite")).Text, StringComparison.Ordinal);
        await using (var db = site.Server.Store.Read())
        {
            var now = (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, Ct))!;
            var wanted = now.Configuration with { Invitations = now.Configuration.Invitations with { MailsPerDay = 2 } };
            await site.Server.Service<ChangeConfiguration>().RunAsync(Actor.Operator, site.Workspace.Id, now.Row.Version, wanted, Ct);
        }

        (string, string)[] form = [("people", "a@example.com"), ("role", "viewer"), ("sendMail", "true")];
        Assert.Contains(
            "2 of 2 invitations can be mailed today",
            (await site.Admin.GetAsync("/w/acme/invite")).Text,
            StringComparison.Ordinal
        );
        await site.Admin.PostAsync("/w/acme/invite", form);
        Assert.Contains(
            "1 of 2 invitations can be mailed today",
            (await site.Admin.GetAsync("/w/acme/invite")).Text,
            StringComparison.Ordinal
        );
        form[0] = ("people", "b@example.com, c@example.com");
        var mixed = await site.Admin.PostLedAsync("/w/acme/invite", form);
        Assert.Contains("1 of 2 people are invited", mixed.Text, StringComparison.Ordinal);
        form[0] = ("people", "d@example.com");
        var none = await site.Admin.PostAsync("/w/acme/invite", form);
        Assert.Equal(HttpStatusCode.TooManyRequests, none.Status);
        Assert.Contains("No more invitations can be mailed today", none.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await site.Admin.PostAsync("/w/acme/invite", form[..2])).Status); // without mail
    }

    [Fact]
    [Shows("S3-39")]
    public async Task More_open_invitations_than_free_places_are_pointed_out()
    {
        await using var site = await AdminSite.StartAsync(Database.Sqlite, "provider");
        for (var i = 0; i < 9; i++)
        {
            await site.ProvisionAsync($"p{i}@example.com");
        }

        await site.InviteAsync("late@example.com");
        Assert.Contains(
            "1 invitation is open and 0 member slots are free",
            (await site.Admin.GetAsync("/w/acme/invite")).Text,
            StringComparison.Ordinal
        );
    }

    [Theory, EachDatabase]
    public async Task Where_nobody_could_accept_an_invitation_the_form_says_so(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        Assert.DoesNotContain("can be accepted yet", (await site.Admin.GetAsync("/w/acme/invite")).Text, StringComparison.Ordinal);
        await using var bound = await AdminSite.StartAsync(kind, "provider"); // invites to Google and Entra, and neither is connected
        foreach (var path in (string[])["/w/acme/invite", "/w/acme/invitations"])
        {
            var page = await bound.Admin.GetAsync(path);
            Assert.Contains("Not every invitation can be accepted yet", page.Text, StringComparison.Ordinal);
            Assert.Contains("Passwords are not taken here and no provider is connected.", page.Text, StringComparison.Ordinal);
        }
    }

    [Theory, EachDatabase]
    public async Task What_one_may_not_touch_has_no_menu(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "ranked");
        var below = site.Workspace.Configuration with
        {
            Roles = [.. site.Workspace.Configuration.Roles.Select(r => r.Key == "manager" ? r with { CanGrantUpTo = "editor" } : r)],
        };
        var changed = await new ChangeConfiguration(site.Server.Store).RunAsync(
            Actor.Operator,
            site.Workspace.Id,
            null,
            below,
            TestContext.Current.CancellationToken
        );
        Assert.True(changed.Done, changed.Refusal?.Message);
        var (manager, _) = await site.JoinAsync("manager@example.com", "manager");
        await site.InviteAsync("boss@example.com", "admin");
        await site.InviteAsync("ed@example.com", "editor");
        foreach (var (who, sees) in new[] { (manager, false), (site.Admin, true) })
        {
            var list = (await who.GetAsync("/w/acme/invitations")).Text;
            Assert.Contains("Actions: invitation of ed@example.com", list, StringComparison.Ordinal);
            Assert.Equal(sees, list.Contains("Actions: invitation of boss@example.com", StringComparison.Ordinal));
        }
    }

    [GeneratedRegex("/invite/([A-Za-z0-9_-]{63})\"")]
    private static partial Regex Link();

    [GeneratedRegex("<textarea[^>]*name=\"people\"[^>]*>([^<]*)</textarea>")]
    private static partial Regex People();
}
