using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Outbox;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

public sealed class ResetPasswordTests
{
    private const string NewPassword = "seven tall lighthouses";

    [Theory, EachDatabase]
    public async Task A_reset_works_once_ends_every_session_opens_a_lock_and_proves_the_address(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com", byMail: false);
        var session = (await rig.SignInAsync("jo@example.com")).Value;
        for (var i = 0; i < SignInLocally.TriesBeforeLock; i++)
        {
            await rig.SignInAsync("jo@example.com", "wrong");
        }

        Assert.Null((await rig.AccountAsync("jo@example.com")).ProvenEmailKey);
        await AskAsync(rig, "JO@example.com");
        var secret = (await rig.MailedResetAsync())!;
        var reset = new ResetPassword(rig.Store, AccountRig.Rules);
        Assert.True(await reset.IsOpenAsync(secret, default));

        Assert.Equal("jo@example.com", (await reset.RunAsync(secret, NewPassword, default)).Value);

        Assert.False(await reset.IsOpenAsync(secret, default));
        Assert.Equal("linkDead", (await reset.RunAsync(secret, NewPassword, default)).Refusal!.Code);
        Assert.Null(await rig.ReadAsync(session.Secret));
        Assert.False((await rig.SignInAsync("jo@example.com")).Done);
        Assert.True((await rig.SignInAsync("jo@example.com", NewPassword)).Done);
        Assert.Equal("jo@example.com", (await rig.AccountAsync("jo@example.com")).ProvenEmailKey);
    }

    [Theory, EachDatabase]
    public async Task Of_twenty_with_the_same_link_one_sets_the_password(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        await AskAsync(rig, "jo@example.com");
        var secret = (await rig.MailedResetAsync())!;
        var reset = new ResetPassword(rig.Store, AccountRig.Rules);

        var outcomes = await Rivals.RaceAsync(20, n => reset.RunAsync(secret, $"{NewPassword} {n}", default));

        var winner = Assert.Single(outcomes, o => o.Required.Done);
        Assert.All(outcomes.Where(o => o != winner), o => Assert.Equal("linkDead", o.Required.Refusal!.Code));
        Assert.True((await rig.SignInAsync("jo@example.com", $"{NewPassword} {winner.Number}")).Done);
    }

    [Theory, EachDatabase]
    public async Task A_link_is_dead_after_an_hour_after_a_newer_one_and_after_a_change_of_password(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var jo = await rig.JoinAsync("jo@example.com");
        var reset = new ResetPassword(rig.Store, AccountRig.Rules);
        await AskAsync(rig, "jo@example.com");
        var first = (await rig.MailedResetAsync())!;
        await AskAsync(rig, "jo@example.com");
        var second = (await rig.MailedResetAsync())!;
        Assert.False(await reset.IsOpenAsync(first, default));
        Assert.True(await reset.IsOpenAsync(second, default));

        Assert.True(
            (
                await new SetPassword(rig.Store, AccountRig.Rules).RunAsync(
                    jo,
                    AccountRig.GoodPassword,
                    NewPassword,
                    Browser.Unknown,
                    default
                )
            ).Done
        );
        Assert.False(await reset.IsOpenAsync(second, default));

        rig.Clock.Advance(TimeSpan.FromHours(2));
        await AskAsync(rig, "jo@example.com");
        var third = (await rig.MailedResetAsync())!;
        rig.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.True(await reset.IsOpenAsync(third, default));
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("linkDead", (await reset.RunAsync(third, NewPassword, default)).Refusal!.Code);
    }

    [Theory, EachDatabase]
    public async Task A_weak_password_leaves_the_link_open(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        await AskAsync(rig, "jo@example.com");
        var secret = (await rig.MailedResetAsync())!;
        var reset = new ResetPassword(rig.Store, AccountRig.Rules);

        Assert.Equal("password", (await reset.RunAsync(secret, "jo@example.com", default)).Refusal!.Field);
        Assert.True((await reset.RunAsync(secret, NewPassword, default)).Done);
    }

    [Theory, EachDatabase]
    public async Task Three_mails_an_hour_go_out_and_nobody_learns_of_the_fourth(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        for (var i = 0; i < 5; i++)
        {
            await AskAsync(rig, "jo@example.com");
        }

        await AskAsync(rig, "nobody@example.com");
        await AskAsync(rig, new string('x', 1_000_000));
        await AskAsync(rig, "jo@example.com,eve@example.com");

        Assert.Equal(3, await MailsAsync(rig));
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await AskAsync(rig, "jo@example.com");
        Assert.Equal(4, await MailsAsync(rig));
    }

