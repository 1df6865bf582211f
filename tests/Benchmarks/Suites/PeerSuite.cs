using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Servers;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// The server beside a SCIM server on the npm library scimmy with a Map as its store, both with the same people, driven by the same bytes
/// in turns; and the server's changes beside its newcomers, at one connection and at eight.
/// </summary>
internal static class PeerSuite
{
    private static readonly (string Name, Func<PeerSide, Func<int, ReadOnlyMemory<byte>>> Next)[] Measures =
    [
        ("GET /Users/{id}", side => side.Get),
        ("filter userName eq", side => side.Filter),
        ("list of 100", side => side.List),
        ("PATCH title", side => side.Title),
        ("POST", side => side.Create),
    ];

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        foreach (var members in options.Members is { } wanted ? [wanted] : new[] { 5_000, 20_000 })
        {
            await BesideAsync(options, kind, members);
        }
    }

    private static async Task BesideAsync(BenchOptions options, Database kind, int members)
    {
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        await using var filled = await Filled.NewAsync(postgres, members, 10, isWithSmall: false);
        using var host = options.Build is { } build
            ? await ServerProcess.StartHostAsync(filled.Database, build)
            : await ServerProcess.StartHostAsync(filled.Database);
        using var peer = await ScimmyProcess.StartAsync();
        var crowd = filled.Main;
        var ours = new PeerSide(
            "this",
            new(host.Url, () => CpuMeter.Of(host.Id) + (postgres is null ? TimeSpan.Zero : CpuMeter.OfFamily(postgres.Postmaster))),
            $"/scim/v2/{crowd.Workspace.Slug}",
            crowd.Workspace.Token
        ).With(crowd.People);
        var theirs = await new PeerSide("scimmy", new(peer.Url, () => CpuMeter.Of(peer.Id)), "/scim", "any").FillAsync(members);
        var table = new MarkdownTable(
            $"{kind}, {Figures.Size(members)} people",
            "connections",
            "scimmy, requests/s",
            "p99, ms",
            "this, requests/s",
            "p99, ms",
            "times"
        );
        foreach (var measure in Measures.Where(m => options.Wants(m.Name))) // newcomers last: what lists everybody must not meet them
        {
            // a list of theirs makes a resource of everybody, for seconds: eight at once would only wait for each other
            foreach (var connections in measure.Name.StartsWith("list", StringComparison.Ordinal) ? new[] { 1 } : [1, 8])
            {
                await RowAsync(measure.Name, measure.Next, connections);
            }
        }

        Told.Now.Line(table);

        async Task RowAsync(string name, Func<PeerSide, Func<int, ReadOnlyMemory<byte>>> next, int connections)
        {
            var found = new Dictionary<PeerSide, List<LoadResult>> { [ours] = [], [theirs] = [] };
            for (var round = -2; round < (options.Rounds ?? 5); round++) // two to warm up
            {
                foreach (var side in new[] { theirs, ours })
                {
                    var result = await Load.ClosedAsync(side.Server, next(side), connections, TimeSpan.FromSeconds(options.Seconds));
                    if (result.Errors > 0)
                    {
                        throw new InvalidOperationException($"{side.Name}, {name}: {result.Errors} wrong answers, {result.FirstError}");
                    }

                    if (round >= 0)
                    {
                        found[side].Add(result);
                    }
                }
            }

            double Median(PeerSide side, Func<LoadResult, double> figure) => Figures.Median(found[side].Select(figure));
            var (their, our) = (Median(theirs, r => r.PerSecond), Median(ours, r => r.PerSecond));
            table.Add(
                name,
                Figures.Size(connections),
                Figures.Number(their),
                Figures.Number(Median(theirs, r => r.Percent(99).TotalMilliseconds)),
                Figures.Number(our),
                Figures.Number(Median(ours, r => r.Percent(99).TotalMilliseconds)),
                Figures.Number(our / their)
            );
            Told.Step($"{kind} {members}: {name} at {connections}: {their:0} and {our:0} requests/s");
        }
    }
}
