using System.Net;
using Microsoft.EntityFrameworkCore;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Retention;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>A form is posted again, or the page that shows what it made is loaded again: nothing is made a second time.</summary>
public sealed class OnceTests
{
    private const string Made = "This was made already";

    [Theory, EachDatabase]
    public async Task A_form_that_shows_a_secret_is_done_once_however_often_it_is_posted(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        (string Page, string Action, (string, string)[] Fields)[] forms =
        [
            ("/apps/new?kind=web", "/apps", [("name", "Notes"), ("redirects", "https://notes.example.com/callback")]),
            ("/api-keys", "/api-keys", [("name", "HR"), ("role", "member"), ("days", "30")]),
            ("/directory", "/directory/tokens", [("name", "Entra"), ("days", "30")]),
            ("/webhooks", "/webhooks", [("name", "Billing"), ("url", "https://billing.example.com/hook")]),
        ];
        foreach (var (page, action, fields) in forms)
        {
            await IsOnceAsync(site, await site.Admin.GetAsync("/w/acme" + page), "/w/acme" + action, fields);
        }

        foreach (var below in (string[])["/apps", "/webhooks"])
        {
            var list = await site.Admin.GetAsync("/w/acme" + below);
            var one = System.Text.RegularExpressions.Regex.Match(list.Text, $"\"(/w/acme{below}/[^\"/?]{{20,}})\"").Groups[1].Value;
            await IsOnceAsync(site, await site.Admin.GetAsync(one), one + "/secrets");
        }

        await using var db = site.Server.Store.Read();
        Assert.Equal(
            (1, 1, 1, 1),
            (
                await db.Clients.CountAsync(),
                await db.ApiKeys.CountAsync(),
                await db.ScimCredentials.CountAsync(),
                await db.Webhooks.CountAsync()
            )
        );
        Assert.Equal(2, Membership.Webhooks.WebhookSecrets.Of(await db.Webhooks.AsNoTracking().SingleAsync()).Count);
        Assert.Equal(2, Membership.Apps.ClientSecrets.Of(await db.Clients.AsNoTracking().SingleAsync()).Count);
    }

    [Theory, EachDatabase]
    public async Task A_form_of_invitations_leads_to_what_it_made_however_often_it_is_posted_or_that_is_loaded(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var invitation = await site.InviteAsync("grace@example.com");
        (string Page, string Action, (string, string)[] Fields)[] forms =
        [
            ("/invite-links", "/invite-links", [("role", "member"), ("days", "30")]),
            ("/invitations", $"/invitations/{invitation.Id}/resend", []),
            ("/invite", "/invite", [("people", "a@example.com"), ("role", "viewer")]),
            ("/invite", "/invite", [("people", "b@example.com, c@example.com"), ("role", "viewer")]),
        ];
        foreach (var (page, action, fields) in forms)
        {
            var form = await site.Admin.GetAsync("/w/acme" + page);
            var first = await site.Admin.PressAsync(form, "/w/acme" + action, fields);
            Assert.True(first is { Status: HttpStatusCode.SeeOther, Location: { } }, $"{action}: {first.Status}");
            var shown = await site.Admin.LedAsync(first);
            Assert.Equal(HttpStatusCode.OK, shown.Status);
            Assert.Matches("/invite/[A-Za-z0-9_-]{43,}\"", shown.Text);
            var lines = await LinesAsync(site);
            var second = await site.Admin.PressAsync(form, "/w/acme" + action, fields);
            Assert.Equal((first.Status, first.Location), (second.Status, second.Location));
            var again = await site.Admin.LedAsync(second);
            Assert.Equal(Secrets(shown), Secrets(again));
            Assert.Equal(lines, await LinesAsync(site));
        }

        static IEnumerable<string> Secrets(Answer page) =>
            System.Text.RegularExpressions.Regex.Matches(page.Text, "/invite/[A-Za-z0-9_-]{43,}\"").Select(m => m.Value);
    }

