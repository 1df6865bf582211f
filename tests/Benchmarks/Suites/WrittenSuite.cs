using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Seeding;
using UserManagement.Benchmarks.Servers;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// What one newcomer and one change of <c>active</c> make the database write: rows of each table, bytes of the write-ahead log, statements,
/// and CPU time; on request beside an earlier build, each on a database that it migrated itself. Rows, bytes and statements do not depend on
/// what else the machine does; and beside this build on tables from which indexes were taken, for what those cost. No page is logged whole
/// (<c>full_page_writes</c> off), for when the last checkpoint was is chance.
/// On SQLite: bytes handed to the file system.
/// </summary>
internal static class WrittenSuite
{
    private const int Warm = 200;
    private const int Measured = 500;
    private const string Rows =
        "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del, (SELECT count(*) FROM pg_index i WHERE i.indrelid = s.relid) FROM pg_stat_user_tables s";

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync(counts: true) : null;
        await (postgres?.WithoutFullPagesAsync() ?? Task.CompletedTask);
        List<(string Name, string Folder, string[] Without)> builds = [("this", AppContext.BaseDirectory, [])];
        builds.AddRange(options.Without.Select(words => ("without " + words, AppContext.BaseDirectory, words.Split('+'))));
        if (options.Before is { } before)
        {
            builds.Insert(0, ("before", Path.GetFullPath(before), []));
        }

