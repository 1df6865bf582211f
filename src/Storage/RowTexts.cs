using System.Collections.Concurrent;
using UserManagement.Membership.Data;

namespace UserManagement.Storage;

/// <summary>Texts of INSERTs, each made once.</summary>
internal static class RowTexts
{
    private static readonly ConcurrentDictionary<(IReadOnlyList<RowColumn> Columns, string OnConflict), string> Ones = new();
    private static readonly ConcurrentDictionary<(IReadOnlyList<RowColumn> Columns, string OnConflict), string> Manies = new();

    /// <summary>The text for one row, with a parameter for each column.</summary>
    public static string Insert(RowInsert insert) =>
        Ones.GetOrAdd(
            (insert.Columns, insert.OnConflict),
            static (_, insert) => $"{Into(insert)} VALUES ({Positions(insert)}) {insert.OnConflict}",
            insert
        );

    /// <summary>The text for any number of rows, with an array for each column.</summary>
    public static string InsertArrays(RowInsert insert) =>
        Manies.GetOrAdd(
            (insert.Columns, insert.OnConflict),
            static (_, insert) => $"{Into(insert)} SELECT * FROM unnest({Positions(insert)}) {insert.OnConflict}",
            insert
        );

    private static string Into(RowInsert insert) => $"INSERT INTO {insert.Table} ({string.Join(", ", insert.Columns.Select(c => c.Name))})";

    private static string Positions(RowInsert insert) => string.Join(", ", insert.Columns.Select((_, i) => PositionalName.Of(i)));
}
