using System.Net;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

public class MemberActsTests
{
    [Theory, EachDatabase]
    [Shows("S0-34", "S0-43")]
    public async Task Nobody_changes_their_own_role_or_removes_themselves(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (second, _) = await site.JoinAsync("second@example.com", "admin");
        var me = await site.MeAsync(site.Admin);
        var role = await site.Admin.PostAsync($"/w/acme/members/{me.Id}/role", ("role", "member"));
        Assert.Equal(HttpStatusCode.Conflict, role.Status);
        Assert.Contains("You cannot change your own role. Another admin can.", role.Text, StringComparison.Ordinal);
        Assert.Contains("id=\"members\"", role.Text, StringComparison.Ordinal);

        var removed = await site.Admin.PostAsync($"/w/acme/members/{me.Id}/remove", ("from", "member"));
        Assert.Equal(HttpStatusCode.Conflict, removed.Status);
        Assert.Contains("You cannot remove yourself. Another admin can.", removed.Text, StringComparison.Ordinal);
        Assert.Contains("Why does this person have access?", removed.Text, StringComparison.Ordinal);
        Assert.Equal(me, await site.ReadAsync(me.Id));

        var list = await site.Admin.GetAsync("/w/acme/members?q=ada");
        Assert.DoesNotContain($"/members/{me.Id}/remove", list.Text, StringComparison.Ordinal);
        Assert.Matches($"<select[^>]*id=\"r-{me.Id.ToString()[^10..]}\"[^>]*disabled", list.Text);
        second.Dispose();
    }

    [Theory, EachDatabase]
    [Shows("S4-04")]
    public async Task The_last_admin_stays_and_the_page_says_why(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (second, member) = await site.JoinAsync("second@example.com", "admin");
        var me = await site.MeAsync(site.Admin);
        Assert.Equal(HttpStatusCode.SeeOther, (await second.PostAsync($"/w/acme/members/{me.Id}/suspend")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await site.Admin.GetAsync("/w/acme/members")).Status);
        var alone = await second.PostAsync($"/w/acme/members/{member.Id}/role", ("role", "viewer"));
        Assert.Equal(HttpStatusCode.Conflict, alone.Status);
        Assert.True((await site.ReadAsync(member.Id)).State == MemberState.Active);
        second.Dispose();
    }

    [Theory, EachDatabase]
    [Shows("S0-33", "S1-44", "S4-08")]
    public async Task A_slip_can_be_undone_and_the_list_stays_as_it_was(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        foreach (var (act, state) in new[] { ("suspend", MemberState.Suspended), ("remove", MemberState.Removed) })
        {
            var path = $"/w/acme/members/{member.Id}/{act}";
            var page =
                act == "remove"
                    ? await site.Admin.GetAsync(path + "?state=%3Fq%3Dgra")
                    : await site.Admin.MenuAsync("/w/acme/members?q=gra", member.Id);
            var done = await site.Admin.PressAsync(page, path);
            Assert.Equal(HttpStatusCode.SeeOther, done.Status);
            Assert.Equal("/w/acme/members?q=gra", done.Location);
            Assert.Equal(state, (await site.ReadAsync(member.Id)).State);

            var after = await site.Admin.GetAsync(done.Location!);
            Assert.Contains("Grace Hopper " + (act == "suspend" ? "is suspended" : "was removed"), after.Text, StringComparison.Ordinal);
            Assert.Contains(">Undo<", after.Text, StringComparison.Ordinal);
            var undone = await site.Admin.PressAsync(after, $"/w/acme/members/{member.Id}/restore");
            Assert.Equal("/w/acme/members?q=gra", undone.Location);
            Assert.Equal(MemberState.Active, (await site.ReadAsync(member.Id)).State);
            Assert.DoesNotContain(">Undo<", (await site.Admin.GetAsync("/w/acme/members")).Text, StringComparison.Ordinal);
        }

        var role = await site.Admin.PressAsync(
            await site.Admin.GetAsync("/w/acme/members?q=gra"),
            $"/w/acme/members/{member.Id}/role",
            ("role", "viewer")
        );
        var told = await site.Admin.GetAsync(role.Location!);
        Assert.Contains("Grace Hopper is now Viewer.", told.Text, StringComparison.Ordinal);
        await site.Admin.PostAsync($"/w/acme/members/{member.Id}/role", ("role", "member"));
        Assert.Equal("member", (await site.ReadAsync(member.Id)).Role);
    }

