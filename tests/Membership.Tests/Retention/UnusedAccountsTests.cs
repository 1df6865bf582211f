using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Tests.Accounts;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Tests.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Retention;

public sealed class UnusedAccountsTests
{
    [Theory, EachDatabase]
    public async Task An_account_by_which_nobody_ever_became_a_member_goes_after_thirty_days_and_leaves_no_name(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await BeginAsync(rig, "begun@example.com");
        var begun = await rig.AccountAsync("begun@example.com");
        await SweepAsync(rig.Store, rig.Clock, 29);
        Assert.Equal(begun.Id, (await rig.AccountAsync("begun@example.com")).Id);
        await SweepAsync(rig.Store, rig.Clock, 2);
        await using var db = rig.Store.Read();
        Assert.Empty(await db.Accounts.ToListAsync());
        Assert.Empty(await db.LocalCredentials.Where(c => c.AccountId == begun.Id).ToListAsync());
        Assert.All(await rig.AuditAsync("account.created"), l => Assert.Equal((null, null), (l.TargetName, l.After)));
        Assert.Equal(begun.Id.Value, Assert.Single(await rig.AuditAsync("account.erased")).TargetId);

        // Invited anew, they begin anew.
        await BeginAsync(rig, "begun@example.com", again: true);
        Assert.NotEqual(begun.Id, (await rig.AccountAsync("begun@example.com")).Id);
    }

    [Theory, EachDatabase]
    public async Task Whoever_is_or_was_a_member_is_signed_in_or_invited_or_came_lately_keeps_the_account(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("member@example.com");
        var removed = (await rig.JoinAsync("removed@example.com")).Member!;
        Assert.True((await new RemoveMember(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, removed.Id, default)).Done);
        var ended = (await rig.JoinAsync("ended@example.com")).Member!;
        Assert.True((await new EndMember(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, ended.Id, null, default)).Done);
        foreach (var name in (string[])["invited@example.com", "signed-in@example.com", "lately@example.com", "nobody@example.com"])
        {
            await BeginAsync(rig, name);
        }

        rig.Clock.Advance(TimeSpan.FromDays(15));
        Assert.True((await rig.SignInAsync("lately@example.com")).Done); // that session is over when it is looked at
        rig.Clock.Advance(TimeSpan.FromDays(14));
        _ = (
            await new ResendInvitation(rig.Store).RunAsync(
                Actor.Operator,
                rig.Workspace.Id,
                await InvitationAsync(rig, "invited@example.com"),
                default
            )
        ).Value;
        rig.Clock.Advance(TimeSpan.FromDays(2));
        Assert.True((await rig.SignInAsync("signed-in@example.com")).Done);
        await SweepAsync(rig.Store, rig.Clock, 0);
        Assert.Equal(
            [
                "ended@example.com",
                "invited@example.com",
                "lately@example.com",
                "member@example.com",
                "removed@example.com",
                "signed-in@example.com",
            ],
            await LoginsAsync(rig)
        );

        // Later those who came no more go, and members never.
        await SweepAsync(rig.Store, rig.Clock, 60);
        Assert.Equal(["ended@example.com", "member@example.com", "removed@example.com"], await LoginsAsync(rig));
    }

    [Theory, EachDatabase]
    public async Task A_login_at_a_provider_that_led_nowhere_goes_with_its_account(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var oidc = await rig.OwnAsync(ConnectionKind.Oidc);
        var secret = await rig.InviteAsync("jo@acme.com");
        Assert.True((await rig.SignInAsync(rig.Who(oidc), secret)).Done);
        await SweepAsync(rig.Acme.Store, rig.Acme.Clock, 31);
        Assert.Equal((0, 0, 0), await rig.MadeAsync());
        await using var db = rig.Acme.Store.Read();
        Assert.DoesNotContain(
            await db.AuditEntries.ToListAsync(),
            l => l.TargetKind == "account" && $"{l.TargetName}{l.ActorName}{l.After}".Contains("Jo", StringComparison.Ordinal)
        );
    }

    [Theory, EachDatabase]
    public async Task Many_go_in_parts_and_those_who_stay_are_passed_by(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("member@example.com");
        await using var db = rig.Store.Read();
        await Plan.FillAsync(
            db,
            $"INSERT INTO accounts (id, display_name, created_at, version) SELECT {Plan.IdOf(db, 1)}, 'Nobody', 1, 1 FROM {Plan.Numbers(120)}"
        );
        rig.Clock.Advance(TimeSpan.FromDays(31));
        var runs = 0;
        for (var isMore = true; isMore; runs++)
        {
            isMore = (await new SweepOver(rig.Store).RunAsync(new(), default)).IsMore;
        }

        Assert.Equal((1, 3), (await db.Accounts.CountAsync(), runs));
        Assert.Empty((await new SweepOver(rig.Store).RunAsync(new(), default)).Taken);
    }

    private static async Task BeginAsync(AccountRig rig, string userName, bool again = false)
    {
        var secret = !again
            ? (await rig.InviteAsync(userName)).Copied
            : (
                await new ResendInvitation(rig.Store).RunAsync(
                    Actor.Operator,
                    rig.Workspace.Id,
                    await InvitationAsync(rig, userName),
                    default
                )
            )
                .Value
                .LinkSecret;
        Assert.True(
            (
                await new CreateLocalAccount(rig.Store, AccountRig.Rules).RunAsync(
                    secret,
                    userName,
                    "Jo",
                    AccountRig.GoodPassword,
                    AccountRig.Browser,
                    default
                )
            ).Done
        );
    }

    private static async Task<Id<Invitation>> InvitationAsync(AccountRig rig, string userName)
    {
        await using var db = rig.Store.Read();
        return await db.Invitations.Where(i => i.UserName == userName).Select(i => i.Id).SingleAsync();
    }

    private static async Task<List<string>> LoginsAsync(AccountRig rig)
    {
        await using var db = rig.Store.Read();
        return await (
            from c in db.LocalCredentials
            join a in db.Accounts on c.AccountId equals a.Id
            orderby c.Login
            select c.Login
        ).ToListAsync();
    }

    private static async Task SweepAsync(Store store, HandClock clock, double days)
    {
        clock.Advance(TimeSpan.FromDays(days));
        Assert.False((await new SweepOver(store).RunAsync(new() { EndedMembers = TimeSpan.FromDays(3650) }, default)).IsMore);
    }
}
