using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Groups;

public sealed class ReviseGroupTests
{
    [Theory, EachDatabase]
    public async Task Rivals_on_one_group_lose_nobody_and_each_counts_a_version(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var people = await PeopleAsync(acme, 20);
        var group = await NewAsync(acme, "Everybody");
        var race = await Rivals.RaceAsync(20, i => StepsAsync(acme, group.Id, new MembershipStep(MembershipStepKind.Add, [people[i]])));
        Assert.All(race, r => Assert.Equal(1, r.Required.Value.Added));
        Assert.Equal(people.Order(), await InAsync(acme, group.Id));
        await using var db = acme.Store.Read();
        Assert.Equal(group.Version + 20, (await db.Groups.SingleAsync()).Version);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Nobody_is_left_in_a_group_who_ends_while_being_added(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var group = await NewAsync(acme, "Fleeting");
        var people = await PeopleAsync(acme, 40);
        await Rivals.RaceAsync(
            80,
            async i =>
                i % 2 == 0
                    ? (await StepsAsync(acme, group.Id, new MembershipStep(MembershipStepKind.Add, [people[i / 2]]))).Refusal
                    : (await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, people[i / 2], null, default)).Refusal
        );
        Assert.Empty(await InAsync(acme, group.Id));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Steps_run_in_their_order_and_nothing_is_counted_twice(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var p = await PeopleAsync(acme, 4);
        var group = await NewAsync(acme, "G");
        MembershipStep Add(params Id<Member>[] m) => new(MembershipStepKind.Add, m);
        MembershipStep Remove(params Id<Member>[] m) => new(MembershipStepKind.Remove, m);
        MembershipStep Set(params Id<Member>[] m) => new(MembershipStepKind.Set, m);
        ((MembershipStep[] Steps, int Added, int Removed), Id<Member>[] After)[] cases =
        [
            (([Add(p[0], p[1], p[0])], 2, 0), [p[0], p[1]]),
            (([Add(p[0]), Remove(p[3])], 0, 0), [p[0], p[1]]),
            (([Remove(p[0]), Add(p[0])], 0, 0), [p[0], p[1]]),
            (([Add(p[2]), Remove(p[2])], 0, 0), [p[0], p[1]]),
            (([Set(p[2], p[3]), Remove(p[3]), Add(p[1])], 1, 1), [p[1], p[2]]),
            (([Add(p[0]), Set()], 0, 2), []),
        ];
        var version = group.Version;
        foreach (var ((steps, added, removed), after) in cases)
        {
            var changed = (await StepsAsync(acme, group.Id, steps)).Value;
            Assert.Equal((added, removed), (changed.Added, changed.Removed));
            Assert.Equal(after.Order(), await InAsync(acme, group.Id));
            version += added + removed > 0 ? 1 : 0;
            Assert.Equal(version, changed.Group.Version);
        }

        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Unknown_ended_and_foreign_people_are_passed_over_or_refused_where_strict(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        var theirs = (await other.ProvisionAsync("eve@other.test")).Value.Id;
        var people = await PeopleAsync(acme, 2);
        await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, people[1], null, default);
        Id<Member>[] wanted = [people[0], people[1], theirs, Id<Member>.New(TimeProvider.System)];
        var made = (
            await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = "G" }, wanted, default)
        ).Value;
        Assert.Equal((1, 3), (made.Added, made.Unknown.Count));
        Assert.Equal(3, (await StepsAsync(acme, made.Group.Id, new MembershipStep(MembershipStepKind.Set, wanted))).Value.Unknown.Count);
        Assert.Equal([people[0]], await InAsync(acme, made.Group.Id));

        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { Strict = true } });
        Assert.Equal(
            "members",
            (await StepsAsync(acme, made.Group.Id, new MembershipStep(MembershipStepKind.Add, [theirs]))).Refusal!.Field
        );
        Assert.Equal(
            "notFound",
            (await StepsAsync(other, made.Group.Id, new MembershipStep(MembershipStepKind.Add, [theirs]))).Refusal!.Code
        );
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Names_are_unique_without_case_until_a_group_is_deleted(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var race = await Rivals.RaceAsync(
            10,
            i =>
                new CreateGroup(acme.Store).RunAsync(
                    acme.Directory,
                    acme.Id,
                    new() { DisplayName = i % 2 == 0 ? "Sales" : "SALES" },
                    [],
                    default
                )
        );
        var sales = Assert.Single(race, r => r.Required.Done).Required.Value.Group;
        Assert.All(race.Where(r => !r.Required.Done), r => Assert.Equal("groupNameTaken", r.Required.Refusal!.Code));
        var ops = await NewAsync(acme, "Ops");
        Assert.Equal("groupNameTaken", (await RenameAsync(ops.Id, "sales")).Refusal!.Code);
        Assert.True((await RenameAsync(ops.Id, "OPS")).Done);
        Assert.True((await new DeleteGroup(acme.Store).RunAsync(acme.Directory, acme.Id, sales.Id, null, default)).Done);
        Assert.True((await RenameAsync(ops.Id, "Sales")).Done);
        Assert.Equal(1, (await acme.CountsAsync()).Groups);

        // What two groups were called before names had to be unique stays until it changes.
        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { UniqueGroupNames = false } });
        var twin = await NewAsync(acme, "Twin");
        await NewAsync(acme, "Twin");
        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { UniqueGroupNames = true } });
        Assert.True((await StepsAsync(acme, twin.Id, new MembershipStep(MembershipStepKind.Add, await PeopleAsync(acme, 1)))).Done);
        Assert.Equal("groupNameTaken", (await RenameAsync(ops.Id, "twin")).Refusal!.Code);
        await acme.AgreesAsync();

        Task<Outcome<ChangedGroup>> RenameAsync(Id<Group> id, string name) =>
            new ReviseGroup(acme.Store).RunAsync(
                acme.Directory,
                acme.Id,
                id,
                null,
                g => (GroupFacts.Of(g) with { DisplayName = name }, []),
                default
            );
    }

    [Theory, EachDatabase]
    public async Task A_directorys_group_is_the_directorys_and_a_version_seen_must_be_the_current_one(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var group = await NewAsync(acme, "G");
        var change = new ReviseGroup(acme.Store);
        Assert.Equal(
            "directoryManaged",
            (await change.RunAsync(admin, acme.Id, group.Id, null, g => (GroupFacts.Of(g) with { DisplayName = "X" }, []), default))
                .Refusal!
                .Code
        );
        Assert.Equal(
            "directoryManaged",
            (await new DeleteGroup(acme.Store).RunAsync(admin, acme.Id, group.Id, null, default)).Refusal!.Code
        );
        Assert.Equal(
            "stale",
            (await change.RunAsync(acme.Directory, acme.Id, group.Id, v => v == 99, g => (GroupFacts.Of(g), []), default)).Refusal!.Code
        );
        Assert.Equal(
            "stale",
            (await new DeleteGroup(acme.Store).RunAsync(acme.Directory, acme.Id, group.Id, v => v == 99, default)).Refusal!.Code
        );
        Assert.Equal(
            "invalidDisplayName",
            (
                await change.RunAsync(
                    acme.Directory,
                    acme.Id,
                    group.Id,
                    null,
                    g => (GroupFacts.Of(g) with { DisplayName = new string('\uFDFA', 200) }, []),
                    default
                )
            )
                .Refusal!
                .Code
        );
        Assert.Equal(
            "forbidden",
            (
                await new CreateGroup(acme.Store).RunAsync(
                    acme.As(await acme.JoinAsync("bob@acme.test", "member")),
                    acme.Id,
                    new() { DisplayName = "Mine" },
                    [],
                    default
                )
            )
                .Refusal!
                .Code
        );
    }

    [Theory, EachDatabase]
    public async Task Thousands_who_come_and_go_are_few_statements(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var group = await NewAsync(acme, "Everybody");
        List<Id<Member>> Many(int count) => [.. Enumerable.Range(0, count).Select(_ => Id<Member>.New(TimeProvider.System))];
        await using var db = acme.Store.Read();
        foreach (var guarded in (bool[])[false, true])
        {
            var attempt = new Attempt(db, acme.Directory, acme.Clock, acme.Store.Box, new HashSet<CounterId>());
            var changed = ReviseGroup.Write(attempt, group, group, new MembershipPlan(Many(2000), Many(2000), []), guarded);
            Assert.Equal((2000, 2000), (changed.Added, changed.Removed));
            // four of 500 each way, the group itself, and the line in the audit log
            Assert.InRange(Changes.Steps(db, [attempt.Changes]).Count, 1, 10);
        }
    }

    private static async Task<List<Id<Member>>> PeopleAsync(TestWorkspace acme, int count)
    {
        var people = new List<Id<Member>>();
        for (var i = 0; i < count; i++)
        {
            people.Add((await acme.ProvisionAsync($"{Id<Member>.New(TimeProvider.System)}@acme.test")).Value.Id);
        }

        return people;
    }

    private static async Task<Group> NewAsync(TestWorkspace acme, string name) =>
        (await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = name }, [], default)).Value.Group;

    private static Task<Outcome<ChangedGroup>> StepsAsync(TestWorkspace acme, Id<Group> group, params MembershipStep[] steps) =>
        new ReviseGroup(acme.Store).RunAsync(acme.Directory, acme.Id, group, null, g => (GroupFacts.Of(g), steps), default);

    private static async Task<List<Id<Member>>> InAsync(TestWorkspace acme, Id<Group> group)
    {
        await using var db = acme.Store.Read();
        return
        [
            .. (
                await db.GroupMembers.Where(m => m.WorkspaceId == acme.Id && m.GroupId == group).Select(m => m.MemberId).ToListAsync()
            ).Order(),
        ];
    }
}
