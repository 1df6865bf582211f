using System.Data.Common;
using System.Globalization;

namespace UserManagement.Benchmarks.Ceiling;

/// <summary>
/// The least that a server of one table must do with its database: one statement for a read or an insert, two for a
/// change. No token, no audit, no counts, no transaction beside the statement's own.
/// </summary>
internal abstract class BareStore
{
    public const string Table = "bare_members";

    private static readonly string Columns = string.Join(", ", BareRow.Columns);

    public static string ByIdSql => $"SELECT {Columns} FROM {Table} WHERE workspace_id = @p0 AND id = @p1";

    public static string ByNameSql => $"SELECT {Columns} FROM {Table} WHERE workspace_id = @p0 AND user_name_key = @p1";

    public static string PageSql => $"SELECT {Columns} FROM {Table} WHERE workspace_id = @p0 AND id > @p1 ORDER BY id LIMIT @p2";

    public static string InsertSql =>
        $"INSERT INTO {Table} ({Columns}) VALUES ({string.Join(", ", BareRow.Columns.Select((_, i) => "@p" + i.ToString(CultureInfo.InvariantCulture)))})";

    public static string SaveSql =>
        $"UPDATE {Table} SET directory_active = @p0, state = @p1, has_seat = @p0, modified_at = @p2, version = version + 1 WHERE workspace_id = @p3 AND id = @p4 AND version = @p5";

    /// <summary>Reads rows.</summary>
    public abstract Task<List<BareRow>> ReadAsync(string sql, params object?[] values);

    /// <summary>Writes; gives back how many rows were touched.</summary>
    public abstract Task<int> WriteAsync(string sql, params object?[] values);

    /// <summary>A row under the reader.</summary>
    protected static BareRow Row(DbDataReader reader) =>
        new()
        {
            Workspace = reader.GetGuid(0),
            Id = reader.GetGuid(1),
            UserName = reader.GetString(3),
            ExternalId = Text(reader, 5),
            Email = Text(reader, 6),
            DisplayName = Text(reader, 7),
            GivenName = Text(reader, 8),
            FamilyName = Text(reader, 9),
            Active = reader.GetBoolean(11),
            Document = Text(reader, 17),
            CreatedAt = reader.GetInt64(19),
            ModifiedAt = reader.GetInt64(20),
            Version = reader.GetInt64(21),
        };

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
