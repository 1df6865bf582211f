using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Servers;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// Whether those who have ended slow those who live: the first pages of a thousand members, alone and beside 100,000 older ones who have
/// ended.
/// </summary>
internal static class EndedSuite
{
    private const double Promise = 1.1;
    private const int InOneRound = 20;

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        await using var alone = await Filled.NewAsync(postgres, options.Small, 10, isWithSmall: false);
        await using var beside = await Filled.NewAsync(postgres, options.Small + (options.Members ?? 100_000), 10, isWithSmall: false);
        await EndAsync(beside, options.Members ?? 100_000);
        using var first = await ServerProcess.StartHostAsync(alone.Database);
        using var second = await ServerProcess.StartHostAsync(beside.Database);
        (string Name, Func<Filled, HttpClient, Task> Act)[] measures =
        [
            ("SCIM first page of 100", (_, http) => GetAsync(http, "Users?count=100")),
            ("SCIM first page by userName", (_, http) => GetAsync(http, "Users?count=100&sortBy=userName")),
            ("SCIM filter active eq true, 100", (_, http) => GetAsync(http, "Users?count=100&filter=active eq true")),
            (
                "member list, first page of 50",
                async (filled, http) =>
                    _ = (
                        await new MemberList(filled.Database.Store).RunAsync(Actor.Operator, filled.Main.Workspace.Id, new(), default)
                    ).Value
            ),
            (
                "member list without a seat",
                async (filled, http) =>
                    _ = (
                        await new MemberList(filled.Database.Store).RunAsync(
                            Actor.Operator,
                            filled.Main.Workspace.Id,
                            new() { Seat = false },
                            default
                        )
                    ).Value
            ),
        ];
        using var near = Client(first, alone);
        using var far = Client(second, beside);
        var times = measures.ToDictionary(m => m.Name, _ => (Alone: new List<double>(), Beside: new List<double>()));
        for (var round = -2; round < (options.Rounds ?? 21); round++)
        {
            foreach (var (name, act) in measures)
            {
                foreach (var (filled, http) in round % 2 == 0 ? [(alone, near), (beside, far)] : new[] { (beside, far), (alone, near) })
                {
                    var began = Stopwatch.GetTimestamp();
                    for (var i = 0; i < InOneRound; i++)
                    {
                        await act(filled, http);
                    }

                    if (round >= 0)
                    {
                        (filled == alone ? times[name].Alone : times[name].Beside).Add(
                            Stopwatch.GetElapsedTime(began).TotalMilliseconds / InOneRound
                        );
                    }
                }
            }
        }

        var table = new MarkdownTable(
            $"{kind}: beside those who have ended",
            $"{Figures.Size(options.Small)} members, ms",
            $"beside {Figures.Size(options.Members ?? 100_000)} ended, ms",
            "ratio",
            $"at most {Promise}"
        );
        foreach (var (name, _) in measures)
        {
            var (one, other) = (Figures.Median(times[name].Alone), Figures.Median(times[name].Beside));
            table.Add(
                name,
                Figures.Number(one),
                Figures.Number(other),
                Figures.Number(other / one),
                Figures.Verdict(other / one, null, Promise)
            );
        }

        Told.Now.Line(table);
    }

    private static HttpClient Client(ServerProcess server, Filled filled)
    {
        var http = new HttpClient { BaseAddress = new Uri(server.Url, $"/scim/v2/{filled.Main.Workspace.Slug}/") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", filled.Main.Workspace.Token);
        return http;
    }

    private static async Task GetAsync(HttpClient http, string path) => await http.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>The oldest have ended: rows, keys, grants and counts as an ending leaves them.</summary>
    private static async Task EndAsync(Filled filled, int count)
    {
        await using var db = filled.Database.Store.Read();
        var workspace = filled.Main.Workspace.Id;
        var last = await db
            .Members.Where(m => m.WorkspaceId == workspace)
            .OrderBy(m => m.Id)
            .Select(m => m.Id)
            .Skip(count - 1)
            .FirstAsync();
        await db.MemberKeys.Where(k => k.WorkspaceId == workspace && k.MemberId <= last).ExecuteDeleteAsync();
        await db.Grants.Where(g => g.WorkspaceId == workspace && g.MemberId <= last).ExecuteDeleteAsync();
        await db.GroupMembers.Where(g => g.WorkspaceId == workspace && g.MemberId <= last).ExecuteDeleteAsync();
        await db
            .Members.Where(m => m.WorkspaceId == workspace && m.Id <= last)
            .ExecuteUpdateAsync(m =>
                m.SetProperty(x => x.State, MemberState.Ended)
                    .SetProperty(x => x.UserNameKey, (string?)null)
                    .SetProperty(x => x.HasSeat, false)
            );
        await db
            .Counters.Where(t => t.WorkspaceId == workspace && t.Kind == CounterKind.State && t.Used >= count)
            .ExecuteUpdateAsync(t => t.SetProperty(x => x.Used, x => x.Used - count));
        await Seeding.BulkLoad.SettleAsync(filled.Database.Target);
    }
}
