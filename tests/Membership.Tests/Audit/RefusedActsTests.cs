using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Audit;

public sealed class RefusedActsTests
{
    [Theory, EachDatabase]
    public async Task A_refused_act_names_whom_it_concerned_and_nobody_of_another_workspace(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = 1 } });
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var viewer = await acme.JoinAsync("viewer@acme.test", "viewer");
        var stranger = await (await acme.OtherAsync()).AddAsync("stranger");
        var open = await acme.InviteAsync("guest@acme.test", "viewer");
        var (store, id, actor) = (acme.Store, acme.Id, acme.As(viewer));
        await acme.AssignAsync(acme.As(boss), viewer.Id, "member"); // no seat is free
        await new RemoveMember(store).RunAsync(actor, id, boss.Id, default);
        await new SuspendMember(store).RunAsync(actor, id, stranger.Id, default);
        await new InvitePeople(store).RunAsync(actor, id, new() { UserNames = ["x@acme.test"] }, default);
        await new RevokeInvitation(store).RunAsync(
            actor with
            {
                Permissions = Actor.DirectoryPermissions,
            },
            id,
            open.Invitation.Id,
            default
        );

        var refused = (await acme.AuditAsync()).Where(a => a.Refused).Select(a => (a.Act, a.TargetKind, a.TargetId, a.TargetName)).ToList();
        Assert.Contains(("role.changed", "member", (Guid?)viewer.Id.Value, "viewer@acme.test"), refused);
        Assert.Contains(("member.removed", "member", (Guid?)boss.Id.Value, "boss@acme.test"), refused);
        Assert.Contains(("invitation.created", "invitation", (Guid?)null, "x@acme.test"), refused);
        Assert.Contains(("member.suspended", "workspace", (Guid?)id.Value, (string?)null), refused);
        Assert.DoesNotContain(refused, r => r.TargetId == stranger.Id.Value);
    }

    [Theory, EachDatabase]
    public async Task An_erasure_reaches_whom_a_refused_invitation_was_meant_for(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var viewer = acme.As(await acme.JoinAsync("viewer@acme.test", "viewer"));
        foreach (var name in (string[])["Ada@acme.test", "bob@acme.test"])
        {
            await new InvitePeople(acme.Store).RunAsync(viewer, acme.Id, new() { UserNames = [name] }, default);
        }

        var ada = await acme.AddAsync("ada");
        Assert.Equal("ada@acme.test", ada.UserName);
        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, ada.Id, null, default)).Done);
        var erased = await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, ada.Id, default);
        Assert.True(erased.Done, erased.Refusal?.Message);
        var lines = (await acme.AuditAsync()).Where(a => a is { Act: "invitation.created", Refused: true }).ToList();
        Assert.Equal([null, "bob@acme.test"], lines.Select(l => l.TargetName));
        Assert.Equal(32, lines[0].Digest?.Length);
    }

    [Theory, EachDatabase]
    public async Task What_is_done_after_all_is_not_told_as_refused_and_what_is_not_is_told_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var full = new Refusal(RefusalKind.Full, "seatsFull", "No seat is free.");
        foreach (var rounds in (int[])[3, int.MaxValue])
        {
            var (plans, asked) = (0, 0);
            var done = await acme.Store.ChangeAsync<Nothing>(
                boss,
                acme.Id,
                "seats.assigned",
                _ => Task.FromResult<Outcome<Nothing>>(++plans < rounds ? full : default(Nothing)),
                default,
                _ => Task.FromResult(++asked < 5)
            );
            Assert.Equal((rounds == 3, rounds == 3 ? 3 : 5), (done.Done, plans));
            Assert.Equal(rounds == 3 ? 0 : 1, (await acme.AuditAsync()).Count(a => a.Refused));
        }
    }
}
