using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Invitations;

public sealed class ResendInvitationTests
{
    [Theory, EachDatabase]
    [Shows("S1-39", "S0-30")]
    public async Task Resending_makes_every_earlier_link_dead_and_lives_anew(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var first = await acme.InviteAsync("ada@acme.test");
        var mailed = await MailSecretAsync(acme, first.Invitation.Id);
        acme.Clock.Advance(TimeSpan.FromDays(8)); // expired
        var again = (await new ResendInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, first.Invitation.Id, default)).Value;

        Assert.Equal(acme.Clock.Now.AddDays(7), again.Invitation.ExpiresAt);
        foreach (var dead in new[] { first.LinkSecret, mailed })
        {
            Assert.Equal("notFound", (await acme.RedeemAsync(dead, "ada@acme.test")).Refusal!.Code);
        }

        Assert.Equal(
            again.LinkSecret,
            (await new CopyInvitationLink(acme.Store).RunAsync(Actor.Operator, acme.Id, first.Invitation.Id, default)).Value
        );
        Assert.True((await acme.RedeemAsync(again.LinkSecret, "ada@acme.test")).Done);
        await using var db = acme.Store.Read();
        Assert.Equal(2, await db.OutboxMessages.CountAsync(m => m.About == first.Invitation.Id.Value));
    }

    [Theory, EachDatabase]
    public async Task Only_the_mailed_link_proves_the_address_and_both_open(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var invited = await acme.InviteAsync("ada@acme.test");
        var mailed = await MailSecretAsync(acme, invited.Invitation.Id);
        Assert.NotEqual(invited.LinkSecret, mailed);
        Assert.False((await new ReadInvitationByLink(acme.Store).RunAsync(invited.LinkSecret, default)).Value.ByMail);
        Assert.True((await new ReadInvitationByLink(acme.Store).RunAsync(mailed, default)).Value.ByMail);
        for (var i = 0; i < 3; i++)
        {
            // a mail scanner
            Assert.Equal(InvitationStatus.Pending, (await new ReadInvitationByLink(acme.Store).RunAsync(mailed, default)).Value.Status);
        }

        Assert.True((await acme.RedeemAsync(mailed, "ada@acme.test")).Done);
        await using var db = acme.Store.Read();
        var closed = await db.Invitations.SingleAsync();
        Assert.Equal((InvitationStatus.Accepted, null, null), (closed.Stored, closed.LinkSealed, closed.MailSealed));
        Assert.Equal(
            "invitationClosed",
            (await new CopyInvitationLink(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.Id, default)).Refusal!.Code
        );
    }

    [Theory, EachDatabase]
    [Shows("S2-20", "S2-22", "S3-28")]
    public async Task Revoking_kills_the_link_at_once_frees_the_name_and_happens_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var first = await acme.InviteAsync("ada@acme.test");
        var race = await Rivals.RaceAsync(
            5,
            _ => new RevokeInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, first.Invitation.Id, default)
        );
        Assert.Single(race, r => r.Required.Done);
        Assert.All(race.Where(r => !r.Required.Done), r => Assert.Equal("invitationClosed", r.Required.Refusal!.Code));
        Assert.Equal("invitationClosed", (await acme.RedeemAsync(first.LinkSecret, "ada@acme.test")).Refusal!.Code);
        Assert.Equal(
            InvitationStatus.Revoked,
            (await new ReadInvitationByLink(acme.Store).RunAsync(first.LinkSecret, default)).Value.Status
        );

        var second = await acme.InviteAsync("ada@acme.test");
        Assert.NotEqual(first.Invitation.MemberId, second.Invitation.MemberId);
        Assert.Equal(1, (await acme.CountsAsync()).In(MemberState.Ended));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Revoked_and_redeemed_at_once_ends_in_one_of_the_two(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        for (var round = 0; round < 20; round++)
        {
            var invited = await acme.InviteAsync($"p{round}@acme.test");
            var race = await Rivals.RaceAsync<Refusal?>([
                async () =>
                    (await new RevokeInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.Id, default)).Refusal,
                async () => (await acme.RedeemAsync(invited.LinkSecret, $"p{round}@acme.test")).Refusal,
            ]);
            Assert.Equal(["invitationClosed"], race.Select(r => r.Required?.Code).OfType<string>());
        }

        await acme.AgreesAsync();
    }

    [Theory]
    [EachDatabase("licensed"), EachDatabase("csv")]
    public async Task A_preset_that_does_not_offer_resending_refuses_it(Database kind, string preset)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, preset);
        var invited = await acme.InviteAsync("ada@acme.test");
        Assert.Equal(
            "resendNotOffered",
            (await new ResendInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.Id, default)).Refusal!.Code
        );
        acme.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(
            preset == "licensed",
            (await new ResendInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.Id, default)).Done
        );
    }

    [Theory, EachDatabase]
    public async Task One_invitation_cannot_be_made_a_mail_bomb(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var invited = await acme.InviteAsync("ada@acme.test");
        var mails = 1;
        while (
            (await new ResendInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.Id, default)).Is(
                out _,
                out var refusal
            )
            || refusal.Code != "mailQuota"
        )
        {
            Assert.InRange(++mails, 1, 50);
        }

        Assert.Equal(10, mails);
        acme.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True((await new ResendInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.Id, default)).Done);
    }

    private static async Task<string> MailSecretAsync(TestWorkspace acme, Id<Invitation> id)
    {
        await using var db = acme.Store.Read();
        return acme.Store.Box.OpenText(Invitation.MailPurpose, (await db.Invitations.SingleAsync(i => i.Id == id)).MailSealed)!;
    }
}
