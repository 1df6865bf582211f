using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

public sealed class SignInLocallyTests
{
    [Theory, EachDatabase]
    public async Task A_person_signs_in_with_name_in_any_case_and_gets_a_new_session_each_time(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");

        var one = (await rig.SignInAsync("jo@example.com")).Value;
        var two = (await rig.SignInAsync(" JO@Example.com ")).Value;

        Assert.NotEqual(one.Secret, two.Secret);
        Assert.NotEqual(one.Row.Id, two.Row.Id);
        Assert.Equal(Secret.Hash(two.Secret), two.Row.SecretHash);
        Assert.Equal("192.0.2.7", two.Row.Address);
        Assert.Equal("Jo", (await rig.ReadAsync(two.Secret))!.Account.DisplayName);
        Assert.Equal(2, (await rig.AuditAsync("account.signedIn")).Count);
    }

    [Theory, EachDatabase]
    public async Task Every_failure_gives_the_same_answer(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        await rig.JoinAsync("locked@example.com");
        await new InviteAdmin(rig.Store).RunAsync(
            Access.Actor.Operator,
            rig.Workspace.Id,
            "nopassword@example.com",
            TimeSpan.FromHours(1),
            default
        );
        for (var i = 0; i < SignInLocally.TriesBeforeLock; i++)
        {
            await rig.SignInAsync("locked@example.com", "wrong");
        }

        var wrong = await rig.SignInAsync("jo@example.com", "not this one");

        Assert.Equal("signInFailed", wrong.Refusal!.Code);
        Assert.Equal(wrong.Refusal, (await rig.SignInAsync("nobody@example.com")).Refusal);
        Assert.Equal(wrong.Refusal, (await rig.SignInAsync("nopassword@example.com")).Refusal);
        Assert.Equal(wrong.Refusal, (await rig.SignInAsync("locked@example.com")).Refusal);
        Assert.Equal(wrong.Refusal, (await rig.SignInAsync(new string('x', 1_000_000), new string('x', 1_000_000))).Refusal);
        Assert.Equal(wrong.Refusal, (await rig.SignInAsync(" decoy 1", "")).Refusal);
        Assert.Equal(wrong.Refusal, (await rig.SignInAsync("jo@example.com", "lone \ud800")).Refusal);
    }

    [Theory, EachDatabase]
    public async Task Of_many_guesses_at_once_only_five_are_weighed(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");

        await Rivals.RaceAsync(20, n => rig.SignInAsync("jo@example.com", "guess " + n));

        var after = await rig.CredentialAsync("jo@example.com");
        Assert.Equal(SignInLocally.TriesBeforeLock, after.FailedTries);
        Assert.NotNull(after.LockedUntil);
        Assert.False((await rig.SignInAsync("jo@example.com")).Done);
        Assert.Single(await rig.AuditAsync("account.locked"));
    }

    [Theory, EachDatabase]
    public async Task A_lock_grows_to_fifteen_minutes_ends_by_the_clock_and_is_forgotten_at_success(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var session = (await rig.JoinAsync("jo@example.com")).Session;
        for (var i = 0; i < 4; i++)
        {
            await rig.SignInAsync("jo@example.com", "wrong");
        }

        foreach (var minutes in new[] { 1, 2, 4, 8, 15, 15 })
        {
            await rig.SignInAsync("jo@example.com", "wrong");
            Assert.Equal(rig.Clock.Now.AddMinutes(minutes), (await rig.CredentialAsync("jo@example.com")).LockedUntil);
            rig.Clock.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromMilliseconds(1));
            Assert.False((await rig.SignInAsync("jo@example.com")).Done);
            rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.True((await rig.SignInAsync("jo@example.com")).Done);
        Assert.Equal(0, (await rig.CredentialAsync("jo@example.com")).FailedTries);
        await using var db = rig.Store.Read();
        Assert.Null((await db.Sessions.SingleAsync(s => s.Id == session.Id)).EndedAt); // a lock shuts out nobody who is in
    }

    [Theory, EachDatabase]
    public async Task A_hash_of_less_work_is_made_anew_at_sign_in(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");

        var dearer = new SignInLocally(rig.Store, AccountRig.Rules with { Iterations = 2000 });
        Assert.True((await dearer.RunAsync("jo@example.com", AccountRig.GoodPassword, AccountRig.Browser, default)).Done);

        Assert.StartsWith("pbkdf2-sha512$2000$", (await rig.CredentialAsync("jo@example.com")).PasswordHash);
        Assert.True((await rig.SignInAsync("jo@example.com")).Done);
    }

    [Theory, EachDatabase]
    public async Task Neither_password_nor_session_secret_is_in_the_audit_log(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        var opened = (await rig.SignInAsync("jo@example.com")).Value;
        for (var i = 0; i < 5; i++)
        {
            await rig.SignInAsync("jo@example.com", "my other secret word");
        }

        await using var db = rig.Store.Read();
        var text = string.Join('\n', (await db.AuditEntries.AsNoTracking().ToListAsync()).Select(e => e.ToString()));
        Assert.Empty(SecretScan.Find(text, [AccountRig.GoodPassword, "my other secret word", opened.Secret]));
    }
}
