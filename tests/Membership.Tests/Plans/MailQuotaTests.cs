using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Plans;

/// <summary>The mails of a plan: counted with the order of each, so that rivals cannot pass the limit.</summary>
public sealed class MailQuotaTests
{
    [Theory, EachDatabase]
    [Shows("S4-29", "S4-32")]
    public async Task A_trial_has_so_many_mails_in_all_and_none_comes_back(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await SetAsync(acme, t => t with { Tier = PlanTier.Trial, MailsInAll = 3, MailsPerDay = null });
        var first = (await InviteAsync(acme, "a@acme.test")).Value;
        Assert.True((await new ResendInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, first.Invitation.Id, default)).Done);
        Assert.True((await InviteAsync(acme, "handed@acme.test", mail: false)).Done); // no mail, nothing counted
        Assert.Equal(new MailsLeft(3, 1, true), await LeftAsync(acme));
        var last = (await InviteAsync(acme, "b@acme.test")).Value;
        await new RevokeInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, last.Invitation.Id, default);
        acme.Clock.Advance(TimeSpan.FromDays(40));
        await new SweepOver(acme.Store).RunAsync(new(), default);
        var refusal = (await InviteAsync(acme, "c@acme.test")).Refusal!;
        Assert.Equal((RefusalKind.TooMany, "mailQuota", null), (refusal.Kind, refusal.Code, refusal.RetryAfter));
        Assert.Equal(
            "mailQuota",
            (await new ResendInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, first.Invitation.Id, default)).Refusal?.Code
        );
        Assert.True((await InviteAsync(acme, "c@acme.test", mail: false)).Done);
        Assert.Equal(new MailsLeft(3, 0, true), await LeftAsync(acme));
        await using var db = acme.Store.Read();
        Assert.Equal(3, await db.MailCounts.Where(c => c.Period == "all").Select(c => c.Used).SingleAsync());

        await SetAsync(acme, t => t with { MailsInAll = 5 }); // the plan grew, what was used stays used
        Assert.Equal(new MailsLeft(5, 2, true), await LeftAsync(acme));
    }

    [Theory, EachDatabase]
    [Shows("S4-30", "S4-31")]
    public async Task A_business_has_so_many_a_day_and_others_any_number(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var night = acme.Clock.GetUtcNow().UtcDateTime.Date.AddDays(1) - acme.Clock.GetUtcNow().UtcDateTime - TimeSpan.FromMinutes(10);
        acme.Clock.Advance(night); // ten minutes before midnight
        await SetAsync(acme, t => t with { Tier = PlanTier.Business, MailsPerDay = 2 });
        Assert.True((await InviteAsync(acme, "a@acme.test")).Done);
        Assert.True((await InviteAsync(acme, "b@acme.test")).Done);
        var refusal = (await InviteAsync(acme, "c@acme.test")).Refusal!;
        Assert.Equal(("mailQuota", TimeSpan.FromMinutes(10)), (refusal.Code, refusal.RetryAfter));
        acme.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(new MailsLeft(2, 2), await LeftAsync(acme));
        Assert.True((await InviteAsync(acme, "c@acme.test")).Done);

        acme.Clock.Advance(TimeSpan.FromDays(5));
        await new SweepOver(acme.Store).RunAsync(new(), default);
        await using (var db = acme.Store.Read())
        {
            Assert.False(await db.MailCounts.AnyAsync());
        }

        foreach (var tier in (PlanTier[])[PlanTier.Pilot, PlanTier.Enterprise])
        {
            await SetAsync(acme, t => t with { Tier = tier, MailsPerDay = null });
            Assert.Equal(new MailsLeft(null, null), await LeftAsync(acme));
            Assert.True((await InviteAsync(acme, $"{tier}@acme.test")).Done);
        }

        await SetAsync(acme, t => t with { MailsPerDay = 0 });
        Assert.Equal("mailQuota", (await InviteAsync(acme, "zero@acme.test")).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task Many_at_once_pass_no_limit(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await SetAsync(acme, t => t with { MailsInAll = 7, MailsPerDay = null });
        var done = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => InviteAsync(acme, $"p{i}@acme.test")));
        Assert.Equal(7, done.Count(d => d.Done));
        Assert.All(done.Where(d => !d.Done), d => Assert.Equal("mailQuota", d.Refusal!.Code));
        await using var db = acme.Store.Read();
        Assert.Equal(7, await db.OutboxMessages.CountAsync(m => m.Kind == OutboxKind.InvitationMail));
        Assert.Equal(7, await db.MailCounts.Select(c => c.Used).SingleAsync());
        await acme.AgreesAsync();
    }

    private static Task<Outcome<WorkspaceContext>> SetAsync(TestWorkspace acme, Func<PlanTerms, PlanTerms> change) =>
        new SetPlan(acme.Store).RunAsync(Actor.Operator, acme.Id, change, default);

    private static async Task<MailsLeft> LeftAsync(TestWorkspace acme) =>
        (await new ReadPlan(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value.Mails;

    private static async Task<Outcome<IssuedInvitation>> InviteAsync(TestWorkspace acme, string name, bool mail = true) =>
        (await new InvitePeople(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { UserNames = [name], SendMail = mail }, default))
            .Value[0]
            .Outcome;
}
