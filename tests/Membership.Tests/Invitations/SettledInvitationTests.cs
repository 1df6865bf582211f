using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Invitations;

/// <summary>What becomes of an open invitation when whom it invites comes in by another way.</summary>
public sealed class SettledInvitationTests
{
    [Theory, EachDatabase]
    public async Task A_directory_that_takes_an_invited_person_over_settles_the_invitation_where_a_provider_knows_them(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var rig = new ConnectionRig(acme);
        await rig.OwnAsync(ConnectionKind.Oidc);
        var left = await acme.InviteAsync("left@acme.test");
        Assert.Equal(MemberState.Active, (await acme.SayAsync(left.Invitation.MemberId, active: true)).Value.State);
        Assert.Equal(InvitationStatus.Pending, (await StoredAsync(acme, left)).Stored); // a sign-in there could be anybody's
        await rig.OwnAsync(ConnectionKind.Oidc, d => d with { TrustsUserNames = true });

        var ada = await acme.InviteAsync("ada@acme.test");
        Assert.Equal(MemberState.Active, (await acme.SayAsync(ada.Invitation.MemberId, active: true)).Value.State);
        var closed = await StoredAsync(acme, ada);
        Assert.Equal((InvitationStatus.Accepted, null, null), (closed.Stored, closed.LinkSealed, closed.MailSealed));
        Assert.NotNull(closed.ClosedAt);
        var line = Assert.Single(await acme.AuditAsync(), a => a.TargetId == ada.Invitation.Id.Value && a.Act == "invitation.accepted");
        Assert.Equal(("Their directory brought them in.", "ada@acme.test"), (line.Reason, line.TargetName));
        Assert.Equal("invitationClosed", (await acme.RedeemAsync(ada.LinkSecret, "ada@acme.test")).Refusal?.Code);
        await acme.SayAsync(ada.Invitation.MemberId, active: false);
        await acme.SayAsync(ada.Invitation.MemberId, active: true);
        Assert.Single(await acme.AuditAsync(), a => a.TargetId == ada.Invitation.Id.Value && a.Act == "invitation.accepted");
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_provider_of_the_installation_counts_where_the_policy_takes_it_and_it_has_domains(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var rig = new ConnectionRig(acme);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        foreach (
            var (rules, settles) in new (Func<SignInRules, SignInRules>, bool)[]
            {
                (r => r with { Connections = [], Domains = ["acme.test"] }, false), // not taken
                (r => r with { Connections = null, Domains = [] }, false), // anybody with a Google account
                (r => r with { Connections = [google.Id.Value], Domains = ["elsewhere.test"] }, false), // somebody else's people
                (r => r with { Connections = [google.Id.Value], Domains = ["acme.test"] }, true),
            }
        )
        {
            acme.Clock.Advance(TimeSpan.FromSeconds(1));
            await acme.ConfigureAsync(c => c with { SignIn = rules(c.SignIn) });
            var invited = await acme.InviteAsync($"p{acme.Clock.Now.Ticks}@acme.test");
            Assert.True((await acme.SayAsync(invited.Invitation.MemberId, active: true)).Done);
            Assert.Equal(settles ? InvitationStatus.Accepted : InvitationStatus.Pending, (await StoredAsync(acme, invited)).Stored);
        }
    }

    [Theory, EachDatabase]
    public async Task Without_a_provider_the_link_stays_the_way_to_an_account(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = await acme.InviteAsync("ada@acme.test");
        await acme.SayAsync(ada.Invitation.MemberId, active: true);
        await using var db = acme.Store.Read();
        var open = await db.Invitations.AsNoTracking().SingleAsync(i => i.Id == ada.Invitation.Id);
        Assert.Equal(InvitationStatus.Pending, open.Stored);
        var joined = await acme.RedeemAsync(ada.LinkSecret, "ada@acme.test");
        Assert.True(joined.Done, joined.Refusal?.Message);
        Assert.NotNull(joined.Value.Member.AccountId);
        Assert.Equal(InvitationStatus.Accepted, (await db.Invitations.AsNoTracking().SingleAsync(i => i.Id == open.Id)).Stored);
        Assert.Single(await acme.AuditAsync(), a => a.Act == "invitation.accepted");
    }

    [Theory, EachDatabase]
    public async Task Whom_the_operator_makes_an_admin_has_accepted_their_invitation(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = await acme.InviteAsync("ada@acme.test");
        var link = await new InviteAdmin(acme.Store).RunAsync(Actor.Operator, acme.Id, "ada@acme.test", TimeSpan.FromHours(1), default);
        Assert.True(link.Done, link.Refusal?.Message);
        await using var db = acme.Store.Read();
        Assert.Equal(InvitationStatus.Accepted, (await db.Invitations.SingleAsync(i => i.Id == ada.Invitation.Id)).Stored);
        var line = Assert.Single(await acme.AuditAsync(), a => a.Act == "invitation.accepted");
        Assert.Equal("They came in another way.", line.Reason);
    }

    [Theory, EachDatabase]
    public async Task Who_is_invited_reads_the_name_of_a_person_or_of_the_workspace(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var key = boss with { Kind = ActorKind.ApiKey, Member = null, Name = "nightly script" };
        var shown = new List<string>();
        foreach (var actor in (Actor[])[boss, key, Actor.Operator])
        {
            var request = new InvitationRequest { UserNames = [$"p{shown.Count}@acme.test"] };
            var made = (await new InvitePeople(acme.Store).RunAsync(actor, acme.Id, request, default)).Value[0].Outcome.Value;
            shown.Add(made.Invitation.InviterFor("Acme"));
        }

        Assert.Equal(["boss@acme.test", "Acme", "Acme"], shown);
    }

    private static async Task<Invitation> StoredAsync(TestWorkspace acme, IssuedInvitation invited)
    {
        await using var db = acme.Store.Read();
        return await db.Invitations.AsNoTracking().SingleAsync(i => i.Id == invited.Invitation.Id);
    }
}