    [Theory, EachDatabase]
    public async Task Of_twenty_posts_at_once_at_two_servers_one_makes_a_key_and_the_number_is_forgotten_after_a_day(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, time: clock);
        await using var there = await site.AnotherServerAsync(clock);
        using var elsewhere = new Person(there, site.Admin.Session);
        var page = await site.Admin.GetAsync("/w/acme/api-keys");
        var number = Person.NumberOf(page, "/w/acme/api-keys")!;
        await elsewhere.PostAsync("/w/acme/api-keys"); // it has an antiforgery token now
        var answers = await Rivals.RaceAsync(
            20,
            i =>
                (i % 2 == 0 ? site.Admin : elsewhere).PostAsync(
                    "/w/acme/api-keys",
                    ("formNumber", number),
                    ("name", $"key {i}"),
                    ("role", "member"),
                    ("days", "30")
                )
        );
        Assert.Single(answers, a => a.Required.Status == HttpStatusCode.Created);
        Assert.Equal(
            19,
            answers.Count(a => a.Required is { Status: HttpStatusCode.Conflict } no && no.Text.Contains(Made, StringComparison.Ordinal))
        );
        Assert.DoesNotContain(
            answers,
            a => a.Required.Status != HttpStatusCode.Created && a.Required.Text.Contains("umapi_", StringComparison.Ordinal)
        );
        Assert.Equal((1, 1), await CountAsync(site));

        clock.Advance(TimeSpan.FromHours(26));
        await site.Server.Service<SweepOver>().RunAsync(new(), default);
        Assert.Equal((1, 0), await CountAsync(site));
    }

    [Theory, EachDatabase]
    public async Task A_number_is_good_for_its_form_in_its_session_for_twelve_hours(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, time: clock);
        const string path = "/w/acme/invite";
        (string, string)[] fields = [("people", "jo@example.com"), ("role", "viewer")];
        var page = await site.Admin.GetAsync(path);
        var number = Person.NumberOf(page, path)!;
        foreach (
            var wrong in (string[])
                [
                    "",
                    "nonsense",
                    new('A', 2000),
                    number[..^2] + (number[^2] == 'A' ? "B" : "A") + number[^1],
                    Person.NumberOf(await site.Admin.GetAsync("/w/acme/directory"), "/w/acme/directory/tokens")!,
                ]
        )
        {
            var shown = await site.Admin.PressAsync(page, path, [("formNumber", wrong), .. fields]);
            Assert.Equal(HttpStatusCode.Conflict, shown.Status);
            Assert.Contains("This page was open for too long", shown.Text, StringComparison.Ordinal);
            Assert.Contains("jo@example.com", shown.Text, StringComparison.Ordinal); // nothing that was typed is lost
        }

        clock.Advance(FormLifetime);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PressAsync(page, path, fields)).Status);
        Assert.Equal(0, (await CountAsync(site)).Numbers);
        Assert.True(FormLifetime < RunOnce.Kept);

        // what was refused made nothing: the same number is good still
        page = await site.Admin.GetAsync(path);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await site.Admin.PressAsync(page, path, [("people", ""), .. fields[1..]])).Status
        );
        Assert.Equal(0, (await CountAsync(site)).Numbers);
        Assert.Equal(HttpStatusCode.SeeOther, (await site.Admin.PressAsync(page, path, fields)).Status);
        Assert.Equal(1, (await CountAsync(site)).Numbers);

        // another session of the same person was not shown it
        var theirs = await site.Admin.GetAsync(path);
        var (other, _) = await site.JoinAsync("lin@example.com", "admin");
        using (other)
        {
            (site.Admin.Session, other.Session) = (other.Session, site.Admin.Session);
            Assert.NotEqual(
                HttpStatusCode.SeeOther,
                (await site.Admin.PressAsync(theirs, path, ("people", "k@example.com"), ("role", "viewer"))).Status
            );
        }
    }

    private static TimeSpan FormLifetime => Ui.FormNumber.Lifetime;

    private static async Task IsOnceAsync(AdminSite site, Answer page, string action, params (string, string)[] fields)
    {
        Assert.True(Person.NumberOf(page, action) is not null, $"{action}: its form has no number");
        var first = await site.Admin.PressAsync(page, action, fields);
        Assert.True(first.Status is HttpStatusCode.Created or HttpStatusCode.OK, $"{action}: {first.Status}");
        var lines = await LinesAsync(site);
        var second = await site.Admin.PressAsync(page, action, fields);
        Assert.True(second.Status == HttpStatusCode.Conflict, $"{action}: {second.Status}");
        Assert.Contains(Made, second.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/w/acme/", second.Text, StringComparison.Ordinal);
        Assert.Equal(lines, await LinesAsync(site));
    }

    private static async Task<int> LinesAsync(AdminSite site)
    {
        await using var db = site.Server.Store.Read();
        return await db.AuditEntries.CountAsync();
    }

    private static async Task<(int Keys, int Numbers)> CountAsync(AdminSite site)
    {
        await using var db = site.Server.Store.Read();
        return (await db.ApiKeys.CountAsync(), await db.OnceCalls.CountAsync());
    }
}
