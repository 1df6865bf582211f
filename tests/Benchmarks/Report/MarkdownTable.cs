using System.Text;

namespace UserManagement.Benchmarks.Report;

/// <summary>A table that reads well on a console and can be pasted into a page.</summary>
internal sealed class MarkdownTable(params string[] heads)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <inheritdoc/>
    public override string ToString()
    {
        int[] widths = [.. heads.Select((head, i) => _rows.Select(r => r[i].Length).Append(head.Length).Max())];
        var text = new StringBuilder();
        Line(text, heads, widths);
        text.Append('|')
            .AppendJoin('|', widths.Select((w, i) => i == 0 ? new string('-', w + 2) : new string('-', w + 1) + ":"))
            .Append("|\n");
        _rows.ForEach(row => Line(text, row, widths));
        return text.ToString();
    }

    private static void Line(StringBuilder text, string[] cells, int[] widths) =>
        text.Append("| ").AppendJoin(" | ", cells.Select((c, i) => i == 0 ? c.PadRight(widths[i]) : c.PadLeft(widths[i]))).Append(" |\n");
}
