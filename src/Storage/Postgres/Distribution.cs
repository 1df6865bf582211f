using System.Globalization;
using Npgsql;

namespace UserManagement.Storage.Postgres;

/// <summary>
/// Whether a database is distributed by Citus: asked on each new session, before it serves, so that a server which was started
/// before the tables were cut knows with its next session.
/// </summary>
internal sealed class Distribution
{
    /// <summary>
    /// Citus's list of tables. It stands in the system's own schema, so what is asked for it costs nothing where it is not.
    /// </summary>
    public const string List = "pg_catalog.pg_dist_partition";

    private const string IsThere = $"SELECT to_regclass('{List}') IS NOT NULL";
    private const string IsCut =
        $"SELECT EXISTS (SELECT 1 FROM {List} WHERE logicalrelid = to_regclass('{TablePlaces.First}') AND partmethod = 'h')";

    private volatile bool _isDistributed;

    /// <summary>Whether the tables of workspaces are cut; false as long as no session was opened.</summary>
    public bool IsDistributed => _isDistributed;

    /// <summary>Asks.</summary>
    public void Ask(NpgsqlConnection session)
    {
        using var ask = new NpgsqlCommand(IsThere, session);
        using var look = new NpgsqlCommand(IsCut, session);
        _isDistributed = ask.ExecuteScalar() is true && look.ExecuteScalar() is true;
    }

    /// <inheritdoc cref="Ask"/>
    public async Task AskAsync(NpgsqlConnection session)
    {
        await using var ask = new NpgsqlCommand(IsThere, session);
        await using var look = new NpgsqlCommand(IsCut, session);
        _isDistributed = await ask.ExecuteScalarAsync() is true && await look.ExecuteScalarAsync() is true;
    }

    /// <summary>
    /// What lies elsewhere than <see cref="TablePlaces"/> says, in words, on a database that Citus distributes; empty where all is well,
    /// and where nothing is distributed.
    /// </summary>
    public static async Task<IReadOnlyList<string>> MisplacedAsync(NpgsqlConnection session, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand(IsThere, session);
        await using var look = new NpgsqlCommand(IsCut, session);
        if (await ask.ExecuteScalarAsync(ct) is not true || await look.ExecuteScalarAsync(ct) is not true)
        {
            return [];
        }

        await using var list = new NpgsqlCommand(
            $"""
            SELECT t.tablename::text, CASE WHEN d.logicalrelid IS NULL THEN NULL WHEN d.partmethod = 'h' THEN 'Distributed'
                WHEN d.repmodel = 't' THEN 'Reference' ELSE 'Local' END
            FROM pg_catalog.pg_tables t
            LEFT JOIN {List} d ON d.logicalrelid = format('%I.%I', t.schemaname, t.tablename)::regclass
            WHERE t.schemaname = current_schema() AND t.tablename <> '{TablePlaces.Migrations}' ORDER BY 1
            """,
            session
        );
        var misplaced = new List<string>();
        await using var rows = await list.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var (table, found) = (rows.GetString(0), await rows.IsDBNullAsync(1, ct) ? null : rows.GetString(1));
            if (TablePlaces.Of(table) is { } wanted && found != wanted.ToString())
            {
                misplaced.Add(string.Create(CultureInfo.InvariantCulture, $"{table} is {Shown(found)} and not {Shown(wanted.ToString())}"));
            }
        }

        return misplaced;
    }

    private static string Shown(string? place) =>
        place switch
        {
            nameof(TablePlace.Distributed) => "distributed",
            nameof(TablePlace.Reference) => "a reference table",
            nameof(TablePlace.Local) => "a managed local table",
            _ => "unknown to Citus",
        };
}
