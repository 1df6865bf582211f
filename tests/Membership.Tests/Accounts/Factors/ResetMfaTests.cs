using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Members;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts.Factors;

public sealed class ResetMfaTests
{
    [Theory, EachDatabase]
    [Shows("S0-39")]
    public async Task A_reset_takes_every_factor_and_session_and_asks_for_set_up_again(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        using var key = new SoftKey();
        await rig.RulesAsync(r => r with { Mfa = MfaPolicy.Optional });
        var (_, _, bossSession) = await rig.AddTotpAsync(await rig.JoinAsync("boss@example.com", "admin"));
        var jo = await rig.JoinAsync("jo@example.com");
        var (_, codes, session) = await rig.AddTotpAsync(jo);
        await new Passkeys(rig.Store).AddAsync((await rig.ReadAsync(session.Secret))!, key.Made(rig.Clock.Now.AddMinutes(5)), "", default);
        await rig.RulesAsync(r => r with { Mfa = MfaPolicy.Required });
        var boss = (await rig.ReadAsync(bossSession.Secret, "acme"))!.Actor!;

        Assert.True((await new ResetMfa(rig.Store).RunAsync(boss, rig.Workspace.Id, jo.Member!.Id, default)).Done);

        Assert.Null(await rig.ReadAsync(session.Secret));
        var anew = await rig.HalfAsync("jo@example.com");
        Assert.Equal(RequiredAction.SetUp, anew.Demand);
        Assert.Equal("noSecondFactor", (await new ProveSecondFactor(rig.Store).ByCodeAsync(anew, codes[0], default)).Refusal!.Code);
        Assert.Equal(
            "noSecondFactor",
            (await new ResetMfa(rig.Store).RunAsync(boss, rig.Workspace.Id, jo.Member.Id, default)).Refusal!.Code
        );
        Assert.Equal(
            "passkeyUnknown",
            (
                await new SignInWithPasskey(rig.Store).RunAsync(
                    key.Answer(jo.Account.Id, rig.Clock.Now.AddMinutes(5)),
                    AccountRig.Browser,
                    default
                )
            )
                .Refusal!
                .Code
        );
        await rig.AddTotpAsync(anew);
    }

    [Theory, EachDatabase]
    [Shows("S0-38")]
    public async Task It_is_refused_to_whom_it_is_not_for_and_while_the_person_administers_another_workspace(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var other = await AccountRig.NewWorkspaceAsync(rig.Store, "other");
        var boss = (await rig.JoinAsync("boss@example.com", "admin")).Actor!;
        var jo = await rig.JoinAsync("jo@example.com");
        await rig.AddTotpAsync(jo);
        var (_, mailed) = await rig.InviteAsync("jo@example.com", other, "admin");
        var id = jo.Member!.Id;
        Task<Outcome<Member>> ResetAsync(Actor actor, Id<Member> who) =>
            new ResetMfa(rig.Store).RunAsync(actor, rig.Workspace.Id, who, default);

        Assert.Equal("forbidden", (await ResetAsync(jo.Actor!, boss.Member!.Value)).Refusal!.Code);
        Assert.Equal("ownMembership", (await ResetAsync(boss, boss.Member!.Value)).Refusal!.Code);
        Assert.Equal("notFound", (await ResetAsync(boss, default)).Refusal!.Code);
        Assert.Equal("signInAgain", (await ResetAsync(boss with { FreshUntil = null }, id)).Refusal!.Code);

        Assert.True(
            (await rig.Accept().RunAsync((await rig.ReadAsync((await AgainAsync(rig)).Secret))!, mailed!, null, null, default)).Done
        );
        var refusal = (await ResetAsync(boss, id)).Refusal!;
        Assert.Equal("adminElsewhere", refusal.Code);
        Assert.DoesNotContain(other.Row.Name, refusal.Message, StringComparison.OrdinalIgnoreCase);
        Assert.True((await ResetAsync(Actor.Operator, id)).Done);
        var told = await rig.AuditAsync("mfa.reset");
        Assert.Contains(told, e => e.WorkspaceId == other.Id && !e.Refused);
        Assert.Contains(told, e => e.WorkspaceId == rig.Workspace.Id && !e.Refused);
    }

    [Theory, EachDatabase]
    public async Task The_passkey_that_is_the_only_way_in_stays(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        using var key = new SoftKey();
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var secret = await rig.InviteAsync("jo@acme.com");
        var opened = (await rig.SignInAsync(rig.Who(google), secret)).Value;
        var member = (await rig.AcceptAsync(opened, secret)).Value.Member;
        var jo = (await rig.ReadAsync(opened))!;
        _ = (await new Passkeys(rig.Acme.Store).AddAsync(jo, key.Made(rig.Acme.Clock.Now.AddMinutes(5)), "", default)).Value;
        var boss = rig.Acme.As(await rig.Acme.JoinAsync("boss@acme.com", "admin")) with { FreshUntil = DateTimeOffset.MaxValue };
        jo = (
            await rig.ReadAsync(
                (
                    await new SignInWithPasskey(rig.Acme.Store).RunAsync(
                        key.Answer(jo.Account.Id, rig.Acme.Clock.Now.AddMinutes(5)),
                        Browser.Unknown,
                        default
                    )
                ).Value
            )
        )!;
        Assert.Null((await new UnlinkLogin(rig.Acme.Store).RunAsync(jo, opened.Row.LoginId!.Value, default)).Refusal);

        Assert.Equal("lastWayIn", (await new ResetMfa(rig.Acme.Store).RunAsync(boss, rig.Acme.Id, member.Id, default)).Refusal?.Code);
        Assert.Single((await new ReadFactors(rig.Acme.Store).RunAsync(jo.Account.Id, default)).Passkeys);
        Assert.Null((await new LinkLogin(rig.Acme.Store).RunAsync(jo, rig.Who(google), null, default)).Refusal);
        Assert.True((await new ResetMfa(rig.Acme.Store).RunAsync(boss, rig.Acme.Id, member.Id, default)).Done);
    }

    // jo's own session from the set-up counts as proven; another one proves by the next code.
    private static async Task<OpenedSession> AgainAsync(AccountRig rig)
    {
        await using var db = rig.Store.Read();
        var factor = db.SecondFactors.Single();
        var key = rig.Store.Box.Open(SecondFactor.TotpPurpose, factor.TotpSealed)!;
        return (await new ProveSecondFactor(rig.Store).ByCodeAsync(await rig.HalfAsync("jo@example.com"), rig.Code(key, 1), default)).Value;
    }
}
