using System.Diagnostics;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Seeding;
using UserManagement.Benchmarks.Servers;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// Whether everyday acts cost the same in a small and in a large workspace: one caller, one act at a time, the two sizes
/// taking turns so that what else the machine does hits both. Each size is a database of its own.
/// </summary>
internal static class FlatSuite
{
    private const double Promise = 1.2;
    private const int InOneRound = 10;

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        Told.Now.Line(
            $"{kind}: seeded rows against the rows of the acts: {await SeedCheck.RunAsync(postgres) ?? "the same, and the counts agree"}"
        );
        await using var small = await Side.NewAsync(postgres, options.Small);
        await using var large = await Side.NewAsync(postgres, options.Members ?? 100_000);
        (string Name, Func<Side, Task> Act)[] measures =
        [
            ("create: ProvisionMember in process", s => s.ProvisionAsync()),
            ("create: SCIM POST /Users", s => s.SendAsync(s.Requests.CreateInOne(0))),
            ("look-up: SCIM filter userName eq", s => s.SendAsync(s.Requests.ByUserName(0))),
            ("member list, first page of 50", s => s.ListAsync()),
            ("member page", s => s.PageAsync()),
        ];
        measures = [.. measures.Where(m => options.Wants(m.Name))];
        var times = measures.ToDictionary(m => m.Name, _ => (Small: new List<double>(), Large: new List<double>()));
        for (var round = -1; round < (options.Rounds ?? 21); round++)
        {
            foreach (var (name, act) in measures)
            {
                foreach (var side in round % 2 == 0 ? [small, large] : new[] { large, small })
                {
                    var began = Stopwatch.GetTimestamp();
                    for (var i = 0; i < InOneRound; i++)
                    {
                        await act(side);
                    }

                    if (round >= 0)
                    {
                        (side == small ? times[name].Small : times[name].Large).Add(
                            Stopwatch.GetElapsedTime(began).TotalMilliseconds / InOneRound
                        );
                    }
                }
            }
        }

        var table = new MarkdownTable(
            kind.ToString(),
            $"{Figures.Size(small.Members)} members, ms",
            $"{Figures.Size(large.Members)} members, ms",
            "ratio",
            $"at most {Promise}"
        );
        foreach (var (name, _) in measures)
        {
            var (one, other) = (Figures.Median(times[name].Small), Figures.Median(times[name].Large));
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

    /// <summary>One size: a database, a server on it, and the core in this process.</summary>
    private sealed class Side : IAsyncDisposable
    {
        private readonly Filled _filled;
        private readonly ServerProcess _server;
        private readonly HttpWire _wire;
        private int _created;

        private Side(Filled filled, ServerProcess server, HttpWire wire)
        {
            _filled = filled;
            _server = server;
            _wire = wire;
            Requests = new(filled, 1);
        }

        public int Members => _filled.Main.Members;

        public ScimRequests Requests { get; }

        public static async Task<Side> NewAsync(DurablePostgres? postgres, int members)
        {
            var began = Stopwatch.GetTimestamp();
            var filled = await Filled.NewAsync(postgres, members, 10, isWithSmall: false);
            Told.Step($"{Figures.Size(members)} members seeded in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
            var server = await ServerProcess.StartHostAsync(filled.Database);
            return new(filled, server, await HttpWire.OpenAsync(server.Url));
        }

        public Task<Member> ProvisionAsync() =>
            Seed.ProvisionAsync(_filled.Database.Store, _filled.Main.Workspace, new SeedPerson(8_000_000 + _created++));

        public async Task ListAsync() =>
            _ = (await new MemberList(_filled.Database.Store).RunAsync(Actor.Operator, _filled.Main.Workspace.Id, new(), default)).Value;

        public async Task PageAsync()
        {
            var person = _filled.Main.People[Random.Shared.Next(_filled.Main.People.Count)];
            _ = (
                await new MemberPage(_filled.Database.Store).RunAsync(
                    Actor.Operator,
                    _filled.Main.Workspace.Id,
                    new Id<Member>(Guid.Parse(person.Id)),
                    default
                )
            ).Value;
        }

        public async Task SendAsync(ReadOnlyMemory<byte> request)
        {
            var (status, body) = await _wire.SendAsync(request);
            if (status is < 200 or > 299)
            {
                throw new InvalidOperationException($"The server answered {status} {System.Text.Encoding.UTF8.GetString(body.Span)}");
            }
        }

        public ValueTask DisposeAsync()
        {
            _wire.Dispose();
            _server.Dispose();
            return _filled.DisposeAsync();
        }
    }
}
