using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using UserManagement.Benchmarks.Ceiling;
using UserManagement.Benchmarks.Seeding;
using UserManagement.Membership;
using UserManagement.Membership.Groups;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Databases;

/// <summary>A workspace with people to ask for, drawn evenly from all of them.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Members">How many it has.</param>
/// <param name="People">Ids and user names of some.</param>
internal sealed record Crowd(SeededWorkspace Workspace, int Members, IReadOnlyList<(string Id, string UserName)> People);

/// <summary>A database with one workspace of a given size, forty small ones beside it, and two groups.</summary>
internal sealed class Filled : IAsyncDisposable
{
    public const int SmallWorkspaces = 40;
    private const int SmallMembers = 250;
    private const int Drawn = 20_000;

    private Filled(BenchDatabase database, Crowd main, IReadOnlyList<Crowd> small, (string Large, string Small) groups)
    {
        Database = database;
        Main = main;
        Small = small;
        Groups = groups;
    }

    public BenchDatabase Database { get; }

    public Crowd Main { get; }

    public IReadOnlyList<Crowd> Small { get; }

    /// <summary>Ids of the two groups of the main workspace.</summary>
    public (string Large, string Small) Groups { get; }

    public IEnumerable<SeededWorkspace> Workspaces => Small.Select(s => s.Workspace).Prepend(Main.Workspace);

    /// <summary>Makes and fills it.</summary>
    /// <param name="postgres">The cluster; null for SQLite.</param>
    /// <param name="members">Members of the main workspace.</param>
    /// <param name="group">Members of its large group.</param>
    /// <param name="isWithSmall">Whether the forty stand beside it, and a table for the ceiling.</param>
    public static async Task<Filled> NewAsync(DurablePostgres? postgres, int members, int group, bool isWithSmall)
    {
        var database = await BenchDatabase.NewAsync(postgres, $"members_{members}");
        var main = await Seed.RunAsync(database, "main", members);
        var small = new List<SeededWorkspace>();
        for (var i = 0; isWithSmall && i < SmallWorkspaces; i++)
        {
            small.Add(await Seed.RunAsync(database, $"small-{i}", SmallMembers));
        }

        // the oldest stay outside: to be added and removed, and so that a first page shows the same at every size
        var large = await Seed.GroupAsync(database, main, "Large", Math.Min(group, members * 9 / 10));
        var little = await Seed.GroupAsync(database, main, "Small", 10);
        if (isWithSmall)
        {
            await CopyForCeilingAsync(database.Target);
        }

        await BulkLoad.SettleAsync(database.Target);
        return new(
            database,
            await DrawAsync(database, main, members),
            await Task.WhenAll(small.Select(s => DrawAsync(database, s, SmallMembers))),
            (large.ToString(), little.ToString())
        );
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();

    // ids follow time, so every n-th along the key is an even draw
    private static async Task<Crowd> DrawAsync(BenchDatabase database, SeededWorkspace workspace, int members)
    {
        await using var db = database.Store.Read();
        var people = new List<(string, string)>();
        var every = Math.Max(1, members / Drawn);
        var number = 0;
        await foreach (
            var person in db
                .Members.Where(m => m.WorkspaceId == workspace.Id)
                .OrderBy(m => m.Id)
                .Select(m => new { m.Id, m.UserName })
                .AsAsyncEnumerable()
        )
        {
            if (number++ % every == 0)
            {
                people.Add((person.Id.ToString(), person.UserName));
            }
        }

        return new(workspace, members, people);
    }

    private static async Task CopyForCeilingAsync(DatabaseTarget target)
    {
        string[] statements =
        [
            $"CREATE TABLE {BareStore.Table} AS SELECT * FROM members",
            $"CREATE UNIQUE INDEX {BareStore.Table}_by_id ON {BareStore.Table} (workspace_id, id)",
            $"CREATE UNIQUE INDEX {BareStore.Table}_by_name ON {BareStore.Table} (workspace_id, user_name_key)",
        ];
        await using System.Data.Common.DbConnection connection =
            target.Kind == Testing.Database.Postgres
                ? new NpgsqlConnection(new NpgsqlConnectionStringBuilder(target.ConnectionString) { CommandTimeout = 0 }.ConnectionString)
                : new SqliteConnection(target.ConnectionString);
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync();
        }
    }
}
