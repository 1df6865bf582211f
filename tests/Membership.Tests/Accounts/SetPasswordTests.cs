using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

public sealed class SetPasswordTests
{
    private const string NewPassword = "seven tall lighthouses";

    [Theory, EachDatabase]
    public async Task A_change_needs_the_current_password_and_gives_this_browser_a_new_session(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        var here = (await rig.SignInAsync("jo@example.com")).Value;
        var there = (await rig.SignInAsync("jo@example.com")).Value;
        var who = (await rig.ReadAsync(here.Secret))!;
        var set = new SetPassword(rig.Store, AccountRig.Rules);

        Assert.Equal("wrongPassword", (await set.RunAsync(who, "wrong", NewPassword, Browser.Unknown, default)).Refusal!.Code);
        Assert.Equal("wrongPassword", (await set.RunAsync(who, null, NewPassword, Browser.Unknown, default)).Refusal!.Code);
        Assert.Equal(2, (await rig.CredentialAsync("jo@example.com")).FailedTries);
        var renewed = (await set.RunAsync(who, AccountRig.GoodPassword, NewPassword, Browser.Unknown, default)).Value;

        Assert.Null(await rig.ReadAsync(here.Secret));
        Assert.Null(await rig.ReadAsync(there.Secret));
        Assert.NotNull(await rig.ReadAsync(renewed.Secret));
        Assert.True((await rig.SignInAsync("jo@example.com", NewPassword)).Done);
    }

    [Theory, EachDatabase]
    public async Task Guesses_at_the_current_password_lock_it_as_at_sign_in(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var who = await rig.JoinAsync("jo@example.com");
        var set = new SetPassword(rig.Store, AccountRig.Rules);
        await Rivals.RaceAsync(20, n => set.RunAsync(who, "guess " + n, NewPassword, Browser.Unknown, default));

        Assert.Equal(
            "wrongPassword",
            (await set.RunAsync(who, AccountRig.GoodPassword, NewPassword, Browser.Unknown, default)).Refusal!.Code
        );
        Assert.Equal(SignInLocally.TriesBeforeLock, (await rig.CredentialAsync("jo@example.com")).FailedTries);
    }

    [Theory, EachDatabase]
    public async Task A_first_password_needs_a_fresh_sign_in(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var set = new SetPassword(rig.Store, AccountRig.Rules);
        var link = (
            await new InviteAdmin(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, "boss@example.com", TimeSpan.FromHours(1), default)
        ).Value;
        var opened = (await new UseOneTimeLink(rig.Store).RunAsync(link, Browser.Unknown, default)).Value;
        var who = (await rig.ReadAsync(opened.Secret))!;
        Assert.Equal(("boss@example.com", false), await set.ReadAsync(who.Account.Id, default));

        rig.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("signInAgain", (await set.RunAsync(who, null, NewPassword, Browser.Unknown, default)).Refusal!.Code);

        var again = (
            await new InviteAdmin(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, "boss@example.com", TimeSpan.FromHours(1), default)
        ).Value;
        var fresh = (await rig.ReadAsync((await new UseOneTimeLink(rig.Store).RunAsync(again, Browser.Unknown, default)).Value.Secret))!;
        Assert.True((await set.RunAsync(fresh, null, NewPassword, Browser.Unknown, default)).Done);
        Assert.True((await rig.SignInAsync("boss@example.com", NewPassword)).Done);
    }
}
