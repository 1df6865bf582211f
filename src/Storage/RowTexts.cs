using System.Collections.Concurrent;
using UserManagement.Membership.Data;

namespace UserManagement.Storage;

/// <summary>Texts of INSERTs, each made once.</summary>
internal static class RowTexts
{
    private static readonly ConcurrentDictionary<(IReadOnlyList<RowColumn> Columns, string OnConflict), string> Ones = new();
    private static readonly ConcurrentDictionary<(IReadOnlyList<RowColumn> Columns, string OnConflict), string> Manies = new();

    private static readonly ConcurrentDictionary<(IReadOnlyList<RowColumn> Columns, string OnConflict, int Rows), string> Fews = new();

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

    /// <summary>The text for its number of rows, with a parameter for each column of each.</summary>
    public static string InsertValues(RowInsert insert) =>
        Fews.GetOrAdd(
            (insert.Columns, insert.OnConflict, insert.Rows.Count),
            static (_, insert) => $"{Into(insert)} VALUES {Values(insert.Rows.Count, insert.Columns.Count, 0)} {insert.OnConflict}",
            insert
        );

    /// <summary>Rows of parameters: ($1, $2), ($3, $4).</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many in each.</param>
    /// <param name="before">How many parameters stand before the first.</param>
    public static string Values(int rows, int columns, int before) =>
        string.Join(
            ", ",
            Enumerable
                .Range(0, rows)
                .Select(row => $"({string.Join(", ", Enumerable.Range(before + (row * columns), columns).Select(PositionalName.Of))})")
        );

    private static string Into(RowInsert insert) => $"INSERT INTO {insert.Table} ({string.Join(", ", insert.Columns.Select(c => c.Name))})";

    private static string Positions(RowInsert insert) => string.Join(", ", insert.Columns.Select((_, i) => PositionalName.Of(i)));
}
