using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts.Factors;

public sealed class RecentAuthenticationTests
{
    [Theory, EachDatabase]
    public async Task Everything_sensitive_asks_for_a_proof_of_the_last_five_minutes(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        using var key = new SoftKey();
        var (totp, _, session) = await rig.AddTotpAsync(await rig.JoinAsync("jo@example.com", "admin"));
        rig.Clock.Advance(TimeSpan.FromMinutes(5));
        var jo = (await rig.ReadAsync(session.Secret, "acme"))!;
        var until = rig.Clock.Now.AddMinutes(5);

        Refusal?[] refusals =
        [
            (await new SetUpTotp(rig.Store).BeginAsync(jo, default)).Refusal,
            (await new SetUpTotp(rig.Store).ReadAsync(jo, default)).Refusal,
            (await new SetUpTotp(rig.Store).ConfirmAsync(jo, "123456", default)).Refusal,
            (await new RemoveTotp(rig.Store).RunAsync(jo, default)).Refusal,
            (await new RemakeRecoveryCodes(rig.Store).RunAsync(jo, default)).Refusal,
            (await new Passkeys(rig.Store).AddAsync(jo, key.Made(until), "", default)).Refusal,
            (await new Passkeys(rig.Store).RemoveAsync(jo, default, default)).Refusal,
            (await new ResetMfa(rig.Store).RunAsync(jo.Actor!, rig.Workspace.Id, jo.Member!.Id, default)).Refusal,
            (await new CreateScimCredential(rig.Store).RunAsync(jo.Actor!, rig.Workspace.Id, "Entra", null, default)).Refusal,
            (await new CreateApiKey(rig.Store).RunAsync(jo.Actor!, rig.Workspace.Id, "HR", "user", TimeSpan.FromDays(1), default)).Refusal,
            (
                await new CreateConnection(rig.Store).RunAsync(
                    jo.Actor!,
                    rig.Workspace.Id,
                    ConnectionRig.Draft(ConnectionKind.Oidc),
                    ConnectionRig.Good,
                    default
                )
            ).Refusal,
            (
                await new ChangeConnection(rig.Store).RunAsync(
                    jo.Actor!,
                    rig.Workspace.Id,
                    default,
                    1,
                    ConnectionRig.Draft(ConnectionKind.Oidc),
                    ConnectionRig.Good,
                    default
                )
            ).Refusal,
            (await new RemoveConnection(rig.Store).RunAsync(jo.Actor!, rig.Workspace.Id, default, default)).Refusal,
            (await new LinkLogin(rig.Store).RunAsync(jo, rig.Proven(), null, default)).Refusal,
            (await new UnlinkLogin(rig.Store).RunAsync(jo, default, default)).Refusal,
        ];
        Assert.All(refusals, r => Assert.Equal("signInAgain", r?.Code));

        var again = new ProveAgain(rig.Store, AccountRig.Rules);
        Assert.Equal("wrongPassword", (await again.ByPasswordAsync(jo, "no", default)).Refusal!.Code);
        Assert.Equal("codeNotEnough", (await again.ByCodeAsync(jo, rig.Code(totp), default)).Refusal!.Code);
        var anew = (await again.ByPasswordAsync(jo, AccountRig.GoodPassword, default)).Value;
        Assert.Null(await rig.ReadAsync(session.Secret));
        jo = (await rig.ReadAsync(anew.Secret, "acme"))!;
        Assert.True((await new CreateScimCredential(rig.Store).RunAsync(jo.Actor!, rig.Workspace.Id, "Entra", null, default)).Done);
        Assert.True((await new RemoveTotp(rig.Store).RunAsync(jo, default)).Done);
    }

