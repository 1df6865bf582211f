using System.Globalization;
using Microsoft.Data.Sqlite;

namespace UserManagement.Storage.Sqlite;

/// <summary>
/// What SQLite's planner believes of our indexes (sqlite_stat1, "Fixed Results Of ANALYZE", SQLite documentation, section 4 of The
/// Next-Generation Query Planner). Without any it believes that ten rows share a workspace, and walks through all of a workspace's rows
/// rather than seek a list of ids among them. Real figures would be those of the moment, of an empty database at its first start; so the
/// same stand in each: one workspace may have all rows of a table, and what follows the workspace in an index narrows them down. They are
/// written anew whenever the schema is brought up, for every index that begins with a workspace, and read by each connection that opens.
/// </summary>
internal static class PlannerStatistics
{
    private const int Rows = 1_000_000;
    private const int Few = 10;
    private static readonly HashSet<string> WithFewValues = ["state", "role", "has_seat", "attribute", "kind", "act"];

    private const string Indexes = """
        SELECT t.name, i.name, i."unique", i.partial, (SELECT group_concat(name) FROM (SELECT c.name FROM pragma_index_info(i.name) c ORDER BY c.seqno))
        FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
        """;

    /// <summary>Writes them.</summary>
    /// <param name="connection">An open connection, without a transaction.</param>
    public static void Write(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "ANALYZE sqlite_schema; DELETE FROM sqlite_stat1"; // the first makes the table and looks at no row
        command.ExecuteNonQuery();
        command.CommandText = Indexes;
        var rows = new List<(string Table, string Index, string Figures)>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                var columns = reader.GetString(4).Split(',');
                if (columns[0] == "workspace_id")
                {
                    rows.Add((reader.GetString(0), reader.GetString(1), Of(columns, reader.GetBoolean(2), reader.GetBoolean(3))));
                }
            }
        }

        command.CommandText = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)";
        foreach (var (table, index, figures) in rows)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$1", table);
            command.Parameters.AddWithValue("$2", index);
            command.Parameters.AddWithValue("$3", figures);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>
    /// The rows of an index, then how many of them agree in its first column, in its first two, and so on. No index is read in pieces, one
    /// for each workspace there is (noskipscan), for there may be many.
    /// </summary>
    private static string Of(string[] columns, bool isUnique, bool isPartial)
    {
        var all = isPartial ? Rows / 10 * 9 : Rows; // the smaller one where both would do
        var figures = new List<int> { all, all };
        for (var at = 1; at < columns.Length; at++)
        {
            figures.Add(
                columns[at] == "id" || (isUnique && at == columns.Length - 1) ? 1
                : WithFewValues.Contains(columns[at]) && figures[^1] > Few ? figures[^1] / 4
                : Math.Min(figures[^1], Few)
            );
        }

        return string.Join(' ', figures.Select(f => f.ToString(CultureInfo.InvariantCulture))) + " noskipscan";
    }
}