    [Theory, EachDatabase]
    public async Task Nobody_is_asked_whether_they_want_to_remove_themselves(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var path = $"/w/acme/members/{(await site.MeAsync(site.Admin)).Id}/remove";
        foreach (var answer in new[] { await site.Admin.GetAsync(path), await site.Admin.PostAsync(path) })
        {
            Assert.Equal(HttpStatusCode.Conflict, answer.Status);
            Assert.Contains("You cannot remove yourself. Another admin can.", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory, EachDatabase]
    public async Task A_person_has_one_colour_on_every_page(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (grace, member) = await site.JoinAsync("grace@example.com", "admin");
        using var _ = grace;
        var colours = new List<string>();
        foreach (
            var (page, name) in new[]
            {
                (await grace.GetAsync("/w/acme/members"), "a class=\"person-name\" href=\"/w/acme/members/" + member.Id),
                (
                    await grace.GetAsync($"/w/acme/invitations?status=accepted"),
                    "a class=\"person-name\" href=\"/w/acme/members/" + member.Id
                ),
                (await grace.GetAsync("/w/acme/members"), "span class=\"person-name\""), // the own menu
            }
        )
        {
            var row = System.Text.RegularExpressions.Regex.Match(
                page.Text,
                "<span class=\"person\">\\s*<span class=\"avatar (avatar-[0-7])\"[^>]*></span>\\s*<span class=\"person-text\">\\s*"
                    + "<span class=\"person-line\">\\s*<"
                    + name
            );
            Assert.True(row.Success, name);
            colours.Add(row.Groups[1].Value);
        }

        Assert.Single(colours.Distinct());
    }

    [Theory, EachDatabase]
    public async Task A_way_back_never_leads_off_the_list(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        foreach (
            var evil in new[]
            {
                "//evil.example",
                "https://evil.example",
                "/\\evil.example",
                "?q=a&returnUrl=//evil.example",
                "javascript:alert(1)",
                "\r\nLocation: x",
            }
        )
        {
            var done = await site.Admin.PostAsync($"/w/acme/members/{member.Id}/suspend", ("state", evil));
            Assert.Equal(HttpStatusCode.SeeOther, done.Status);
            Assert.StartsWith("/w/acme/members", done.Location, StringComparison.Ordinal);
            Assert.DoesNotContain("evil", done.Location, StringComparison.Ordinal);
        }
    }

    [Theory, EachDatabase]
    [Shows("S4-11")]
    public async Task A_role_for_which_no_seat_is_free_is_refused_in_place(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        Member? last = null;
        for (var i = 0; i < 25; i++)
        {
            last = await site.ProvisionAsync($"p{i:00}@example.com", $"P{i:00}");
        }

        Assert.Equal("viewer", last!.Role);
        var answer = await site.Admin.PostAsync($"/w/acme/members/{last.Id}/role", ("role", "member"), ("state", "?q=p24"));
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("Role not changed", answer.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"p24\"", answer.Text, StringComparison.Ordinal);
        var page = await site.Admin.GetAsync($"/w/acme/members/{last.Id}");
        Assert.Contains("The role Member came with the directory", page.Text, StringComparison.Ordinal);
        Assert.Contains("No seat was free, so it is Viewer until one is given.", page.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task What_was_typed_on_a_page_out_of_date_can_be_saved_beside_what_another_admin_did(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (_, member) = await site.JoinAsync("grace@example.com", "member");
        var path = $"/w/acme/members/{member.Id}";
        var old = await site.Admin.GetAsync(path);
        await site.Admin.PressAsync(await site.Admin.GetAsync(path), path, ("role", "viewer"));
        var stale = await site.Admin.PressAsync(old, path, ("givenName", "Grace"));
        Assert.Equal(HttpStatusCode.Conflict, stale.Status);
        Assert.Contains("value=\"Grace\"", stale.Text, StringComparison.Ordinal);
        Assert.Contains("name=\"was-role\" value=\"viewer\"", stale.Text, StringComparison.Ordinal);
        var saved = await site.Admin.PressAsync(stale, path, ("givenName", "Grace"), ("role", "viewer"));
        Assert.Equal(HttpStatusCode.SeeOther, saved.Status);
        var now = await site.ReadAsync(member.Id);
        Assert.Equal(("Grace", "viewer"), (now.ShownName, now.Role));
    }

    [Theory, EachDatabase]
    public async Task All_that_was_changed_is_saved_by_one_button_and_undone_by_another(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (person, member) = await site.JoinAsync("grace@example.com", "member");
        var (old, fresh) = (await GroupAsync(site, "Old", member.Id), await GroupAsync(site, "Fresh"));
        var path = $"/w/acme/members/{member.Id}";
        var page = await site.Admin.GetAsync(path);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(page.Text, ">Save changes<"));
        (string, string)[] typed =
        [
            ("givenName", "Grace"),
            ("familyName", "Hopper"),
            ("role", "viewer"),
            ("groups", fresh.ToString()),
            ("lastDay", "2035-01-31"),
            ("sponsor", "ada@example.com"),
        ];
        var saved = await site.Admin.PressAsync(page, path, typed);
        Assert.Equal((HttpStatusCode.SeeOther, path), (saved.Status, saved.Location));
        Assert.Equal(("Grace Hopper", "viewer"), await NowAsync());
        var told = await site.Admin.GetAsync(path);
        Assert.Contains(
            "The name is now Grace Hopper. Grace Hopper is now Viewer. This role uses no seat. Added to Fresh. Taken out of Old. "
                + "The last day is 31 January 2035.",
            told.Text,
            StringComparison.Ordinal
        );
        Assert.Contains("value=\"2035-01-31\"", told.Text, StringComparison.Ordinal);

        // the page of before is stale: what was typed is still there, beside what somebody else has made of the rest meanwhile
        var stale = await site.Admin.PressAsync(page, path, ("givenName", "Other"), ("familyName", "Name"));
        Assert.Equal(HttpStatusCode.Conflict, stale.Status);
        Assert.Contains("changed by somebody else", stale.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"Other\"", stale.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"2035-01-31\"", stale.Text, StringComparison.Ordinal);
        Assert.Matches($"value=\"{fresh}\"[^>]* checked", stale.Text);

        var undone = await site.Admin.PressAsync(told, path);
        Assert.Equal(HttpStatusCode.SeeOther, undone.Status);
        Assert.Equal(("grace@example.com", "member"), await NowAsync());
        var back = await site.Admin.GetAsync(path);
        Assert.Matches($"value=\"{old}\"[^>]* checked", back.Text);
        Assert.DoesNotMatch($"value=\"{fresh}\"[^>]* checked", back.Text);
        Assert.Contains(">Undo<", back.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("2035-01-31", (await site.Admin.GetAsync(path)).Text, StringComparison.Ordinal);

        // nothing typed, nothing done
        await site.Admin.PressAsync(await site.Admin.GetAsync(path), path, ("groups", old.ToString()));
        Assert.Contains("Nothing was changed", (await site.Admin.GetAsync(path)).Text, StringComparison.Ordinal);
        person.Dispose();

        async Task<(string, string)> NowAsync()
        {
            var now = await site.ReadAsync(member.Id);
            return (now.ShownName, now.Role);
        }
    }

    [Theory, EachDatabase]
    [Shows("S0-36")]
    public async Task Edit_puts_somebody_into_groups_and_takes_them_out(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "licensed");
        var (person, member) = await site.JoinAsync("grace@example.com", "user");
        person.Dispose();
        var (old, fresh) = (await GroupAsync(site, "Old", member.Id), await GroupAsync(site, "Fresh"));
        var path = $"/w/acme/members/{member.Id}";
        var menu = await site.Admin.MenuAsync("/w/acme/members", member.Id);
        Assert.Matches($"(?s)<a class=\"menu-item\" href=\"{path}\"[^>]*>.*?<span class=\"menu-item-label\">Edit</span>", menu.Text);
        foreach (
            var (ticked, then) in new (Id<Membership.Groups.Group>[], string[])[]
            {
                ([fresh], ["Fresh"]), // into one and out of the other in one go
                ([fresh, old], ["Fresh", "Old"]),
                ([old], ["Old"]),
                ([], []),
            }
        )
        {
            var saved = await site.Admin.PressAsync(await FormAsync(), path, [.. ticked.Select(g => ("groups", g.ToString()))]);
            Assert.Equal((HttpStatusCode.SeeOther, path), (saved.Status, saved.Location));
            var now = await site.Server.Service<MemberPage>().RunAsync(Actor.Operator, site.Workspace.Id, member.Id, default);
            Assert.Equal(then, now.Value.Groups.Select(g => g.DisplayName).Order(StringComparer.Ordinal));
            var form = await FormAsync();
            foreach (var group in (Id<Membership.Groups.Group>[])[old, fresh])
            {
                Assert.Equal(
                    ticked.Contains(group),
                    System.Text.RegularExpressions.Regex.IsMatch(form.Text, $"value=\"{group}\"[^>]* checked")
                );
            }
        }

        // looked at twice: the note of the save before, whose Undo posts to the same path, is gone by then
        async Task<Answer> FormAsync()
        {
            await site.Admin.GetAsync(path);
            return await site.Admin.GetAsync(path);
        }
    }

    [Theory, EachDatabase]
    public async Task What_is_refused_is_told_at_each_field_and_nothing_of_it_is_done(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (person, member) = await site.JoinAsync("grace@example.com", "member");
        var path = $"/w/acme/members/{member.Id}";
        var refused = await site.Admin.PressAsync(
            await site.Admin.GetAsync(path),
            path,
            ("givenName", AdminSite.Hostile),
            ("familyName", new string('x', 600)),
            ("role", "nosuch"),
            ("lastDay", "soon"),
            ("joins", "nonsense")
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        foreach (
            var why in (string[])
                ["familyName is longer than", "There is no such role", "A day is written as 2026-03-14.", "There is no such group."]
        )
        {
            Assert.Contains(why, refused.Text, StringComparison.Ordinal);
        }

        Assert.Contains(System.Text.Encodings.Web.HtmlEncoder.Default.Encode(AdminSite.Hostile), refused.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"soon\"", refused.Text, StringComparison.Ordinal);
        Assert.Equal(member, await site.ReadAsync(member.Id));

        var directory = await site.ProvisionAsync("entra@example.com", "From", "Entra");
        var managed = await site.Admin.PostAsync($"/w/acme/members/{directory.Id}", ("givenName", "Other"), ("from", "member"));
        Assert.Equal(HttpStatusCode.Conflict, managed.Status);
        Assert.Contains("comes from your directory", managed.Text, StringComparison.Ordinal);
        person.Dispose();
    }

    [Theory, EachDatabase]
    [Shows("S2-28", "S2-29")]
    public async Task A_password_reset_is_offered_and_sent_only_where_there_is_a_password(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (person, member) = await site.JoinAsync("grace@example.com", "member");
        var page = await site.Admin.GetAsync($"/w/acme/members/{member.Id}");
        Assert.Equal(HttpStatusCode.SeeOther, (await site.Admin.PressAsync(page, $"/w/acme/members/{member.Id}/password-reset")).Status);

        var directory = await site.ProvisionAsync("entra@example.com");
        Assert.DoesNotContain(
            "password-reset",
            (await site.Admin.GetAsync($"/w/acme/members/{directory.Id}")).Text,
            StringComparison.Ordinal
        );
        var refused = await site.Admin.PostAsync($"/w/acme/members/{directory.Id}/password-reset", ("from", "member"));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("has no password here", refused.Text, StringComparison.Ordinal);
        person.Dispose();
    }

    [Theory, EachDatabase]
    public async Task Things_that_are_not_there_are_not_found(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (other, stranger) = await AdminSite.NewWorkspaceAsync(site.Server, "other", "Other", "seats", "stranger@example.com");
        var foreign = (
            await site
                .Server.Service<Membership.Accounts.ReadSession>()
                .RunAsync(stranger.Session, "other", TestContext.Current.CancellationToken)
        )!.Member!;
        foreach (var id in new[] { foreign.Id.ToString(), "00000000-0000-0000-0000-000000000000", "nonsense", "%20", other.Id.ToString() })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync($"/w/acme/members/{id}")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.PostAsync($"/w/acme/members/{id}/suspend")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync($"/w/acme/groups/{id}")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.PostAsync($"/w/acme/invitations/{id}/link")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.PostAsync($"/w/acme/directory/tokens/{id}/revoke")).Status);
        }

        stranger.Dispose();
    }

    private static async Task<Id<Membership.Groups.Group>> GroupAsync(AdminSite site, string name, params Id<Member>[] members) =>
        (
            await site
                .Server.Service<Membership.Groups.CreateGroup>()
                .RunAsync(Actor.Operator, site.Workspace.Id, new() { DisplayName = name }, members, default)
        )
            .Value
            .Group
            .Id;
}