        var sides = new List<Side>();
        try
        {
            foreach (var (name, folder, without) in builds)
            {
                sides.Add(await Side.StartAsync(postgres, name, folder, without));
            }

            foreach (var what in new[] { "POST", "PATCH active" })
            {
                await CountAsync(kind, what, sides);
            }

            await CostAsync(options, kind, sides);
        }
        finally
        {
            foreach (var side in sides)
            {
                side.Host.Dispose();
            }
        }
    }

    private static async Task CountAsync(Database kind, string what, List<Side> sides)
    {
        var found = new List<Dictionary<string, (double Ins, double Upd, double Del, long Indexes)>>();
        var sums = new List<(double Bytes, double Statements)>();
        foreach (var side in sides)
        {
            await side.RunAsync(what, Warm);
            var (rows, bytes, statements) = await side.ReadAsync();
            await side.RunAsync(what, Measured);
            var (rowsNow, bytesNow, statementsNow) = await side.ReadAsync();
            sums.Add(((bytesNow - bytes) / (double)Measured, (statementsNow - statements) / (double)Measured));
            found.Add(
                rowsNow
                    .Select(r =>
                        (r.Key, Was: rows.GetValueOrDefault(r.Key), Is: r.Value) switch
                        {
                            var (name, was, now) => (
                                name,
                                Row: (
                                    (now.Ins - was.Ins) / (double)Measured,
                                    (now.Upd - was.Upd) / (double)Measured,
                                    (now.Del - was.Del) / (double)Measured,
                                    now.Indexes
                                )
                            ),
                        }
                    )
                    .Where(r => r.Row.Item1 + r.Row.Item2 + r.Row.Item3 >= 0.02)
                    .ToDictionary(r => r.name, r => r.Row)
            );
        }

        var table = new MarkdownTable([$"{kind}: each {what}", .. sides.Select(s => s.Name)]);
        foreach (var name in found.SelectMany(f => f.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            table.Add([
                name,
                .. found.Select(f =>
                    f.TryGetValue(name, out var row)
                        ? string.Create(
                            CultureInfo.InvariantCulture,
                            $"+{row.Ins:0.##} ~{row.Upd:0.##} -{row.Del:0.##}, {row.Indexes} indexes"
                        )
                        : ""
                ),
            ]);
        }

        if (kind == Database.Postgres)
        {
            table.Add(["rows in all", .. found.Select(f => Figures.Number(f.Values.Sum(r => r.Ins + r.Upd + r.Del)))]);
            table.Add(["index entries of new rows", .. found.Select(f => Figures.Number(f.Values.Sum(r => r.Ins * r.Indexes)))]);
            table.Add(["statements", .. sums.Select(s => Figures.Number(s.Statements))]);
        }

        table.Add([
            kind == Database.Postgres ? "bytes of the write-ahead log" : "bytes to the file system",
            .. sums.Select(s => Figures.Size((int)s.Bytes)),
        ]);
        Told.Now.Line(table);
    }

    private static async Task CostAsync(BenchOptions options, Database kind, List<Side> sides)
    {
        var table = new MarkdownTable([$"{kind}: µs of CPU, server + database", .. sides.Select(s => s.Name)]);
        foreach (var what in new[] { "POST", "PATCH active" })
        {
            var cost = sides.ToDictionary(s => s, _ => new List<(double Server, double Database)>());
            for (var round = 0; round < (options.Rounds ?? 5); round++)
            {
                foreach (var side in round % 2 == 0 ? sides : Enumerable.Reverse(sides))
                {
                    cost[side].Add(await side.CostAsync(what, options));
                }
            }

            table.Add([
                what,
                .. sides.Select(s =>
                    $"{Figures.Number(Figures.Median(cost[s].Skip(1).Select(c => c.Server)))} + {Figures.Number(Figures.Median(cost[s].Skip(1).Select(c => c.Database)))}"
                ),
            ]);
        }

        Told.Now.Line(table);
    }

    /// <summary>A build over a database of its own, with one workspace.</summary>
    private sealed class Side(string name, DurablePostgres? postgres, DatabaseTarget target, ServerProcess host, SeededWorkspace workspace)
    {
        private static int _count;
        private readonly List<string> _ids = [];
        private int _created;
        private int _changed;

        public string Name => name;

        public ServerProcess Host => host;

        public static async Task<Side> StartAsync(DurablePostgres? postgres, string name, string folder, string[] without)
        {
            var target = postgres is null
                ? new DatabaseTarget(Database.Sqlite, "Data Source=" + Path.Combine(TestFolder.New(), "written.db"))
                : await postgres.NewAsync($"written_{Interlocked.Increment(ref _count)}");
            await ServerProcess.RunVerbAsync(target, folder, "migrate");
            await ServerProcess.RunVerbAsync(target, folder, "workspace", "create", "acme", "--preset", "seats");
            var told = await ServerProcess.RunVerbAsync(target, folder, "scim-token", "create", "acme");
            await using (
                System.Data.Common.DbConnection db = postgres is null
                    ? new SqliteConnection(target.ConnectionString)
                    : new NpgsqlConnection(target.ConnectionString)
            )
            {
                await db.OpenAsync();
                await using var command = db.CreateCommand();
                command.CommandText = "UPDATE tallies SET \"limit\" = 10000000 WHERE \"limit\" IS NOT NULL";
                await command.ExecuteNonQueryAsync();
                foreach (var word in without)
                {
                    await DropAsync(command, postgres is null, word);
                }
            }

            return new(
                name,
                postgres,
                target,
                await ServerProcess.StartHostAsync(target, folder),
                new("acme", told.Split("SCIM token: ")[1].Trim(), default)
            );
        }

        private static async Task DropAsync(System.Data.Common.DbCommand command, bool isSqlite, string word)
        {
            command.CommandText = isSqlite
                ? $"SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name LIKE '%{word}%'"
                : "SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                    + $"WHERE NOT indisprimary AND relname LIKE '%{word}%'";
            var names = new List<string>();
            await using (var reader = await command.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                {
                    names.Add(isSqlite ? $"\"{reader.GetString(0)}\"" : reader.GetString(0));
                }
            }

            foreach (var name in names)
            {
                command.CommandText = "DROP INDEX " + name;
                await command.ExecuteNonQueryAsync();
            }

            Told.Step($"without {string.Join(", ", names)}");
        }

        public async Task RunAsync(string what, int count)
        {
            using var wire = await HttpWire.OpenAsync(host.Url);
            for (var i = 0; i < count; i++)
            {
                var (status, body) = await wire.SendAsync(Next(what));
                if (status is not (200 or 201))
                {
                    throw new InvalidOperationException($"{name} answered {status} to {what}.");
                }

                if (what == "POST")
                {
                    using var json = System.Text.Json.JsonDocument.Parse(body);
                    _ids.Add(json.RootElement.GetProperty("id").GetString()!);
                }
            }
        }

        public async Task<(double Server, double Database)> CostAsync(string what, BenchOptions options)
        {
            TimeSpan OfDatabase() => postgres is null ? TimeSpan.Zero : CpuMeter.OfFamily(postgres.Postmaster);
            var (server, database) = (CpuMeter.Of(host.Id), OfDatabase());
            var gate = new Lock();
            var result = await Load.ClosedAsync(
                new(host.Url, () => TimeSpan.Zero),
                _ =>
                {
                    lock (gate)
                    {
                        return Next(what);
                    }
                },
                options.Workers,
                TimeSpan.FromSeconds(options.Seconds)
            );
            var done = Math.Max(1, result.Latencies.Count);
            return result.Errors > 0
                ? throw new InvalidOperationException($"{name}: {result.FirstError}")
                : ((CpuMeter.Of(host.Id) - server).TotalMicroseconds / done, (OfDatabase() - database).TotalMicroseconds / done);
        }

        /// <summary>What was written until now, once what is written behind the answers has settled.</summary>
        public async Task<(Dictionary<string, (long Ins, long Upd, long Del, long Indexes)> Rows, long Bytes, long Statements)> ReadAsync()
        {
            await Task.Delay(TimeSpan.FromSeconds(postgres is null ? 3 : 12)); // the provisioning log; idle sessions tell their statistics after ten
            if (postgres is null)
            {
                return ([], ServerProcess.WrittenBy(host.Id), 0);
            }

            await using var connection = new NpgsqlConnection(target.ConnectionString);
            await connection.OpenAsync();
            var rows = new Dictionary<string, (long, long, long, long)>();
            await using (var command = new NpgsqlCommand(Rows, connection))
            {
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    rows[reader.GetString(0)] = (reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
                }
            }

            await using var bytes = new NpgsqlCommand("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint", connection);
            return (rows, (long)(await bytes.ExecuteScalarAsync())!, await postgres.StatementsAsync(target));
        }

        private ReadOnlyMemory<byte> Next(string what)
        {
            if (what == "POST")
            {
                return ScimRequests.Request("POST", workspace, "/Users", new SeedPerson(9_000_000 - ++_created).Body);
            }

            var (person, turn) = (_ids[_changed % _ids.Count], _changed / _ids.Count);
            _changed++;
            return ScimRequests.Request(
                "PATCH",
                workspace,
                $"/Users/{person}",
                $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":{{(turn % 2 == 0 ? "false" : "true")}}}]}"""
            );
        }
    }
}
