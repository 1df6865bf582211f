using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts.Factors;

public sealed class PasskeysTests
{
    [Theory, EachDatabase]
    public async Task A_passkey_signs_in_alone_and_stands_for_both_factors(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        using var key = new SoftKey();
        var jo = await rig.JoinAsync("jo@example.com");
        var added = (await new Passkeys(rig.Store).AddAsync(jo, key.Made(rig.Clock.Now.AddMinutes(5)), "Phone", default)).Value;
        Assert.Equal(10, added.RecoveryCodes!.Count);
        Assert.Equal(RequiredAction.SecondFactor, (await rig.HalfAsync("jo@example.com")).Demand);

        var opened = (
            await new SignInWithPasskey(rig.Store).RunAsync(key.Answer(jo.Account.Id, Soon(rig)), AccountRig.Browser, default)
        ).Value;

        Assert.NotNull((await rig.ReadAsync(opened.Secret, "acme"))!.Actor);
        Assert.Equal("passkey", opened.Row.SignedInBy);
        await rig.RulesAsync(r => r with { LocalPassword = false });
        Assert.Equal("passwordNotTaken", (await rig.ReadAsync(opened.Secret, "acme"))!.Barred!.Code);
    }

    [Theory, EachDatabase]
    public async Task An_answer_is_taken_once_by_its_account_in_time_with_a_counter_that_goes_on(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        using var key = new SoftKey();
        using var stranger = new SoftKey();
        var jo = await rig.JoinAsync("jo@example.com");
        var eve = await rig.JoinAsync("eve@example.com");
        await new Passkeys(rig.Store).AddAsync(jo, key.Made(Soon(rig)), "Phone", default);
        var signIn = new SignInWithPasskey(rig.Store);
        async Task<string?> TryAsync(PasskeyAnswer answer) => (await signIn.RunAsync(answer, AccountRig.Browser, default)).Refusal?.Code;

        var answer = key.Answer(jo.Account.Id, Soon(rig));
        var ends = await Rivals.RaceAsync(5, _ => signIn.RunAsync(answer, AccountRig.Browser, default));
        Assert.Single(ends, e => e.Required.Done);
        Assert.Equal("passkeyUsed", await TryAsync(answer));
        Assert.Equal("passkeyUsed", await TryAsync(key.Answer(jo.Account.Id, rig.Clock.Now)));
        Assert.Equal("passkeyUnknown", await TryAsync(key.Answer(eve.Account.Id, Soon(rig))));
        Assert.Equal("passkeyUnknown", await TryAsync(stranger.Answer(jo.Account.Id, Soon(rig))));
        Assert.Equal("passkeyWrong", await TryAsync(key.Answer(jo.Account.Id, Soon(rig)) with { UserHandle = null }));
        Assert.Equal("passkeyWrong", await TryAsync(key.Answer(jo.Account.Id, Soon(rig)) with { SignedData = [1, 2, 3] }));
        Assert.Equal("passkeyWrong", await TryAsync(key.Answer(jo.Account.Id, Soon(rig)) with { Signature = [48, 0] }));
        Assert.Equal("passkeyCopied", await TryAsync(key.Answer(jo.Account.Id, Soon(rig)) with { SignCount = 1 }));
        Assert.Single(await rig.AuditAsync("passkey.copied"));
        Assert.Equal(
            "passkeyUnknown",
            (await new ProveSecondFactor(rig.Store).ByPasskeyAsync(eve, key.Answer(jo.Account.Id, Soon(rig)), default)).Refusal!.Code
        );
        Assert.Null(await TryAsync(key.Answer(jo.Account.Id, Soon(rig))));
    }

    [Theory, EachDatabase]
    public async Task Passkeys_are_named_and_removed_by_their_owner_alone(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        using var key = new SoftKey();
        var jo = await rig.JoinAsync("jo@example.com");
        var eve = await rig.JoinAsync("eve@example.com");
        var passkeys = new Passkeys(rig.Store);
        var session = (await passkeys.AddAsync(jo, key.Made(Soon(rig)), "  ", default)).Value.Session;
        jo = (await rig.ReadAsync(session.Secret))!;
        Assert.Equal("passkeyKnown", (await passkeys.AddAsync(eve, key.Made(Soon(rig)), "Mine", default)).Refusal!.Code);
        var id = Assert.Single((await new ReadFactors(rig.Store).RunAsync(jo.Account.Id, default)).Passkeys, p => p.Name == "Passkey").Id;

        Assert.Equal("notFound", (await passkeys.RenameAsync(eve, id, "Mine", default)).Refusal!.Code);
        Assert.Equal("notFound", (await passkeys.RemoveAsync(eve, id, default)).Refusal!.Code);
        Assert.Equal("invalidName", (await passkeys.RenameAsync(jo, id, new string('x', 61), default)).Refusal!.Code);
        Assert.True((await passkeys.RenameAsync(jo, id, "Blue phone", default)).Done);
        Assert.True((await passkeys.RemoveAsync(jo, id, default)).Done);
        Assert.Equal(
            (0, 0),
            (
                (await new ReadFactors(rig.Store).RunAsync(jo.Account.Id, default)).Passkeys.Count,
                (await new ReadFactors(rig.Store).RunAsync(jo.Account.Id, default)).CodesLeft
            )
        );
        Assert.Equal(RequiredAction.None, (await rig.HalfAsync("jo@example.com")).Demand);
    }

    private static DateTimeOffset Soon(AccountRig rig) => rig.Clock.Now.AddMinutes(5);
}
