using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Invitations;

public sealed class InvitePeopleTests
{
    [Theory, EachDatabase]
    [Shows("S0-08", "S1-12", "S4-25")]
    public async Task Each_of_a_batch_is_invited_or_refused_on_their_own(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.JoinAsync("member@acme.test");
        await acme.InviteAsync("invited@acme.test");
        await acme.ProvisionAsync("asleep@acme.test", active: false);
        var removed = (await acme.ProvisionAsync("removed@acme.test")).Value;
        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, removed.Id, default);

        var outcomes = (
            await new InvitePeople(acme.Store).RunAsync(
                Actor.Operator,
                acme.Id,
                new()
                {
                    UserNames =
                    [
                        " new@acme.test ",
                        "",
                        "member@acme.test",
                        "INVITED@acme.test",
                        "asleep@acme.test",
                        "removed@acme.test",
                        "no address",
                        "new@ACME.test",
                        "x@sub@acme.test",
                        "a\0@acme.test",
                    ],
                },
                default
            )
        ).Value;

        Assert.Equal(
            [
                ("new@acme.test", null),
                ("member@acme.test", "alreadyMember"),
                ("INVITED@acme.test", "alreadyInvited"),
                ("asleep@acme.test", "suspended"),
                ("removed@acme.test", "removed"),
                ("no address", "invalidUserName"),
                ("x@sub@acme.test", "invalidUserName"),
                ("a\0@acme.test", "invalidUserName"),
            ],
            outcomes.Select(o => (o.UserName, o.Outcome.Refusal?.Code))
        );
        Assert.Equal(2, (await acme.CountsAsync()).In(MemberState.Invited));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S0-08", "S0-10")]
    public async Task What_the_workspace_does_not_offer_is_refused_whole(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        var theirs = (await new CreateGroup(acme.Store).RunAsync(Actor.Operator, other.Id, new() { DisplayName = "Theirs" }, [], default))
            .Value
            .Group;
        InvitationRequest one = new() { UserNames = ["ada@acme.test"] };
        (InvitationRequest Request, string Field)[] wrong =
        [
            (one with { UserNames = [] }, "userName"),
            (one with { UserNames = [" ", ""] }, "userName"),
            (one with { UserNames = [.. Enumerable.Range(0, 201).Select(i => $"p{i}@acme.test")] }, "userName"),
            (one with { Role = "ghost" }, "role"),
            (one with { License = "ghost" }, "license"),
            (one with { Provider = IdentityProvider.Google }, "provider"),
            (one with { TenantId = Guid.CreateVersion7().ToString() }, "tenantId"),
            (one with { NotifyEmail = "boss@acme.test" }, "notifyEmail"),
            (one with { Groups = [theirs.Id] }, "groups"),
        ];
        foreach (var (request, field) in wrong)
        {
            var refusal = (await new InvitePeople(acme.Store).RunAsync(Actor.Operator, acme.Id, request, default)).Refusal;
            Assert.Equal((RefusalKind.Invalid, field), (refusal!.Kind, refusal.Field));
        }

        Assert.Equal(0, (await acme.CountsAsync()).Visible);
    }

