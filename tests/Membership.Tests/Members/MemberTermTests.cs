using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

public sealed class MemberTermTests
{
    [Theory, EachDatabase]
    public async Task On_its_date_access_ends_once_the_seat_is_free_and_the_sponsor_was_reminded(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = await acme.JoinAsync("ada@acme.test", "admin");
        var (guest, stays) = (await acme.JoinAsync("guest@acme.test"), await acme.JoinAsync("stays@acme.test"));
        var end = acme.Clock.GetUtcNow().AddDays(30);
        var set = new SetMemberTerm(acme.Store);
        Assert.Equal(
            end.ToUnixTimeSeconds(),
            (await set.RunAsync(acme.As(admin), acme.Id, guest.Id, end, stays.Id, default)).Value!.EndsAt.ToUnixTimeSeconds()
        );
        var run = new CarryOutTerms(acme.Store);
        Assert.Equal((0, 0), await run.RunAsync(default));
        acme.Clock.Advance(TimeSpan.FromDays(24));
        Assert.Equal((0, 1), await run.RunAsync(default));
        Assert.Equal((0, 0), await run.RunAsync(default));

        // extended, the reminder comes anew
        Assert.True((await set.RunAsync(acme.As(admin), acme.Id, guest.Id, end.AddDays(10), stays.Id, default)).Done);
        acme.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal((0, 1), await run.RunAsync(default));
        acme.Clock.Advance(TimeSpan.FromDays(7));
        var both = await Task.WhenAll(run.RunAsync(default), new CarryOutTerms(acme.SecondServer().Store).RunAsync(default));
        Assert.Equal(1, both.Sum(b => b.Ended));
        var ended = await acme.ReadAsync(guest.Id);
        Assert.Equal((MemberState.Suspended, false), (ended.State, ended.HasSeat));
        Assert.Equal("Ended on its date.", Assert.Single(await acme.AuditAsync(), a => a.Act == "member.termEnded").Reason);
        Assert.Equal(2, (await acme.CountsAsync()).Seats.Used);
        await acme.AgreesAsync();

        // who is restored stays, without an end
        Assert.True((await new RestoreMember(acme.Store).RunAsync(acme.As(admin), acme.Id, guest.Id, default)).Done);
        acme.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((0, 0), await run.RunAsync(default));
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(guest.Id)).State);
        await using var db = acme.Store.Read();
        Assert.Equal(2, await db.OutboxMessages.CountAsync(m => m.Kind == OutboxKind.TermMail));
        Assert.NotNull((await new MemberPage(acme.Store).RunAsync(Actor.Operator, acme.Id, guest.Id, default)).Value.Term!.EndedAt);
    }

    [Theory, EachDatabase]
    public async Task Invited_for_a_time_they_come_in_with_their_end_and_the_last_admin_stays(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = await acme.JoinAsync("ada@acme.test", "admin");
        var end = acme.Clock.GetUtcNow().AddDays(3);
        var issued = await acme.InviteAsync("guest@acme.test", also: r => r with { EndsAt = end, Sponsor = admin.Id });
        var guest = (await acme.RedeemAsync(issued.LinkSecret, "guest@acme.test")).Value.Member;
        Assert.True((await new SetMemberTerm(acme.Store).RunAsync(Actor.Operator, acme.Id, admin.Id, end, null, default)).Done);
        acme.Clock.Advance(TimeSpan.FromDays(4));
        Assert.Equal(1, (await new CarryOutTerms(acme.Store).RunAsync(default)).Ended);
        Assert.Equal(MemberState.Suspended, (await acme.ReadAsync(guest.Id)).State);
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(admin.Id)).State);
        Assert.Equal((0, 0), await new CarryOutTerms(acme.Store).RunAsync(default)); // noted, and not tried for ever

        // more than a piece of it whose workspace cannot be read stand before another in the queue: it has its turn all the same
        var other = await acme.OtherAsync("other", "seats");
        var theirs = await other.JoinAsync("eve@other.test");
        acme.Clock.Advance(TimeSpan.FromDays(1));
        var at = acme.Clock.GetUtcNow();
        await acme.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test",
            attempt =>
            {
                for (var i = 0; i < 120; i++)
                {
                    attempt.Changes.Add(
                        Ended(Id<Workspace>.New(TimeProvider.System), Id<Member>.New(TimeProvider.System), at.AddHours(-2))
                    );
                }

                attempt.Changes.Add(Ended(other.Id, theirs.Id, at.AddHours(-1)));
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );
        Assert.Equal(1, (await new CarryOutTerms(acme.Store).RunAsync(default)).Ended);
        Assert.Equal(MemberState.Suspended, (await other.ReadAsync(theirs.Id)).State);
        await acme.AgreesAsync();

        static MemberTerm Ended(Id<Workspace> workspace, Id<Member> member, DateTimeOffset end) =>
            new()
            {
                WorkspaceId = workspace,
                MemberId = member,
                EndsAt = end,
                SetBy = "test",
                SetAt = end,
            };
    }

    [Theory, EachDatabase]
    public async Task What_makes_no_sense_is_refused(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = await acme.JoinAsync("ada@acme.test", "admin");
        var guest = await acme.JoinAsync("guest@acme.test");
        var (set, now) = (new SetMemberTerm(acme.Store), acme.Clock.GetUtcNow());
        async Task<string?> CodeAsync(Actor actor, Id<Member> id, DateTimeOffset? end, Id<Member>? sponsor = null) =>
            (await set.RunAsync(actor, acme.Id, id, end, sponsor, default)).Refusal?.Code;
        Assert.Equal("invalidEndsAt", await CodeAsync(acme.As(admin), guest.Id, now));
        Assert.Equal("invalidEndsAt", await CodeAsync(acme.As(admin), guest.Id, now.AddYears(11)));
        Assert.Equal("invalidSponsor", await CodeAsync(acme.As(admin), guest.Id, now.AddDays(1), guest.Id));
        Assert.Equal("invalidSponsor", await CodeAsync(acme.As(admin), guest.Id, now.AddDays(1), default(Id<Member>)));
        Assert.Equal("ownMembership", await CodeAsync(acme.As(admin), admin.Id, now.AddDays(1)));
        Assert.Equal("forbidden", await CodeAsync(acme.As(guest), admin.Id, now.AddDays(1)));
        Assert.Equal("notFound", await CodeAsync(acme.As(admin), Id<Member>.New(TimeProvider.System), now.AddDays(1)));
        Assert.Equal(
            "invalidSponsor",
            (
                await new EditMember(acme.Store).RunAsync(
                    acme.As(admin),
                    acme.Id,
                    guest.Id,
                    new() { Term = new($"{now.AddDays(1):yyyy-MM-dd}", "nobody") },
                    default
                )
            )
                .Refusal
                ?.Code
        );
        Assert.Null(await CodeAsync(acme.As(admin), guest.Id, now.AddDays(1), admin.Id));
        Assert.Null(await CodeAsync(acme.As(admin), guest.Id, null));
        Assert.Null((await new MemberPage(acme.Store).RunAsync(Actor.Operator, acme.Id, guest.Id, default)).Value.Term);
    }
}
