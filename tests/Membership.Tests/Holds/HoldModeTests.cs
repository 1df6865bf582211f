using UserManagement.Membership.Access;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Holds;

/// <summary>Everything that gives or takes access waits: what a directory would do is looked at before it is done.</summary>
public sealed class HoldModeTests
{
    [Theory, EachDatabase]
    public async Task Whom_a_directory_brings_waits_and_comes_in_as_far_as_there_are_seats(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, new HoldRules { Mode = HoldMode.Hold }, people: 1, preset: "seats");
        await rig.Acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 3, OnFull = OnFull.Refuse } });
        var before = await rig.Acme.CountsAsync();
        List<Id<Member>> come = [];
        for (var i = 0; i < 5; i++)
        {
            var member = (await rig.BringAsync($"new{i}@acme.test")).Value;
            Assert.Equal((true, HeldAs.Admission, false), (member.ShownActive(), member.HeldAs, member.HasSeat));
            Assert.NotEqual(MemberState.Active, member.State);
            come.Add(member.Id);
        }

        Assert.Equal(
            (before.Seats.Used, before.Slots.Used),
            ((await rig.Acme.CountsAsync()).Seats.Used, (await rig.Acme.CountsAsync()).Slots.Used)
        );
        Assert.Equal("userNameTaken", (await rig.BringAsync("NEW1@acme.test")).Refusal!.Code);
        // the directory takes one back: nothing is held of them any more
        Assert.Null((await rig.SayAsync(come[4], false)).Value.HeldAs);
        // who is in and would go waits too
        Assert.Equal(HeldAs.Deactivation, (await rig.SayAsync(rig.People[0], false)).Value.HeldAs);
        var summary = (await new ListHeld(rig.Acme.Store).SummaryAsync(rig.Admin, rig.Acme.Id, default)).Value;
        Assert.Equal((4, 1), (summary.Waiting[HeldAs.Admission], summary.Waiting[HeldAs.Deactivation]));
        Assert.Equal((summary.SeatsNeeded > 0, 3 - before.Seats.Used), (true, summary.SeatsFree));

        var decide = new DecideHeld(rig.Acme.Store);
        var kept = await decide.RunAsync(rig.Admin, rig.Acme.Id, [come[0], rig.People[0]], HoldVerdict.Keep, default);
        Assert.All(kept.Value, d => Assert.Null(d.Refusal));
        Assert.Equal((HeldAs.Admission, MemberState.Provisioned), await rig.HeldAsync(come[0]));
        Assert.True((await decide.AllAsync(rig.Admin, rig.Acme.Id, HoldVerdict.Release, null, default)).Done);
        var after = await rig.Acme.CountsAsync();
        Assert.True(after.Seats.Used <= 3);
        Assert.True(after.Slots.Used > before.Slots.Used);
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Whom_the_workspace_invited_itself_comes_in(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, new HoldRules { Mode = HoldMode.Hold }, people: 0);
        var invited = (await rig.Acme.InviteAsync("ada@acme.test")).Invitation.MemberId;
        var said = (await rig.SayAsync(invited, true)).Value;
        Assert.Equal((MemberState.Active, null), (said.State, said.HeldAs));
        await rig.Acme.AgreesAsync();
    }
}