    [Theory, EachDatabase]
    public async Task Twenty_admins_who_invite_the_same_person_make_one_invitation(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.ProvisionAsync("unlinked@acme.test");
        foreach (var name in new[] { "ada@acme.test", "unlinked@acme.test" })
        {
            var race = await Rivals.RaceAsync(
                20,
                async _ =>
                    (await new InvitePeople(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { UserNames = [name] }, default))
                        .Value[0]
                        .Outcome
            );
            Assert.Single(race, r => r.Required.Done);
            Assert.All(race.Where(r => !r.Required.Done), r => Assert.Equal("alreadyInvited", r.Required.Refusal!.Code));
        }

        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Somebody_active_without_an_account_is_invited_to_link_one_and_keeps_the_role(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var active = (await acme.ProvisionAsync("ada@acme.test")).Value;
        var invited = await acme.InviteAsync("ada@acme.test", "admin");
        Assert.Equal((active.Id, "member"), (invited.Invitation.MemberId, invited.Invitation.Role));
        Assert.Equal((MemberState.Active, "member"), ((await acme.ReadAsync(active.Id)).State, (await acme.ReadAsync(active.Id)).Role));

        var linked = (await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test")).Value.Member;
        Assert.Equal((active.Id, "member", true), (linked.Id, linked.Role, linked.AccountId is not null));
        Assert.Equal(
            "alreadyMember",
            (await new InvitePeople(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { UserNames = ["ada@acme.test"] }, default))
                .Value[0]
                .Outcome
                .Refusal!
                .Code
        );
        Assert.Equal(1, (await acme.CountsAsync()).Seats.Used);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S2-22", "S3-19")]
    public async Task After_expiry_or_removal_a_person_is_invited_anew_on_the_same_row(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var first = await acme.InviteAsync("ada@acme.test", "admin");
        acme.Clock.Advance(TimeSpan.FromDays(7));
        var second = await acme.InviteAsync("ada@acme.test", "viewer");
        Assert.Equal(first.Invitation.MemberId, second.Invitation.MemberId);
        Assert.Equal("invitationClosed", (await acme.RedeemAsync(first.LinkSecret, "ada@acme.test")).Refusal!.Code);
        var joined = (await acme.RedeemAsync(second.LinkSecret, "ada@acme.test")).Value.Member;
        Assert.Equal(("viewer", first.Invitation.MemberId), (joined.Role, joined.Id));

        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, joined.Id, default);
        var third = await acme.InviteAsync("ada@acme.test", "member");
        Assert.Equal((MemberState.Invited, 0), ((await acme.ReadAsync(joined.Id)).State, (await acme.CountsAsync()).Slots.Used));
        Assert.Equal(
            ("member", joined.Id),
            ((await acme.RedeemAsync(third.LinkSecret, "ada@acme.test")).Value.Member.Role, third.Invitation.MemberId)
        );
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task An_invitation_that_comes_to_nothing_leaves_who_had_been_removed_as_they_were(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.JoinAsync("boss@acme.test", "admin");
        var joined = await acme.JoinAsync("ada@acme.test", "admin");
        var group = (await new CreateGroup(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { DisplayName = "G" }, [joined.Id], default))
            .Value
            .Group;
        var end = acme.Clock.Now.AddDays(60);
        Assert.True(
            (await new SetMemberTerm(acme.Store).RunAsync(Actor.Operator, acme.Id, joined.Id, end, default(Id<Member>?), default)).Done
        );
        var before = await acme.ReadAsync(joined.Id);
        var remove = new RemoveMember(acme.Store);
        await remove.RunAsync(Actor.Operator, acme.Id, joined.Id, default);

        var second = await acme.InviteAsync("ada@acme.test", "viewer");
        acme.Clock.Advance(TimeSpan.FromDays(8)); // it runs out, and a third is sent: what the second kept is kept on
        var third = await acme.InviteAsync("ada@acme.test", "viewer");
        Assert.True((await new RevokeInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, third.Invitation.Id, default)).Done);
        await IsAsBeforeAsync();
        Assert.Equal("invitationClosed", (await acme.RedeemAsync(third.LinkSecret, "ada@acme.test")).Refusal!.Code);

        await remove.RunAsync(Actor.Operator, acme.Id, joined.Id, default);
        await acme.InviteAsync("ada@acme.test", "viewer");
        var again = (await remove.RunAsync(Actor.Operator, acme.Id, joined.Id, default)).Value; // she is only invited: the same
        Assert.Equal((MemberState.Removed, "admin"), (again.State, again.Role));
        await IsAsBeforeAsync();
        Assert.NotEqual(MemberState.Active, (await acme.ReadAsync((await acme.InviteAsync("new@acme.test")).Invitation.MemberId)).State);
        Assert.NotEqual(second.Invitation.Id, third.Invitation.Id);

        async Task IsAsBeforeAsync()
        {
            var now = await acme.ReadAsync(joined.Id);
            Assert.Equal((MemberState.Removed, before.JoinedAt, before.Email), (now.State, now.JoinedAt, now.Email));
            var back = (await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, joined.Id, default)).Value;
            Assert.Equal((MemberState.Active, "admin", true), (back.State, back.Role, back.HasSeat));
            await using var db = acme.Store.Read();
            Assert.Equal(end, (await db.MemberTerms.SingleAsync(t => t.WorkspaceId == acme.Id && t.MemberId == joined.Id)).EndsAt);
            Assert.All(await db.Invitations.ToListAsync(), i => Assert.Null(i.MemberBefore)); // nothing stays of what they kept
            Assert.Equal(group.Id, (await db.GroupMembers.SingleAsync(g => g.WorkspaceId == acme.Id && g.MemberId == joined.Id)).GroupId);
            await acme.AgreesAsync();
        }
    }

    [Theory, EachDatabase]
    public async Task The_mail_quota_holds_for_a_day_and_never_for_links_that_are_copied(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Invitations = c.Invitations with { MailsPerDay = 2 } }
        );
        await acme.InviteAsync("a@acme.test");
        await acme.InviteAsync("b@acme.test");
        await acme.InviteAsync("c@acme.test", also: r => r with { SendMail = false });
        var refusal = (await new InvitePeople(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { UserNames = ["d@acme.test"] }, default))
            .Value[0]
            .Outcome
            .Refusal!;
        Assert.Equal((RefusalKind.TooMany, "mailQuota"), (refusal.Kind, refusal.Code));
        acme.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True(
            (await new InvitePeople(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { UserNames = ["d@acme.test"] }, default))
                .Value[0]
                .Outcome
                .Done
        );
    }

    [Theory, EachDatabase]
    [Shows("S3-13", "S3-15", "S3-21")]
    public async Task A_user_name_that_is_no_address_is_invited_without_mail_where_providers_are_bound(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "provider");
        var bare = await acme.InviteAsync("ACME\\ada");
        Assert.Null(bare.MailTo);
        var told = await acme.InviteAsync("ACME\\bob", also: r => r with { NotifyEmail = "bob@acme.test" });
        Assert.Equal("bob@acme.test", told.MailTo);
        await using var db = acme.Store.Read();
        Assert.Equal(1, await db.OutboxMessages.CountAsync());
        Assert.Equal(
            (null, null),
            (
                (await db.Invitations.SingleAsync(i => i.Id == bare.Invitation.Id)).MailHash,
                (await db.Invitations.SingleAsync(i => i.Id == bare.Invitation.Id)).MailSealed
            )
        );
    }
}
