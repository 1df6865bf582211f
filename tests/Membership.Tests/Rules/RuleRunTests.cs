using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Rules;

public sealed class RuleRunTests
{
    [Theory, EachDatabase]
    public async Task The_seats_that_are_left_go_to_the_first_and_the_others_are_as_the_policy_says(Database kind)
    {
        foreach (var policy in new[] { OnFull.Downgrade, OnFull.Refuse })
        {
            await using var acme = await RuleBench.WorkspaceAsync(
                kind,
                c => c with { Capacity = c.Capacity with { Seats = 3, OnFull = policy } }
            );
            var bench = new RuleBench(acme);
            var people = await PeopleAsync(bench, 5);
            var group = await bench.GroupAsync("G", true, [.. people]);
            var edit = new RuleEdit.Create(RuleBench.Draft("Editors", group, "editor"));
            var preview = (await new PreviewRules(acme.Store).RunAsync(Actor.Operator, acme.Id, edit, default)).Value;
            Assert.Equal((3, 3L, true), ((int)preview.Seats, preview.SeatsFree!.Value, preview.IsExact));
            Assert.Equal(policy == OnFull.Refuse ? (3, 2) : (5, 0), (preview.People, preview.LeftOut));
            Assert.Empty(await bench.RulesAsync());
            await bench.MakeAsync(RuleBench.Draft("Editors", group, "editor"));
            Assert.Equal(preview.LeftOut, (await bench.ListAsync()).Run!.LeftOut);
            Assert.Equal(3, (await acme.CountsAsync()).Seats.Used);
            Assert.Equal(3, (await acme.CountsAsync()).WithRole("editor"));
            await acme.AgreesAsync();

            // who leaves is never held, and who comes to full seats is told so
            var late = (await bench.ProvisionAsync("late@acme.test")).Value;
            var came = await bench.MoveAsync(group, MembershipStepKind.Add, late.Id);
            Assert.Equal(policy == OnFull.Refuse ? "seatsFull" : null, came.Refusal?.Code);
            Assert.True((await bench.MoveAsync(group, MembershipStepKind.Remove, [.. people])).Done);
            Assert.Equal(0, (await acme.CountsAsync()).Seats.Used);
            await acme.AgreesAsync();
        }
    }

