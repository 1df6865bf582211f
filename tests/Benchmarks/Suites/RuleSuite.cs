using System.Diagnostics;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Seeding;
using UserManagement.Benchmarks.Servers;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Rules;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// What group rules cost: SCIM POST and PATCH in workspaces with fifty rules beside those without, and beside an earlier build on the same
/// database where one is named; and how long everybody of a large workspace is looked through after a rule changed, while people come in.
/// </summary>
internal static class RuleSuite
{
    private const int Rules = 50;
    private const double PerSecond = 50;

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        var size = options.Members ?? 100_000;
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        await using var filled = await Filled.NewAsync(postgres, size, size, isWithSmall: true);
        var store = filled.Database.Store;
        foreach (var crowd in filled.Small.Where((_, i) => i % 2 == 1))
        {
            var group = await Seed.GroupAsync(filled.Database, crowd.Workspace, "Asked", 100);
            for (var i = 0; i < Rules; i++)
            {
                await MakeAsync(
                    store,
                    crowd.Workspace,
                    Draft(i, i % 2 == 0 ? group : null, i == Rules - 1 ? "Research" : $"Department {i}")
                );
            }
        }

        using var host = await ServerProcess.StartHostAsync(filled.Database);
        TimeSpan OfDatabase() => postgres is null ? TimeSpan.Zero : CpuMeter.OfFamily(postgres.Postmaster);
        var target = new Target(host.Url, () => CpuMeter.Of(host.Id) + OfDatabase());
        foreach (var crowd in filled.Small)
        {
            await DoneAsync(store, crowd.Workspace);
        }

        // gone before rules change: what an earlier build finds in the outbox and does not know, it gives up
        using (
            var earlier = options.Before is { } folder
                ? await ServerProcess.StartHostAsync(filled.Database, Path.GetFullPath(folder))
                : null
        )
        {
            List<Side> sides = [new("without rules", target, 0), new($"with {Rules} rules", target, 1)];
            if (earlier is not null)
            {
                sides.Insert(0, new("before", new Target(earlier.Url, () => CpuMeter.Of(earlier.Id) + OfDatabase()), 0));
            }

            await DoorAsync(options, kind, filled, sides);
        }

        await EverybodyAsync(options, kind, filled, target, Id<Group>.TryParse(filled.Groups.Large, out var large) ? large : default);
    }

    private static async Task DoorAsync(BenchOptions options, Database kind, Filled filled, List<Side> sides)
    {
        var requests = new ScimRequests(filled, options.Workers);
        var table = new MarkdownTable([
            $"{kind}: a SCIM request, µs of CPU",
            .. sides.Select(s => s.Name),
            $"last beside {sides[0].Name}, times",
            "wrong",
        ]);
        foreach (
            var (name, next) in new (string, Func<int, int, ReadOnlyMemory<byte>>)[]
            {
                ("POST", (_, half) => requests.CreateInHalf(half)),
                ("PATCH", requests.SwitchInHalf),
            }
        )
        {
            var (cost, wrong) = (sides.ToDictionary(s => s, _ => new List<double>()), 0);
            for (var round = 0; round < (options.Rounds ?? 7); round++)
            {
                // each begins in turn, so that what else the machine does hits all
                foreach (var side in sides.Skip(round % sides.Count).Concat(sides.Take(round % sides.Count)))
                {
                    var result = await Load.ClosedAsync(
                        side.At,
                        w => next(w, side.Half),
                        options.Workers,
                        TimeSpan.FromSeconds(options.Seconds)
                    );
                    cost[side].Add(result.CpuMicroseconds);
                    wrong += result.Errors;
                }
            }

            var medians = sides.ConvertAll(s => Figures.Median(cost[s].Skip(1)));
            table.Add([name, .. medians.Select(Figures.Number), Figures.Number(medians[^1] / medians[0]), $"{wrong}"]);
        }

        Told.Now.Line(table);
    }

    private static async Task EverybodyAsync(BenchOptions options, Database kind, Filled filled, Target target, Id<Group> large)
    {
        var store = filled.Database.Store;
        var table = new MarkdownTable(
            $"{kind}: a rule changes for {Figures.Size(filled.Main.Members)} members, {PerSecond} POSTs a second beside it",
            "s",
            "changed",
            "p50, ms",
            "p99, ms",
            "longest, ms",
            "wrong"
        );
        var requests = new ScimRequests(filled, options.Workers);
        await MeasureAsync("no rule, for comparison", () => Task.Delay(TimeSpan.FromSeconds(10)));
        GroupRule? rule = null;
        await MeasureAsync(
            "a rule is made",
            async () => rule = await MakeAsync(store, filled.Main.Workspace, Draft(0, large, "") with { Role = "viewer" })
        );
        await MeasureAsync(
            "it is deleted",
            async () => await new DeleteRule(store).RunAsync(Actor.Operator, filled.Main.Workspace.Id, rule!.Id, null, default)
        );
        Told.Now.Line(table);

        async Task MeasureAsync(string name, Func<Task> change)
        {
            using var stop = new CancellationTokenSource();
            var loads = Task.Run(async () =>
            {
                var results = new List<LoadResult>();
                while (!stop.IsCancellationRequested)
                {
                    results.Add(await Load.OpenAsync(target, requests.CreateInOne, PerSecond, options.Workers, TimeSpan.FromSeconds(5)));
                }

                return results;
            });
            await Task.Delay(TimeSpan.FromSeconds(1));
            var began = Stopwatch.GetTimestamp();
            await change();
            var run = await DoneAsync(store, filled.Main.Workspace);
            var took = Stopwatch.GetElapsedTime(began);
            await stop.CancelAsync();
            var results = await loads;
            var all = new LoadResult(
                [.. results.SelectMany(r => r.Latencies).Order()],
                results.Sum(r => r.Errors),
                took,
                default,
                results.Select(r => r.FirstError).FirstOrDefault(e => e is not null)
            );
            table.Add(
                name,
                Figures.Number(took.TotalSeconds),
                Figures.Size((int)(run?.Changed ?? 0)),
                Figures.Number(all.Percent(50).TotalMilliseconds),
                Figures.Number(all.Percent(99).TotalMilliseconds),
                Figures.Number(all.Latencies[^1].TotalMilliseconds),
                $"{all.Errors} {all.FirstError}"
            );
        }
    }

    /// <summary>A build, and the half of the forty workspaces that it is asked in.</summary>
    private sealed record Side(string Name, Target At, int Half);

    private static async Task<RuleRun?> DoneAsync(Membership.Data.Store store, SeededWorkspace workspace)
    {
        while (true)
        {
            var list = (await new ListRules(store).RunAsync(Actor.Operator, workspace.Id, default)).Value;
            if (list.Run is null or { DoneAt: not null })
            {
                return list.Run;
            }

            await Task.Delay(200);
        }
    }

    private static RuleDraft Draft(int number, Id<Group>? group, string department) =>
        new()
        {
            Name = $"Rule {number}",
            Asks = group is null ? RuleAsks.Department : RuleAsks.Group,
            GroupId = group,
            Value = department,
            Role = "member",
        };

    private static async Task<GroupRule> MakeAsync(Membership.Data.Store store, SeededWorkspace workspace, RuleDraft draft) =>
        (await new CreateRule(store).RunAsync(Actor.Operator, workspace.Id, draft, default)).Value;
}