    [Theory, EachDatabase]
    public async Task A_reset_by_mail_leaves_the_second_factor_and_lets_no_planted_passkey_sign_in_by_itself(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        using var planted = new SoftKey();
        var eve = await rig.JoinAsync("jo@example.com", byMail: false); // whoever made it came by a copied link: the address is not proven
        await new Passkeys(rig.Store).AddAsync(eve, planted.Made(rig.Clock.Now.AddMinutes(5)), "Eve's", default);
        PasskeyAnswer Answer() => planted.Answer(eve.Account.Id, rig.Clock.Now.AddMinutes(5));

        await ResetAsync(rig, "jo@example.com");

        Assert.Equal(
            "passkeySecondOnly",
            (await new SignInWithPasskey(rig.Store).RunAsync(Answer(), AccountRig.Browser, default)).Refusal!.Code
        );
        var opened = (await rig.SignInAsync("jo@example.com", "seven tall lighthouses")).Value;
        var half = (await rig.ReadAsync(opened.Secret, "acme"))!;
        Assert.Equal(RequiredAction.SecondFactor, half.Demand); // a mailbox is not the second factor

        var whole = (
            await rig.ReadAsync((await new ProveSecondFactor(rig.Store).ByPasskeyAsync(half, Answer(), default)).Value.Secret, "acme")
        )!;
        Assert.Equal(RequiredAction.None, whole.Demand);
        // it stood beside the new password
        Assert.True((await new SignInWithPasskey(rig.Store).RunAsync(Answer(), AccountRig.Browser, default)).Done);

        rig.Clock.Advance(TimeSpan.FromHours(2));
        await ResetAsync(rig, "jo@example.com"); // the address is proven now: nothing is in doubt
        Assert.True((await new SignInWithPasskey(rig.Store).RunAsync(Answer(), AccountRig.Browser, default)).Done);
        Assert.Equal(
            RequiredAction.SecondFactor,
            (await rig.ReadAsync((await rig.SignInAsync("jo@example.com", "seven tall lighthouses")).Value.Secret, "acme"))!.Demand
        );
    }

    [Theory, EachDatabase]
    public async Task A_recovery_code_that_proves_again_is_written_down_as_one(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var secret = await rig.InviteAsync("jo@acme.com");
        var opened = (await rig.SignInAsync(rig.Who(google), secret)).Value;
        _ = (await rig.AcceptAsync(opened, secret)).Value;
        var jo = (await rig.ReadAsync(opened))!;
        var setUp = new SetUpTotp(rig.Acme.Store);
        _ = (await setUp.BeginAsync(jo, default)).Value;
        var key = (await setUp.ReadAsync(jo, default)).Value!;
        var done = (await setUp.ConfirmAsync(jo, Totp.Code(key, Totp.StepAt(rig.Acme.Clock.Now)), default)).Value;
        jo = (await rig.ReadAsync(done.Session))!;

        rig.Acme.Clock.Advance(TimeSpan.FromMinutes(5));
        var again = new ProveAgain(rig.Acme.Store, AccountRig.Rules);
        var byRecovery = (await again.ByCodeAsync(jo, done.RecoveryCodes![0], default)).Value;
        Assert.Equal(("recovery", rig.Acme.Clock.Now), (byRecovery.Row.SecondProvenBy, byRecovery.Row.AuthenticatedAt));
        rig.Acme.Clock.Advance(TimeSpan.FromSeconds(1)); // lines of one moment have no order
        var byApp = (
            await again.ByCodeAsync((await rig.ReadAsync(byRecovery))!, Totp.Code(key, Totp.StepAt(rig.Acme.Clock.Now)), default)
        ).Value;
        Assert.Equal("totp", byApp.Row.SecondProvenBy);
        await using var db = rig.Acme.Store.Read();
        var told = await db
            .AuditEntries.AsNoTracking()
            .Where(a => a.Act == "account.provenAgain")
            .OrderBy(a => a.At)
            .ThenBy(a => a.Id)
            .ToListAsync();
        Assert.Equal(["recovery", "totp"], told.Select(a => a.After!.Contains("recovery", StringComparison.Ordinal) ? "recovery" : "totp"));
    }

    [Fact]
    public void Programs_and_the_operator_are_not_asked()
    {
        Assert.Null(RecentAuthentication.Check(Actor.Operator, DateTimeOffset.UnixEpoch));
        Assert.Null(RecentAuthentication.Check(Actor.System, DateTimeOffset.UnixEpoch));
        Assert.Equal(
            "signInAgain",
            RecentAuthentication.Check(Actor.Operator with { Kind = ActorKind.Member }, DateTimeOffset.UnixEpoch)!.Code
        );
    }

    private static async Task ResetAsync(AccountRig rig, string login)
    {
        await rig.AskForResetAsync(login);
        _ = (
            await new ResetPassword(rig.Store, AccountRig.Rules).RunAsync(
                (await rig.MailedResetAsync())!,
                "seven tall lighthouses",
                default
            )
        ).Value;
    }
}