    [Theory, EachDatabase]
    public async Task Asking_writes_the_same_one_row_for_every_name(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        for (var i = 0; i < 3; i++)
        {
            await AskAsync(rig, "jo@example.com"); // an earlier link is open, and three have gone out
        }

        foreach (var login in (string[])["jo@example.com", "nobody@example.com", "", new string('x', 1000)])
        {
            var before = await CountAsync(rig);
            Assert.True((await new RequestPasswordReset(rig.Store).RunAsync(login, default)).Done);
            var after = await CountAsync(rig);
            Assert.Equal(before with { Outbox = before.Outbox + 1 }, after);
        }

        await using var db = rig.Store.Read();
        var asked = await db.OutboxMessages.AsNoTracking().Where(m => m.Kind == OutboxKind.PasswordResetAsked).ToListAsync();
        Assert.Single(asked.Select(m => (m.WorkspaceId, m.Kind, m.Subject.Length, m.Tries)).Distinct()); // and the rows look alike
        Assert.Equal(DeliveryEnd.NotWanted, (await new AnswerPasswordReset(rig.Store).DeliverAsync(asked[^1], default)).End);
    }

    private sealed record Rows(int Outbox, int Links, int Audit, int Credentials, long Versions);

    private static async Task<Rows> CountAsync(AccountRig rig)
    {
        await using var db = rig.Store.Read();
        return new(
            await db.OutboxMessages.CountAsync(),
            await db.OneTimeLinks.CountAsync(),
            await db.AuditEntries.CountAsync(),
            await db.LocalCredentials.CountAsync(),
            await db.LocalCredentials.SumAsync(c => c.Version)
        );
    }

    [Theory, EachDatabase]
    public async Task No_secret_of_a_link_is_stored_in_clear(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        await AskAsync(rig, "jo@example.com");
        var secret = (await rig.MailedResetAsync())!;

        await using var db = rig.Store.Read();
        var link = await db.OneTimeLinks.AsNoTracking().SingleAsync();
        Assert.Empty(SecretScan.Find(link.SecretSealed, [secret]));
        await new ResetPassword(rig.Store, AccountRig.Rules).RunAsync(secret, NewPassword, default);
        Assert.Null((await db.OneTimeLinks.AsNoTracking().SingleAsync()).SecretSealed);
    }

    [Theory, EachDatabase]
    [Shows("S2-28", "S2-29")]
    public async Task An_admin_has_a_reset_mailed_only_where_there_is_a_password(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var other = await AccountRig.NewWorkspaceAsync(rig.Store, "other");
        var boss = (await rig.JoinAsync("boss@example.com", "admin")).Actor!;
        var jo = (await rig.JoinAsync("jo@example.com", "member")).Member!;
        var elsewhere = (await rig.JoinAsync("elsewhere@example.com", workspace: other)).Member!;
        await rig.InviteAsync("invited@example.com");
        var invited = await rig.MemberAsync("invited@example.com");
        var send = new SendPasswordReset(rig.Store);

        Assert.True((await send.RunAsync(boss, rig.Workspace.Id, jo.Id, default)).Done);
        Assert.Equal("noLocalPassword", (await send.RunAsync(boss, rig.Workspace.Id, invited.Id, default)).Refusal!.Code);
        Assert.Equal("notFound", (await send.RunAsync(boss, rig.Workspace.Id, elsewhere.Id, default)).Refusal!.Code);
        Assert.Equal("notFound", (await send.RunAsync(boss, other.Id, elsewhere.Id, default)).Refusal!.Code);
        var member = (await rig.ReadAsync((await rig.SignInAsync("jo@example.com")).Value.Secret, "acme"))!.Actor!;
        Assert.Equal("forbidden", (await send.RunAsync(member, rig.Workspace.Id, boss.Member!.Value, default)).Refusal!.Code);
        Assert.Equal(
            "jo@example.com",
            (await rig.AuditAsync("passwordReset.sent"))
                .Where(e => !e.Refused)
                .Select(e => e.TargetId == jo.Id.Value ? "jo@example.com" : "")
                .Single()
        );
    }

    private static Task AskAsync(AccountRig rig, string login) => rig.AskForResetAsync(login);

    private static async Task<int> MailsAsync(AccountRig rig)
    {
        await using var db = rig.Store.Read();
        return await db.OutboxMessages.CountAsync(m => m.Kind == OutboxKind.PasswordResetMail);
    }
}