    [Theory, EachDatabase]
    public async Task A_large_change_of_a_group_is_a_job_in_turns_that_goes_round_once_more_when_something_changes_meanwhile(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Capacity = c.Capacity with { Seats = null } });
        var bench = new RuleBench(acme);
        var people = await PeopleAsync(bench, RuleMoves.MostInAct + 20);
        var (one, two) = (await bench.GroupAsync("One"), await bench.GroupAsync("Two", true, [.. people]));
        await bench.MakeAsync(RuleBench.Draft("First", one, "editor"));
        Assert.True((await bench.MoveAsync(one, MembershipStepKind.Add, [.. people])).Done);
        Assert.Equal(0, (await acme.CountsAsync()).WithRole("editor"));
        var work = new WorkRuleRun(acme.Store);
        Assert.Equal(50, (await work.TurnAsync(acme.Id, 50, default)).Value.Changed);

        // another server begins in the midst of it, and a rule comes
        var rule = (await bench.TryMakeAsync(RuleBench.Draft("Second", two, "member"))).Value;
        await new MoveRule(acme.Store).RunAsync(Actor.Operator, acme.Id, rule.Id, 0, default);
        var run = (await bench.ListAsync()).Run!;
        Assert.Equal((people[49], people[49], 0L), (run.BeganAfter, run.Cursor, run.Seen));
        Assert.Equal(70, (await work.TurnAsync(acme.Id, 70, default)).Value.Changed);
        var race = await Rivals.RaceAsync(2, _ => bench.WorkAsync());
        Assert.All(race, r => Assert.NotNull(r.Required.DoneAt));
        Assert.Equal(people.Count, (await acme.CountsAsync()).WithRole("member"));
        await acme.AgreesAsync();
        Assert.True((await bench.MoveAsync(two, MembershipStepKind.Set)).Done);
        await bench.WorkAsync();
        Assert.Equal(people.Count, (await acme.CountsAsync()).WithRole("editor"));
        await acme.AgreesAsync();
    }

    /// <summary>Who is told that others are at it tries again, as the answer says.</summary>
    private static async Task<Refusal?> UntilTakenAsync(Func<Task<Refusal?>> act)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await act();
            if (answer?.Code != "busy" || tries == 20)
            {
                return answer;
            }
        }
    }

    [Theory, EachDatabase]
    public async Task Rivals_of_rules_groups_and_people_leave_what_a_fresh_look_would_give(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Capacity = c.Capacity with { Seats = 6 } });
        var bench = new RuleBench(acme);
        var people = await PeopleAsync(bench, 12);
        var groups = new[] { await bench.GroupAsync("One"), await bench.GroupAsync("Two") };
        var ours = await bench.GroupAsync("Ours", byDirectory: false);
        await bench.MakeAsync(RuleBench.Draft("Either", groups[0], "editor", null, ours.Id));
        await bench.MakeAsync(RuleBench.Draft("Or", groups[1], "editor"));
        await bench.MakeAsync(RuleBench.Draft("Sales", RuleAsks.Department, "Sales", "member"));
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("USERMANAGEMENT_RULE_ROUNDS"), out var asked) ? asked : 6;
        for (var round = 0; round < rounds; round++)
        {
            var first = (await bench.RulesAsync())[0];
            var race = await Rivals.RaceAsync(
                16,
                i =>
                    UntilTakenAsync(async () =>
                        i switch
                        {
                            0 => (
                                await new MoveRule(acme.Store).RunAsync(Actor.Operator, acme.Id, first.Id, 1 + (round % 2), default)
                            ).Refusal,
                            1 => (
                                await new ChangeRule(acme.Store).RunAsync(
                                    Actor.Operator,
                                    acme.Id,
                                    first.Id,
                                    null,
                                    RuleBench.Draft(first.Name, groups[round % 2], round % 3 == 0 ? "member" : "editor", null, ours.Id),
                                    default
                                )
                            ).Refusal,
                            2 or 3 => (await new WorkRuleRun(acme.Store).TurnAsync(acme.Id, 5, default)).Refusal,
                            < 8 => (
                                await bench.DescribeAsync(people[i + round % 4], i % 2 == 0 ? RuleBench.Department("Sales") : null)
                            ).Refusal,
                            _ => (
                                await bench.MoveAsync(
                                    groups[(i + round) % 2],
                                    (i + round / 2) % 3 == 0 ? MembershipStepKind.Remove : MembershipStepKind.Add,
                                    people[i % 12],
                                    people[(i + 3) % 12]
                                )
                            ).Refusal,
                        }
                    )
            );
            Assert.All(race, r => Assert.True(r.Fault is null && r.Value is null or { Code: "ruleNameTaken" }, $"{r.Fault} {r.Value}"));
            await bench.WorkAsync();
            await acme.AgreesAsync();
            await SameAsFreshAsync(bench);
        }
    }

    /// <summary>Whoever a rule matches has it, or waits for a seat; nobody else has.</summary>
    internal static async Task SameAsFreshAsync(RuleBench bench)
    {
        await using var db = bench.Acme.Store.Read();
        var workspace = (await WorkspaceContext.ByIdAsync(db, bench.Acme.Id, default))!;
        var rules = await RuleSet.ReadAsync(db, workspace, default);
        var members = await db.Members.Where(m => m.WorkspaceId == bench.Acme.Id).ToListAsync();
        foreach (var file in await RuleFile.OfAsync(db, bench.Acme.Id, rules, members, default))
        {
            var verdict = rules.Resolve(file.Groups.ContainsKey, rules.FactsOf(file.File.Member.Document));
            var given = file.File.Grants.SingleOrDefault(g => g is { Kind: GrantKind.Role, Origin: GrantOrigin.Group });
            Assert.Equal((verdict.Role?.Id.ToString(), verdict.Role?.Role), (given?.OriginId, given?.Wanted ?? given?.Value));
            Assert.Equal(verdict.Groups.Keys.Order(), file.Groups.Where(g => g.Value is not null).Select(g => g.Key).Order());
        }
    }

    private static async Task<List<Id<Member>>> PeopleAsync(RuleBench bench, int count)
    {
        var people = new List<Id<Member>>();
        for (var i = 0; i < count; i++)
        {
            people.Add((await bench.ProvisionAsync($"p{i}@acme.test")).Value.Id);
        }

        return people;
    }
}
