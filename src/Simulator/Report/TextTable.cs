using System.Globalization;
using System.Text;

namespace UserManagement.Simulator.Report;

/// <summary>A table of plain text: first column to the left, all others to the right, columns as wide as they must be.</summary>
/// <param name="heads">The column heads.</param>
public sealed class TextTable(params string[] heads)
{
    private readonly List<string[]> rows = [];

    /// <summary>Adds a row.</summary>
    /// <param name="cells">One cell per head.</param>
    /// <returns>The table, for the next row.</returns>
    public TextTable Add(params string[] cells)
    {
        if (cells.Length != heads.Length)
        {
            throw new ArgumentException($"{cells.Length} cells for {heads.Length} columns.", nameof(cells));
        }

        rows.Add(cells);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        int[] widths = [.. heads.Select((head, column) => rows.Select(r => Width(r[column])).Append(Width(head)).Max())];
        var text = new StringBuilder();
        Append(text, heads, widths);
        text.Append("  ").AppendJoin("  ", widths.Select(w => new string('-', w))).Append('\n');
        rows.ForEach(row => Append(text, row, widths));
        return text.ToString();
    }

    /// <summary>Milliseconds with one decimal below ten, none above.</summary>
    /// <param name="time">A duration.</param>
    public static string Milliseconds(TimeSpan time) =>
        time.TotalMilliseconds.ToString(time.TotalMilliseconds < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture);

    /// <summary>A whole number as people read it, without the machine's language.</summary>
    /// <param name="number">The number.</param>
    public static string Count(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder text, string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            var gap = new string(' ', widths[i] - Width(cells[i]));
            line.Append("  ").Append(i == 0 ? cells[i] + gap : gap + cells[i]);
        }

        text.Append(line.ToString().TrimEnd()).Append('\n');
    }

    private static int Width(string cell) => new StringInfo(cell).LengthInTextElements;
}
