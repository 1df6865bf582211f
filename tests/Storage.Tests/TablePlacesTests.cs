using Npgsql;
using UserManagement.Storage.Postgres;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

/// <summary>
/// What a distributed PostgreSQL asks of each table, read off a migrated one: so that hand-written migrations are held to it, too.
/// </summary>
public sealed class TablePlacesTests
{
    /// <summary>The triggers on tables that lie on several machines: each looks at its own row and nothing else, so it may run anywhere.</summary>
    private static readonly string[] Triggers =
    [
        "audit_entries_keep", // refuses a change but an erasure
        "audit_entries_stay", // refuses TRUNCATE
        "audit_segments_keep",
        "audit_segments_stay",
        "workspaces_count_configurations", // counts a column of its row up; the same on each copy
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_table_has_a_place_and_each_place_a_table()
    {
        var tables = await AskAsync(
            $"SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> '{TablePlaces.Migrations}' ORDER BY 1"
        );
        Assert.Equal(tables, TablePlaces.All.Select(t => t.Table).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_unique_in_a_table_that_is_cut_is_so_by_the_column_by_which_it_is_cut()
    {
        var amiss = await AskAsync(
            $"""
            SELECT i.indexrelid::regclass::text FROM pg_index i
            WHERE i.indisunique AND i.indrelid::regclass::text IN ({Tables(TablePlace.Distributed)}) AND NOT EXISTS (
                SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attname = '{TablePlaces.Column}' AND a.attnotnull
                    AND a.attnum = ANY (i.indkey::int2[]))
            """
        );
        Assert.Empty(amiss);
        // a table without a key has none of which that could be said
        var keys = await AskAsync(
            $"SELECT indrelid::regclass::text FROM pg_index WHERE indisprimary AND indrelid::regclass::text IN ({Tables(TablePlace.Distributed)})"
        );
        Assert.Equal(TablePlaces.All.Count(t => t.Place == TablePlace.Distributed), keys.Count);
    }

    /// <summary>To what lies with it on the same machine, or on each: and where both are cut, by the column by which they are.</summary>
    [Fact]
    public async Task What_refers_to_another_table_finds_it_on_its_own_machine()
    {
        var found = await AskAsync(
            $"""
            SELECT concat_ws(' ', c.conrelid::regclass, c.confrelid::regclass, c.confdeltype, (
                SELECT bool_or(a.attname = '{TablePlaces.Column}' AND b.attname = '{TablePlaces.Column}')
                FROM unnest(c.conkey, c.confkey) AS k (own, other)
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own
                JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.other))
            FROM pg_constraint c WHERE c.contype = 'f'
            """
        );
        Assert.NotEmpty(found);
        foreach (var words in found.Select(f => f.Split(' ')))
        {
            var (from, to) = (TablePlaces.Of(words[0]), TablePlaces.Of(words[1]));
            var isGood =
                to == TablePlace.Reference
                || (from == TablePlace.Local && to == TablePlace.Local)
                || (from == TablePlace.Distributed && to == TablePlace.Distributed && words[3] == "t");
            Assert.True(isGood, string.Join(' ', words));
            Assert.True(words[2] is "c" or "a" or "r", $"{words[0]}: nothing may set the column to null by which it is cut");
        }

        var order = TablePlaces.All.Select(t => t.Table).ToList();
        Assert.All(
            found.Select(f => f.Split(' ')).Where(w => TablePlaces.Of(w[0]) != TablePlace.Local),
            w => Assert.True(order.IndexOf(w[1]) < order.IndexOf(w[0]), $"{w[0]} is brought to its place before {w[1]}")
        );
    }

    [Fact]
    public async Task A_trigger_on_what_lies_on_several_machines_is_one_that_looks_at_its_own_row()
    {
        var triggers = await AskAsync(
            $"""
            SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
            AND tgrelid::regclass::text IN ({Tables(TablePlace.Distributed)}, {Tables(TablePlace.Reference)}) ORDER BY 1
            """
        );
        Assert.Equal(Triggers, triggers);
    }

    /// <summary>A machine cannot count for the others.</summary>
    [Fact]
    public async Task No_column_of_what_is_cut_is_numbered_by_the_database()
    {
        var numbered = await AskAsync(
            $"""
            SELECT concat_ws('.', a.attrelid::regclass, a.attname) FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid::regclass::text IN ({Tables(
                TablePlace.Distributed
            )}) AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) ~ 'nextval')
            """
        );
        Assert.Empty(numbered);
    }

    private static string Tables(TablePlace place) =>
        string.Join(", ", TablePlaces.All.Where(t => t.Place == place).Select(t => $"'{t.Table}'"));

    private static async Task<List<string>> AskAsync(string sql)
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync(Ct);
        var found = new List<string>();
        while (await rows.ReadAsync(Ct))
        {
            found.Add(rows.GetString(0));
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
