using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Holds;

/// <summary>Two admins carry out what is held, where a workspace wants that.</summary>
public sealed class HeldApprovalTests
{
    [Theory, EachDatabase]
    public async Task What_is_held_is_carried_out_by_two_and_no_more_than_both_saw(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, new HoldRules { Mode = HoldMode.Hold }, people: 6, preset: "seats");
        var acme = rig.Acme;
        await acme.ConfigureAsync(c => c with { FourEyes = [FourEyesAct.ReleaseHeld] });
        var ada = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        foreach (var id in rig.People.Take(4))
        {
            await rig.SayAsync(id, false);
        }

        // some, by whoever asked, once
        var decide = new DecideHeld(acme.Store);
        Task<Outcome<IReadOnlyList<DecidedHold>>> SomeAsync(Actor actor, params Id<Member>[] some) =>
            decide.RunAsync(actor, acme.Id, some, HoldVerdict.Release, default);
        Assert.Equal("awaitsApproval", (await SomeAsync(ada, rig.People[0], rig.People[1])).Refusal!.Code);
        Assert.Equal((HeldAs.Deactivation, MemberState.Active), await rig.HeldAsync(rig.People[0]));
        await ApproveAsync(acme, boss);
        Assert.Equal("awaitsApproval", (await SomeAsync(ada, rig.People[0])).Refusal!.Code); // others than were approved
        Assert.All((await SomeAsync(ada, rig.People[1], rig.People[0])).Value, d => Assert.Null(d.Refusal));
        Assert.Equal((null, MemberState.Suspended), await rig.HeldAsync(rig.People[0]));
        Assert.All((await decide.RunAsync(ada, acme.Id, [rig.People[2]], HoldVerdict.Keep, default)).Value, d => Assert.Null(d.Refusal));

        // all: what the directory says after the second admin was asked is not meant
        Task<Outcome<Nothing>> AllAsync(HoldMode? afterwards) => decide.AllAsync(ada, acme.Id, HoldVerdict.Release, afterwards, default);
        Assert.Equal("awaitsApproval", (await AllAsync(null)).Refusal!.Code);
        await ApproveAsync(acme, boss);
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        await rig.SayAsync(rig.People[5], false);
        Assert.Equal("awaitsApproval", (await AllAsync(HoldMode.Apply)).Refusal!.Code); // that was not asked for
        Assert.True((await AllAsync(null)).Done);
        Assert.Equal((null, MemberState.Suspended), await rig.HeldAsync(rig.People[3]));
        Assert.Equal((HeldAs.Deactivation, MemberState.Active), await rig.HeldAsync(rig.People[5]));

        // one alone lets no more through than before
        var now = acme.Workspace.Configuration;
        foreach (
            var rules in new[]
            {
                null,
                new HoldRules { Mode = HoldMode.Hold, OnDeadline = HoldDeadline.Release },
                new HoldRules(),
            }
        )
        {
            var wanted = now with { Scim = now.Scim with { Hold = rules } };
            Assert.Equal(
                "fourEyesStays",
                (await new ChangeConfiguration(acme.Store).RunAsync(ada, acme.Id, null, wanted, default)).Refusal!.Code
            );
        }

        Assert.Equal("fourEyesStays", (await decide.AllAsync(ada, acme.Id, HoldVerdict.Keep, HoldMode.Apply, default)).Refusal!.Code);
        Assert.True((await decide.AllAsync(Actor.Operator, acme.Id, HoldVerdict.Release, HoldMode.Apply, default)).Done);
        await acme.AgreesAsync();
    }

    private static async Task ApproveAsync(TestWorkspace acme, Actor boss)
    {
        var asked = (await new ListApprovals(acme.Store).RunAsync(boss, acme.Id, default)).Value.First(a =>
            a.State == ApprovalState.Waiting
        );
        Assert.StartsWith("carry out what the directory says of ", asked.Sentence(acme.Workspace.Configuration), StringComparison.Ordinal);
        Assert.Null((await new DecideApproval(acme.Store).RunAsync(boss, acme.Id, asked.Id, true, default)).Value.NotDone);
    }
}
