using System.Net;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>What the plan allows, on pages: in the words of each preset, and with what one can do about it.</summary>
public class PlanPagesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    [Shows("S4-12", "S4-14", "S4-21", "S4-22", "S4-23", "S4-33")]
    public async Task Usage_and_billing_tells_both_numbers_and_whom_to_turn_to(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var list = await site.Admin.GetAsync("/w/acme/members");
        Assert.Contains(">Usage &amp; Billing<", list.Text, StringComparison.Ordinal);
        var page = await site.Admin.GetAsync("/w/acme/subscription");
        Says(
            page,
            "<h1><bdi>Usage &amp; Billing</bdi>",
            "aria-valuetext=\"1 of 25\"",
            "aria-valuetext=\"0 of 2,000\"",
            "Upgrade now",
            "id=\"upgrade\""
        );
        Says(page, "Whoever runs the server changes its plan");
        Lacks(page, "Manage Subscription", "Over the limit");
        Says(await site.Admin.GetAsync("/w/acme/subscription/upgrade"), "data-dialog-body", "Whoever runs the server changes its plan");
        var none = await site.Admin.GetAsync("/w/acme/subscription/manage");
        Says(none, "Whoever runs the server changes its plan");

        for (var i = 0; i < 3; i++)
        {
            await site.ProvisionAsync($"p{i}@example.com", "Person", $"{i}");
        }

        await SetAsync(site, t => t with { Tier = PlanTier.Enterprise, Seats = 2, MailsPerDay = null, Contact = AdminSite.Hostile });
        page = await site.Admin.GetAsync("/w/acme/subscription");
        Says(
            page,
            "Over the limit",
            "4 seats are in use and the plan has 2.",
            "Nobody loses access",
            "contact your account manager",
            "Any number"
        );
        Lacks(page, "Upgrade now", "<script>alert");
        Lacks(await site.Admin.GetAsync("/w/acme/invite"), "invitation mails", "can be mailed today");

        var (viewer, _) = await site.JoinAsync("vera@example.com", "viewer");
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/w/acme/subscription/manage")).Status);
    }

    [Theory, EachDatabase]
    [Shows("S4-29", "S4-33")]
    public async Task A_trial_tells_what_is_left_of_its_mails_on_the_form_and_when_it_ends(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, time: clock);
        var last = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await SetAsync(
            site,
            t =>
                t with
                {
                    Tier = PlanTier.Trial,
                    MailsInAll = 200,
                    MailsPerDay = null,
                    TrialEnds = last,
                    Contact = "Sales, sales@example.com",
                }
        );
        Says(await site.Admin.GetAsync("/w/acme/invite"), "200 of 200 invitation mails are left in all");
        (string, string)[] form = [("people", "a@example.com"), ("role", "viewer"), ("sendMail", "true")];
        Assert.Equal(HttpStatusCode.SeeOther, (await site.Admin.PostAsync("/w/acme/invite", form)).Status);
        Says(await site.Admin.GetAsync("/w/acme/invite"), "199 of 200 invitation mails are left in all");
        await SetAsync(site, t => t with { MailsInAll = 1 });
        form[0] = ("people", "b@example.com");
        var refused = await site.Admin.PostAsync("/w/acme/invite", form);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Says(refused, "1 of 1 invitation mails of this plan are used", "b@example.com");
        Says(await site.Admin.GetAsync("/w/acme/subscription"), "Trial until", "Sales, sales@example.com", "never comes back", "in all");

        clock.Advance(TimeSpan.FromDays(1));
        var page = await site.Admin.GetAsync("/w/acme/subscription");
        Says(page, "The trial ended on", "Nobody loses access", "No invitations are mailed any more: the trial is over.");
        Lacks(page, "mails of this plan are used");
        refused = await site.Admin.PostAsync("/w/acme/invite", form);
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Says(refused, "The trial ended on");
    }

    [Fact]
    [Shows("S3-34", "S3-35", "S3-36")]
    public async Task Subscription_of_the_provider_preset_shows_limits_and_where_there_is_more()
    {
        await using var site = await AdminSite.StartAsync(Database.Sqlite, "provider");
        var page = await site.Admin.GetAsync("/w/acme/subscription");
        Says(page, "<h1><bdi>Subscription</bdi>", ">Limits<", "aria-valuetext=\"1 of 10\"", "contact support or see the pricing page");
        Lacks(page, "Upgrade now", "Usage &amp; Billing");
        await SetAsync(site, t => t with { MemberSlots = 11 });
        Says(await site.Admin.GetAsync("/w/acme/subscription"), "aria-valuetext=\"1 of 11\"");
        Says(await site.Admin.GetAsync("/w/acme/settings"), "aria-valuetext=\"1 of 11\"", "belongs to the plan");
    }

    private static Task<Membership.Outcome<WorkspaceContext>> SetAsync(AdminSite site, Func<PlanTerms, PlanTerms> change) =>
        site.Server.Service<SetPlan>().RunAsync(Actor.Operator, site.Workspace.Id, change, Ct);

    private static void Says(Answer page, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            Assert.Contains(word, page.Text, StringComparison.Ordinal);
        }
    }

    private static void Lacks(Answer page, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            Assert.DoesNotContain(word, page.Text, StringComparison.Ordinal);
        }
    }
}
