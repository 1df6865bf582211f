using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Tests.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Holds;

/// <summary>What would become of people of whom something is held: by rules, seats, and because they were here already.</summary>
public sealed class HeldPlanTests
{
    private static readonly HoldRules Everything = new() { Mode = HoldMode.Hold };

    [Theory, EachDatabase]
    public async Task What_rules_make_of_a_held_directory_waits_and_counts_as_one(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Capacity = c.Capacity with { Seats = 3 } });
        var bench = new RuleBench(acme);
        var (ada, bob, cid) = (await NewAsync(bench, "ada"), await NewAsync(bench, "bob"), await NewAsync(bench, "cid"));
        var (group, ours) = (await bench.GroupAsync("Engineering"), await bench.GroupAsync("Ours", byDirectory: false));
        await bench.MakeAsync(RuleBench.Draft("Engineers", group, "editor", null, ours.Id));
        await bench.MakeAsync(RuleBench.Draft("Sellers", RuleAsks.Department, "Sales", "member"));
        await HoldAsync(acme, Everything);

        Assert.True((await bench.MoveAsync(group, MembershipStepKind.Add, ada, bob)).Done);
        Assert.Equal(HeldAs.Access, (await bench.DescribeAsync(cid, RuleBench.Department("Sales"))).Value.HeldAs);
        Assert.Equal([ada, bob], await bench.InAsync(group)); // the directory sees its own write
        Assert.Empty(await bench.InAsync(ours));
        foreach (var id in (Id<Member>[])[ada, bob, cid])
        {
            Assert.Equal("viewer", (await bench.HasAsync(id)).Role);
        }

        var plan = await PlanAsync(acme);
        Assert.Equal([(ada, "editor", "Engineers"), (bob, "editor", "Engineers"), (cid, "member", "Sellers")], plan.Select(Told));
        Assert.Equal("Ours", Assert.Single(plan[0].Into));
        var summary = await SummaryAsync(acme);
        Assert.Equal((3, 3, 3L, 0), (summary.Waiting[HeldAs.Access], summary.SeatsNeeded, summary.SeatsFree, summary.SeatsShort));
        await acme.AgreesAsync();

        // the directory takes one word back; an admin keeps one person as they are, whatever other rules come
        Assert.True((await bench.MoveAsync(group, MembershipStepKind.Remove, bob)).Done);
        Assert.Null((await acme.ReadAsync(bob)).HeldAs);
        await DecideAsync(acme, HoldVerdict.Keep, cid);
        await bench.MakeAsync(RuleBench.Draft("Elsewhere", RuleAsks.Department, "Marketing", "editor"));
        Assert.Equal(("viewer", null), await bench.HasAsync(cid));
        Assert.Equal("member", (await acme.ReadAsync(cid)).HeldRole);
        await DecideAsync(acme, HoldVerdict.Release, ada);
        Assert.Equal(("editor", null), await bench.HasAsync(ada));
        Assert.Equal([ada], await bench.InAsync(ours));
        Assert.Equal(HeldAs.Access, (await bench.DescribeAsync(cid, RuleBench.Department("Marketing"))).Value.HeldAs);
        Assert.True((await acme.ReadAsync(cid)).AwaitsDecision); // another word than the one that was kept
        Assert.Null((await bench.DescribeAsync(cid, null)).Value.HeldAs);

        // who is new has what rules give once they are let in
        var eve = (await bench.ProvisionAsync("eve@acme.test", RuleBench.Department("Sales"))).Value;
        Assert.Equal((HeldAs.Admission, MemberState.Provisioned), (eve.HeldAs, eve.State));
        Assert.True((await bench.MoveAsync(group, MembershipStepKind.Add, eve.Id)).Done);
        Assert.Equal([ada], await bench.InAsync(ours));
        Assert.Equal([(eve.Id, "editor", "Engineers")], (await PlanAsync(acme)).Select(Told));
        var all = await new DecideHeld(acme.Store).AllAsync(Actor.Operator, acme.Id, HoldVerdict.Release, HoldMode.HoldDangerous, default);
        Assert.True(all.Done);
        Assert.Equal((MemberState.Active, "editor"), ((await acme.ReadAsync(eve.Id)).State, (await bench.HasAsync(eve.Id)).Role));
        Assert.Equal([ada, eve.Id], await bench.InAsync(ours));

        // afterwards only who would go is held
        Assert.True((await bench.MoveAsync(group, MembershipStepKind.Remove, ada)).Done);
        Assert.Equal(("viewer", null), await bench.HasAsync(ada));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Of_very_many_in_a_group_those_wait_for_whom_it_makes_a_difference(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Capacity = c.Capacity with { Seats = 40 } });
        var bench = new RuleBench(acme);
        List<Id<Member>> people = [];
        for (var i = 0; i <= RuleMoves.MostInAct; i++)
        {
            people.Add(await NewAsync(bench, $"p{i:000}"));
        }

        var (one, two) = (await bench.GroupAsync("One", true, people[0], people[1]), await bench.GroupAsync("Two"));
        await bench.MakeAsync(RuleBench.Draft("First", one, "editor"));
        await bench.MakeAsync(RuleBench.Draft("Second", two, "member"));
        await HoldAsync(acme, Everything);
        Assert.True((await bench.MoveAsync(two, MembershipStepKind.Add, [.. people])).Done);
        await bench.WorkAsync();
        Assert.Equal(2, (await acme.CountsAsync()).Seats.Used);
        var summary = await SummaryAsync(acme);
        Assert.Equal((people.Count - 2, people.Count - 2, 38L), (summary.People, summary.SeatsNeeded, summary.SeatsFree));
        Assert.Equal(people.Count - 2 - 38, summary.SeatsShort);

        // the second page knows what the first takes
        var list = new ListHeld(acme.Store);
        var page = (await list.PageAsync(Actor.Operator, acme.Id, true, null, null, 30, default)).Value;
        Assert.All(page.People, p => Assert.False(p.LacksSeat));
        page = (await list.PageAsync(Actor.Operator, acme.Id, true, HeldAs.Access, page.Next, 30, default)).Value;
        Assert.Equal(8, page.People.Count(p => !p.LacksSeat));
        Assert.Empty((await list.PageAsync(Actor.Operator, acme.Id, true, HeldAs.Match, null, 30, default)).Value.People);

        var all = await new DecideHeld(acme.Store).AllAsync(Actor.Operator, acme.Id, HoldVerdict.Release, HoldMode.Apply, default);
        Assert.True(all.Done);
        Assert.Equal(40, (await acme.CountsAsync()).Seats.Used);
        Assert.Equal(0, (await SummaryAsync(acme)).People);
        Assert.Null((await ConfigurationAsync(acme)).Scim.Hold);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Who_was_here_already_is_matched_and_an_admin_says_whether_the_directory_decides_on_them(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var (ada, bob) = (await acme.JoinAsync("ada@acme.test"), await acme.JoinAsync("bob@acme.test"));
        await HoldAsync(acme, Everything);

        // told that the name is taken, it looks for whoever has it
        Assert.Equal("userNameTaken", (await bench.ProvisionAsync("ADA@acme.test")).Refusal!.Code);
        var found = await acme.ReadAsync(ada.Id);
        Assert.Equal((HeldAs.Match, HeldMatch.UserName, MemberState.Active), (found.HeldAs, found.HeldMatch, found.State));
        Assert.Equal("userNameTaken", (await bench.ProvisionAsync("ada@acme.test")).Refusal!.Code);
        await DecideAsync(acme, HoldVerdict.Release, ada.Id);
        Assert.Equal((null, true), ((await acme.ReadAsync(ada.Id)).HeldAs, (await acme.ReadAsync(ada.Id)).DirectoryActive!.Value));
        Assert.Null((await SayAsync(bench, ada.Id, m => m with { ExternalId = "a-1" })).HeldAs);

        // found by address, and renamed; then kept: the directory has no say
        var renamed = await SayAsync(
            bench,
            bob.Id,
            m => m with { UserName = "bob@corp.test", Email = "bob@acme.test", ExternalId = "b-1" }
        );
        Assert.Equal((HeldAs.Match, HeldMatch.Email, MemberState.Active), (renamed.HeldAs, renamed.HeldMatch, renamed.State));
        await DecideAsync(acme, HoldVerdict.Keep, bob.Id);
        var left = await SayAsync(bench, bob.Id, m => m with { Active = false });
        Assert.Equal((HeldAs.Deactivation, null, MemberState.Active, false), (left.HeldAs, left.HeldUntil, left.State, left.ShownActive()));

        // somebody new with an address that is known, and the last admin
        var twin = (
            await new ProvisionMember(acme.Store).RunAsync(
                bench.Directory,
                acme.Id,
                new() { UserName = "ada@corp.test", Email = "ada@acme.test" },
                default
            )
        ).Value;
        Assert.Equal((HeldAs.Admission, HeldMatch.Email), (twin.HeldAs, twin.HeldMatch));
        Assert.Equal(HeldAs.Deactivation, (await SayAsync(bench, boss.Id, m => m with { Active = false })).HeldAs);
        var plan = await PlanAsync(acme);
        Assert.Equal(
            [(boss.Id, null, "lastAdmin"), (twin.Id, ada.Id, null)],
            plan.Select(p => (p.Member.Id, p.Same?.Id, p.Conflict?.Code))
        );
        Assert.Equal(
            "lastAdmin",
            (await new DecideHeld(acme.Store).RunAsync(Actor.Operator, acme.Id, [boss.Id], HoldVerdict.Release, default))
                .Value[0]
                .Refusal!
                .Code
        );
        Assert.Equal(2, (await acme.AuditAsync()).Count(a => a.Act == "member.matched"));

        // on whom nobody decides, the directory's word is not carried out
        acme.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(2, await new CarryOutHolds(acme.Store).RunAsync(default));
        var summary = await SummaryAsync(acme);
        Assert.Equal((0, 3L, 0), (summary.People, summary.Kept, summary.Directories.Count));
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(boss.Id)).State);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Who_is_let_in_with_an_address_that_is_known_is_a_second_person_as_the_plan_said_and_takes_nothing_of_the_first(
        Database kind
    )
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Capacity = c.Capacity with { Seats = 2 } });
        var bench = new RuleBench(acme);
        await bench.MakeAsync(RuleBench.Draft("Sellers", RuleAsks.Department, "Sales", "editor"));
        var ada = await acme.JoinAsync("ada@acme.test", "member");
        await HoldAsync(acme, Everything);
        var twins = new List<Id<Member>>();
        foreach (var name in new[] { "ada@corp.test", "a.lovelace@corp.test" })
        {
            var sent = new MemberAttributes
            {
                UserName = name,
                Email = "ADA@acme.test",
                Document = RuleBench.Department("Sales"),
            };
            twins.Add((await new ProvisionMember(acme.Store).RunAsync(bench.Directory, acme.Id, sent, default)).Value.Id);
        }

        // each is told beside whom they would be; nobody becomes two by a decision on all
        var plan = await PlanAsync(acme);
        Assert.Equal([(twins[0], (Id<Member>?)ada.Id), (twins[1], ada.Id)], plan.Select(p => (p.Member.Id, p.Same?.Id)));
        Assert.All(plan, p => Assert.Null(p.Conflict));
        var summary = await SummaryAsync(acme);
        Assert.Equal((2, 2L, 0L, 0L), (summary.People, summary.HereAlready, summary.New, summary.SeatsNeeded));
        var all = await new DecideHeld(acme.Store).AllAsync(Actor.Operator, acme.Id, HoldVerdict.Release, null, default);
        Assert.True(all.Done);
        Assert.Equal(2, (await SummaryAsync(acme)).People);

        // chosen one by one they do; the second finds no seat
        foreach (var id in twins)
        {
            var said = Assert.Single(await PlanAsync(acme), p => p.Member.Id == id);
            await DecideAsync(acme, HoldVerdict.Release, id);
            var now = await acme.ReadAsync(said.Member.Id);
            Assert.Equal(
                (said.After!.State, said.After.Role, said.After.HasSeat, (Id<Account>?)null, (HeldAs?)null),
                (now.State, now.Role, now.HasSeat, now.AccountId, now.HeldAs)
            );
        }

        var first = await acme.ReadAsync(ada.Id);
        Assert.Equal(
            (MemberState.Active, "member", true, ada.AccountId, (bool?)null, (HeldAs?)null),
            (first.State, first.Role, first.HasSeat, first.AccountId, first.DirectoryActive, first.HeldAs)
        );
        Assert.Equal(2, (await acme.CountsAsync()).Seats.Used);

        // the directory goes on with its own, and takes nothing of the first
        Assert.Equal("ada@corp.test", (await SayAsync(bench, twins[0], m => m with { DisplayName = "Ada L." })).UserName);
        Assert.Equal(HeldAs.Deactivation, (await SayAsync(bench, twins[0], m => m with { Active = false })).HeldAs);
        Assert.Equal(first.Version, (await acme.ReadAsync(ada.Id)).Version);
        await acme.AgreesAsync();
    }

    /// <summary>Carrying out against a directory that goes on and rules that change: nobody has what a fresh look would not give.</summary>
    [Theory, EachDatabase]
    public async Task Rivals_of_decisions_live_writes_and_rules_leave_a_workspace_that_agrees(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Capacity = c.Capacity with { Seats = 5 } });
        var (bench, second) = (new RuleBench(acme), acme.SecondServer());
        List<Id<Member>> people = [];
        for (var i = 0; i < 10; i++)
        {
            people.Add(await NewAsync(bench, $"p{i}"));
        }

        Group[] groups = [await bench.GroupAsync("One"), await bench.GroupAsync("Two")];
        var ours = await bench.GroupAsync("Ours", byDirectory: false);
        var rule = await bench.MakeAsync(RuleBench.Draft("Either", groups[0], "editor", null, ours.Id));
        await bench.MakeAsync(RuleBench.Draft("Sellers", RuleAsks.Department, "Sales", "member"));
        await HoldAsync(acme, Everything);
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("USERMANAGEMENT_HOLD_ROUNDS"), out var asked) ? asked : 5;
        for (var round = 0; round < rounds; round++)
        {
            var race = await Rivals.RaceAsync(
                14,
                async i =>
                {
                    var (id, store) = (people[(i + round) % people.Count], i % 2 == 0 ? acme.Store : second.Store);
                    return i switch
                    {
                        0 => (
                            await new ChangeRule(store).RunAsync(
                                Actor.Operator,
                                acme.Id,
                                rule.Id,
                                null,
                                RuleBench.Draft("Either", groups[round % 2], round % 3 == 0 ? "member" : "editor", null, ours.Id),
                                default
                            )
                        ).Refusal,
                        1 => (await new WorkRuleRun(store).TurnAsync(acme.Id, 5, default)).Refusal,
                        2 => (
                            await new DecideHeld(store).AllAsync(
                                Actor.Operator,
                                acme.Id,
                                round % 4 == 3 ? HoldVerdict.Keep : HoldVerdict.Release,
                                null,
                                default
                            )
                        ).Refusal,
                        < 6 => (
                            await new DecideHeld(store).RunAsync(
                                Actor.Operator,
                                acme.Id,
                                [id],
                                i == 3 ? HoldVerdict.Keep : HoldVerdict.Release,
                                default
                            )
                        ).Refusal,
                        < 9 => (await bench.DescribeAsync(id, (i + round) % 2 == 0 ? RuleBench.Department("Sales") : null)).Refusal,
                        9 => (await SaidAsync(bench, id, round % 2 == 0)).Refusal,
                        _ => (
                            await bench.MoveAsync(
                                groups[(i + round) % 2],
                                (i + (round / 2)) % 3 == 0 ? MembershipStepKind.Remove : MembershipStepKind.Add,
                                id,
                                people[(i + 3) % people.Count]
                            )
                        ).Refusal,
                    };
                }
            );
            Assert.All(race, r => Assert.True(r.Fault is null && r.Value is null or { Code: "nothingHeld" }, $"{r.Fault} {r.Value}"));
            await bench.WorkAsync();
            await acme.AgreesAsync();
            Assert.True((await acme.CountsAsync()).Seats.Used <= 5);
        }

        // all that waits is carried out, and all that was kept: what is left is what a fresh look gives
        await HoldAsync(acme, null);
        await using var db = acme.Store.Read();
        foreach (var id in db.Members.Where(m => m.HeldAs != null).Select(m => m.Id).ToList())
        {
            await DecideAsync(acme, HoldVerdict.Release, id);
        }

        await new WorkHeld(acme.Store).TurnAsync(acme.Id, default);
        Assert.Empty(db.Members.Where(m => m.HeldAs != null || m.HeldRole != null));
        await bench.WorkAsync();
        await RuleRunTests.SameAsFreshAsync(bench);
        await acme.AgreesAsync();
    }

    private static async Task<Id<Member>> NewAsync(RuleBench bench, string name) =>
        (await bench.ProvisionAsync($"{name}@acme.test")).Value.Id;

    private static Task HoldAsync(TestWorkspace acme, HoldRules? rules) =>
        acme.ConfigureAsync(c => c with { Scim = c.Scim with { Hold = rules } });

    private static Task<Outcome<Member>> SaidAsync(RuleBench bench, Id<Member> id, bool active) =>
        new UpdateProvisionedMember(bench.Acme.Store).RunAsync(
            bench.Directory,
            bench.Acme.Id,
            id,
            null,
            m => MemberAttributes.Of(m) with { Active = active },
            default
        );

    private static async Task<Member> SayAsync(RuleBench bench, Id<Member> id, Func<MemberAttributes, MemberAttributes> say) =>
        (
            await new UpdateProvisionedMember(bench.Acme.Store).RunAsync(
                bench.Directory,
                bench.Acme.Id,
                id,
                null,
                m => say(MemberAttributes.Of(m)),
                default
            )
        ).Value;

    private static async Task DecideAsync(TestWorkspace acme, HoldVerdict verdict, Id<Member> id)
    {
        var done = await new DecideHeld(acme.Store).RunAsync(Actor.Operator, acme.Id, [id], verdict, default);
        Assert.Null(done.Value[0].Refusal);
    }

    private static async Task<IReadOnlyList<HeldForecast>> PlanAsync(TestWorkspace acme) =>
        (await new ListHeld(acme.Store).PageAsync(Actor.Operator, acme.Id, true, null, null, 50, default)).Value.People;

    private static async Task<HeldSummary> SummaryAsync(TestWorkspace acme) =>
        (await new ListHeld(acme.Store).SummaryAsync(Actor.Operator, acme.Id, default)).Value;

    private static async Task<WorkspaceConfiguration> ConfigurationAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!.Configuration;
    }

    private static (Id<Member>, string?, string?) Told(HeldForecast forecast) => (forecast.Member.Id, forecast.After?.Role, forecast.Rule);
}
