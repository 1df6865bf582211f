using UserManagement.Membership.Accounts;
using UserManagement.Membership.Invitations;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

public sealed class LoginNamesTests
{
    private const string VictimsPassword = "my own good words here";

    [Theory, EachDatabase]
    public async Task Who_proves_the_address_gets_the_name_of_who_waited_under_it(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var evil = await AccountRig.NewWorkspaceAsync(rig.Store, "evil");
        await rig.JoinAsync("victim@example.com", byMail: false, workspace: evil);
        var waiting = (await rig.SignInAsync("victim@example.com")).Value;
        var (_, mailed) = await rig.InviteAsync("victim@example.com");

        var opened = (await CreateAsync(rig, mailed!, "victim@example.com", VictimsPassword)).Value;

        Assert.NotEqual(waiting.Row.AccountId, opened.Row.AccountId);
        Assert.Null(await rig.ReadAsync(waiting.Secret));
        Assert.False((await rig.SignInAsync("victim@example.com")).Done);
        Assert.True((await rig.SignInAsync("victim@example.com", VictimsPassword)).Done);
        Assert.Equal("victim@example.com", (await rig.AccountAsync("victim@example.com")).ProvenEmailKey);
        var dropped = Assert.Single(await rig.AuditAsync("account.loginDropped"));
        // the line is about another account
        Assert.DoesNotContain("victim@", $"{dropped.TargetName} {dropped.Before} {dropped.After}", StringComparison.Ordinal);
    }

    [Theory]
    [EachDatabase(true)]
    [EachDatabase(false)]
    public async Task An_unproven_claim_takes_nothing(Database kind, bool holderProven)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var evil = await AccountRig.NewWorkspaceAsync(rig.Store, "evil");
        await rig.JoinAsync("victim@example.com", byMail: holderProven);
        var (copied, _) = await rig.InviteAsync("victim@example.com", evil);

        Assert.Equal("loginTaken", (await CreateAsync(rig, copied, "victim@example.com", VictimsPassword)).Refusal!.Code);
        Assert.True((await rig.SignInAsync("victim@example.com")).Done);
    }

    [Theory, EachDatabase]
    public async Task A_mailed_link_takes_nothing_from_who_proved_the_address(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var other = await AccountRig.NewWorkspaceAsync(rig.Store, "other");
        await rig.JoinAsync("jo@example.com");
        var (_, mailed) = await rig.InviteAsync("jo@example.com", other);

        Assert.Equal("loginTaken", (await CreateAsync(rig, mailed!, "jo@example.com", VictimsPassword)).Refusal!.Code);
        Assert.True(
            await new CreateLocalAccount(rig.Store, AccountRig.Rules).IsTakenAsync(
                (await new ReadInvitationByLink(rig.Store).RunAsync(mailed, default)).Value,
                default
            )
        );
        Assert.True((await rig.SignInAsync("jo@example.com")).Done);
    }

    [Theory, EachDatabase]
    public async Task A_mail_to_another_address_does_not_prove_the_user_name(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind, "provider");
        var evil = await AccountRig.NewWorkspaceAsync(rig.Store, "evil", "provider");
        await AccountRig.TakePasswordsAsync(rig.Store, rig.Workspace);
        await AccountRig.TakePasswordsAsync(rig.Store, evil);
        await rig.JoinAsync("victim@example.com", byMail: false);
        var (_, mailed) = await rig.InviteAsync("victim@example.com", evil, notify: "eve@example.com");

        Assert.Equal("loginTaken", (await CreateAsync(rig, mailed!, "victim@example.com", VictimsPassword)).Refusal!.Code);

        var (_, other) = await rig.InviteAsync("second@example.com", evil, notify: "eve@example.com");
        Assert.True((await CreateAsync(rig, other!, "second@example.com", VictimsPassword)).Done);
        Assert.Equal("eve@example.com", (await rig.AccountAsync("second@example.com")).ProvenEmailKey);
        Assert.Equal("eve@example.com", (await rig.AccountAsync("second@example.com")).Email);
    }

    [Theory, EachDatabase]
    public async Task A_link_that_went_astray_opens_nothing_for_who_does_not_know_the_user_name(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var (copied, mailed) = await rig.InviteAsync("jo@example.com");

        Assert.Equal("wrongUserName", (await CreateAsync(rig, copied, "eve@example.com", VictimsPassword)).Refusal!.Code);
        Assert.Equal("wrongUserName", (await CreateAsync(rig, mailed!, "", VictimsPassword)).Refusal!.Code);
        Assert.Equal("invitationClosed", (await CreateAsync(rig, Secret.New(), "jo@example.com", VictimsPassword)).Refusal!.Code);
        rig.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal("invitationClosed", (await CreateAsync(rig, copied, "jo@example.com", VictimsPassword)).Refusal!.Code);
    }

    [Theory, EachDatabase]
    public async Task An_invitation_to_a_provider_makes_no_password_account(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind, "provider");
        var (copied, _) = await rig.InviteAsync("jo@example.com", provider: IdentityProvider.Google);

        Assert.Equal("providerNeeded", (await CreateAsync(rig, copied, "jo@example.com", VictimsPassword)).Refusal!.Code);
    }

    [Theory, EachDatabase]
    public async Task Signing_in_by_the_mailed_link_proves_the_address_and_the_copied_one_does_not(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var other = await AccountRig.NewWorkspaceAsync(rig.Store, "other");
        var jo = await rig.JoinAsync("jo@example.com", byMail: false);
        var (copied, mailed) = await rig.InviteAsync("jo@example.com", other);
        var prove = new ProveAddress(rig.Store);

        await prove.RunAsync(jo, copied, default);
        Assert.Null((await rig.AccountAsync("jo@example.com")).ProvenEmailKey);
        await rig.Accept().RunAsync(jo, mailed!, null, null, default);
        Assert.Equal("jo@example.com", (await rig.AccountAsync("jo@example.com")).ProvenEmailKey);
    }

    [Theory, EachDatabase]
    [Shows("S4-34")]
    public async Task Of_twenty_who_make_the_account_at_once_one_does(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var (copied, mailed) = await rig.InviteAsync("jo@example.com");

        var outcomes = await Rivals.RaceAsync(
            20,
            n => CreateAsync(rig, n % 2 == 0 ? copied : mailed!, "jo@example.com", $"{VictimsPassword} {n}")
        );

        Assert.InRange(outcomes.Count(o => o.Required.Done), 1, 2); // a mailed one may take the name from a copied one
        Assert.All(outcomes.Where(o => !o.Required.Done), o => Assert.Equal("loginTaken", o.Required.Refusal!.Code));
        var winner = outcomes.Last(o => o.Required.Done && (o.Number % 2 == 1 || outcomes.Count(x => x.Required.Done) == 1));
        Assert.True((await rig.SignInAsync("jo@example.com", $"{VictimsPassword} {winner.Number}")).Done);
    }

    private static Task<Outcome<OpenedSession>> CreateAsync(AccountRig rig, string secret, string login, string password) =>
        new CreateLocalAccount(rig.Store, AccountRig.Rules).RunAsync(secret, login, "Jo", password, AccountRig.Browser, default);
}
