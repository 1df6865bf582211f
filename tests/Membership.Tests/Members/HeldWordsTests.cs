using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

/// <summary>What a directory said and nobody has carried out: what follows from it, and what ends it.</summary>
public sealed class HeldWordsTests
{
    [Theory, EachDatabase]
    public async Task Who_is_held_out_takes_nothing_and_who_is_held_in_keeps_all(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var before = (await acme.ProvisionAsync("ada@acme.test")).Value;
        Assert.True(before.HasSeat || before.State == MemberState.Active);
        foreach (var held in (HeldAs[])[HeldAs.Deactivation, HeldAs.Deletion])
        {
            var kept = (await acme.HoldAsync(before.Id, held)).Value;
            Assert.Equal((MemberState.Active, before.HasSeat, before.Role), (kept.State, kept.HasSeat, kept.Role));
            Assert.Equal((false, held, true), (kept.ShownActive(), kept.HeldAs, kept.AwaitsDecision));
            await acme.AgreesAsync();
        }

        var counts = await acme.CountsAsync();
        Assert.Equal((1, 1), (counts.In(MemberState.Active), counts.Visible));
        var out_ = (await acme.HoldAsync((await acme.ProvisionAsync("bob@acme.test", active: false)).Value.Id, HeldAs.Admission)).Value;
        Assert.Equal((MemberState.Provisioned, false, true), (out_.State, out_.HasSeat, out_.ShownActive()));
        Assert.Equal(1, (await acme.CountsAsync()).In(MemberState.Active));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task The_opposite_word_of_the_directory_ends_what_is_held(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = (await acme.ProvisionAsync("ada@acme.test")).Value.Id;
        await acme.HoldAsync(ada, HeldAs.Deactivation);
        Assert.Equal(HeldAs.Deactivation, (await acme.SayAsync(ada, false)).Value.HeldAs); // the same word is no news
        var back = (await acme.SayAsync(ada, true)).Value;
        Assert.Equal((MemberState.Active, null, null, null), (back.State, back.HeldAs, back.HeldSince, back.HeldUntil));
        var bob = (await acme.ProvisionAsync("bob@acme.test", active: false)).Value.Id;
        await acme.HoldAsync(bob, HeldAs.Admission);
        var gone = (await acme.SayAsync(bob, false)).Value;
        Assert.Equal((MemberState.Provisioned, null, null), (gone.State, gone.HeldAs, gone.HeldSince));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Whom_the_directory_deleted_it_does_not_find_and_takes_up_again_by_the_same_name(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var first = (await acme.ProvisionAsync("ada@acme.test")).Value;
        var bob = (await acme.ProvisionAsync("bob@acme.test")).Value.Id;
        var theirs = await GroupAsync(acme, acme.Directory, "Engineering", first.Id, bob);
        var ours = await GroupAsync(acme, Actor.Operator, "Chess", first.Id);
        await acme.HoldAsync(first.Id, HeldAs.Deletion);
        Assert.Equal("notFound", (await acme.SayAsync(first.Id, true)).Refusal!.Code);
        Assert.Equal(
            "notFound",
            (await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, first.Id, null, default)).Refusal!.Code
        );
        var named = await new UpdateProvisionedMember(acme.Store).RunAsync(
            acme.Directory,
            acme.Id,
            bob,
            null,
            m => MemberAttributes.Of(m) with { UserName = "ADA@acme.test" },
            default
        );
        Assert.Equal("userNameHeld", named.Refusal!.Code);

        // what it says of a group's members leaves whom it does not know of where they are
        var set = await new ReviseGroup(acme.Store).RunAsync(
            acme.Directory,
            acme.Id,
            theirs,
            null,
            g => (GroupFacts.Of(g), [new MembershipStep(MembershipStepKind.Set, [bob])]),
            default
        );
        Assert.Equal((0, 0), (set.Value.Added, set.Value.Removed));
        Assert.Equal(2, await GroupsOfAsync(acme, first.Id));

        var back = (await acme.ProvisionAsync("Ada@acme.test")).Value;
        Assert.Equal((first.Id, MemberState.Active, null, first.JoinedAt), (back.Id, back.State, back.HeldAs, back.JoinedAt));
        await using (var db = acme.Store.Read())
        {
            Assert.Equal(ours, await db.GroupMembers.Where(g => g.MemberId == first.Id).Select(g => g.GroupId).SingleAsync());
        }

        Assert.Equal("userNameTaken", (await acme.ProvisionAsync("ada@acme.test")).Refusal!.Code);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task An_end_ends_what_is_held_and_verify_tells_what_does_not_follow(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = (await acme.ProvisionAsync("ada@acme.test")).Value.Id;
        await acme.HoldAsync(ada, HeldAs.Deactivation);
        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, ada, null, default)).Value); // held with it
        Assert.Equal((HeldAs.Deletion, MemberState.Active), ((await acme.ReadAsync(ada)).HeldAs, (await acme.ReadAsync(ada)).State));
        var decided = await new DecideHeld(acme.Store).RunAsync(Actor.Operator, acme.Id, [ada], HoldVerdict.Release, default);
        Assert.Null(Assert.Single(decided.Value).Refusal);
        Assert.Equal(MemberState.Ended, (await acme.ReadAsync(ada)).State);
        Assert.Null((await acme.ReadAsync(ada)).HeldAs);
        var bob = (await acme.ProvisionAsync("bob@acme.test")).Value.Id;
        await acme.HoldAsync(bob, HeldAs.Deactivation);
        await acme.AgreesAsync();
        await using var db = acme.Store.Read();
        await db.Members.Where(m => m.Id == bob).ExecuteUpdateAsync(m => m.SetProperty(x => x.DirectoryActive, true));
        var found = await new VerifyCounters(acme.Store).RunAsync(default);
        Assert.Contains(found, d => d.What == $"held word of {bob}");
    }

    private static async Task<Id<Group>> GroupAsync(TestWorkspace acme, Actor actor, string name, params Id<Member>[] members) =>
        (await new CreateGroup(acme.Store).RunAsync(actor, acme.Id, new GroupFacts { DisplayName = name }, members, default))
            .Value
            .Group
            .Id;

    private static async Task<int> GroupsOfAsync(TestWorkspace acme, Id<Member> member)
    {
        await using var db = acme.Store.Read();
        return await db.GroupMembers.CountAsync(g => g.MemberId == member);
    }
}
