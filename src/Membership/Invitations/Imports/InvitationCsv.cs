using System.Text;
using CsvHelper;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>One row of people to invite, as it was typed.</summary>
/// <param name="Line">The line of the file on which it begins, from 1; the number of the row where there is no file.</param>
/// <param name="Email">The address.</param>
/// <param name="Role">The role's key or label.</param>
/// <param name="Cells">How many cells the row has.</param>
/// <param name="LastDay">The last day of their time as members; empty for no end, null where the file has no such column.</param>
public sealed record InvitationCsvRow(int Line, string Email, string Role, int Cells = 2, string? LastDay = null);

/// <summary>
/// The CSV of people to invite (RFC 4180): the template, and reading it back. The separator is the one of the header line (comma,
/// semicolon or tab), whatever stands in the cells. The header must be the template's, and may have one column more, the last day of those
/// who come for a time; a file is read whole or not at all.
/// </summary>
public static class InvitationCsv
{
    /// <summary>How many rows one file may have.</summary>
    public const int MostRows = 10_000;

    /// <summary>How many bytes it may have.</summary>
    public const int MostBytes = 5 * 1024 * 1024;

    private const int MostShown = 60;
    private const string Day = "lastDay";
    private static readonly string[] Columns = ["email", "role"];

    /// <summary>The template: the header line and nothing else, in UTF-8 with the mark by which spreadsheets know it.</summary>
    public static byte[] Template() => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(string.Join(',', Columns) + "\r\n")];

    /// <summary>
    /// Reads a file. Refused as a whole (<c>invalid</c>, field csv): too large, too many rows, no text, another header, quotes that do not
    /// match, no row.
    /// </summary>
    public static Outcome<IReadOnlyList<InvitationCsvRow>> Read(ReadOnlySpan<byte> file) =>
        file.Length > MostBytes ? TooLarge()
        : CsvText.Of(file).Is(out var text, out var refusal) ? Read(text)
        : refusal;

    /// <summary>The refusal of a file of more than <see cref="MostBytes"/>, for who knows its length before it is read.</summary>
    public static Refusal TooLarge() => Wrong($"The file is larger than {MostBytes / 1024 / 1024} MB. Split it.");

    private static Outcome<IReadOnlyList<InvitationCsvRow>> Read(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Wrong("The file is empty. Download the CSV template and fill it in.");
        }

        if (text.Length < 256)
        {
            text = text.PadRight(256, '\n'); // the reader's buffer
        }

        var hint = text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) ? text.IndexOf('\n', StringComparison.Ordinal) + 1 : 0;
        var options = new CsvReaderOptions
        {
            Separator = SeparatorOf(text.AsSpan(hint)),
            HasHeader = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            IncludeValuesInExceptions = false,
            MalformedData = CsvMalformedDataHandling.Throw,
        };
        try
        {
            using var csv = CsvReader.FromText(text[hint..], options);
            return Rows(csv, hint > 0 ? 1 : 0);
        }
        catch (CsvFormatException fault)
        {
            return Wrong(
                $"The quotes of the row that begins on line {fault.LineNumber + (hint > 0 ? 1 : 0)} do not match. Nothing was read."
            );
        }
    }

    private static Outcome<IReadOnlyList<InvitationCsvRow>> Rows(CsvReader csv, int before)
    {
        if (!csv.Read())
        {
            return Wrong("The file is empty. Download the CSV template and fill it in.");
        }

        var hasDay =
            csv.FieldCount > Columns.Length && string.Equals(csv.GetString(Columns.Length).Trim(), Day, StringComparison.OrdinalIgnoreCase);
        if (Header([.. Enumerable.Range(0, csv.FieldCount).Select(i => csv.GetString(i).Trim())], hasDay) is { } wrong)
        {
            return wrong;
        }

        var rows = new List<InvitationCsvRow>();
        while (csv.Read())
        {
            var cells = Enumerable.Range(0, csv.FieldCount).Select(i => csv.GetString(i).Trim()).ToList();
            if (cells.TrueForAll(c => c.Length == 0))
            {
                continue; // a line of separators, as spreadsheets leave them
            }

            if (rows.Count == MostRows)
            {
                return Wrong($"The file has more than {MostRows:N0} rows. Split it.");
            }

            var used = cells.FindLastIndex(c => c.Length > 0) + 1;
            rows.Add(
                new(
                    (int)csv.LineNumber + before,
                    cells[0],
                    cells.Count > 1 ? cells[1] : "",
                    Math.Max(used, Columns.Length),
                    hasDay ? (cells.Count > Columns.Length ? cells[Columns.Length] : "") : null
                )
            );
        }

        return rows.Count == 0 ? Wrong("The file has a header and no row. Write one person on each line below it.") : rows;
    }

    private static Refusal? Header(List<string> header, bool hasDay)
    {
        var most = Columns.Length + (hasDay ? 1 : 0);
        while (header.Count > most && header[^1].Length == 0)
        {
            header.RemoveAt(header.Count - 1);
        }

        for (var i = 0; i < Columns.Length; i++)
        {
            if (i < header.Count && string.Equals(header[i], Columns[i], StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            return Changed(
                i >= header.Count
                    ? $"The column “{Columns[i]}” is missing."
                    : $"Column {i + 1} must be “{Columns[i]}”, and is “{Key.Cut(header[i], MostShown)}”."
            );
        }

        return header.Count > most ? Changed($"The column “{Key.Cut(header[most], MostShown)}” is not in the template.") : null;
    }

    private static Refusal Changed(string what) =>
        Wrong($"{what} The columns of the template must stay as they are: {string.Join(", ", Columns)}; behind them {Day} may follow.");

    private static char SeparatorOf(ReadOnlySpan<char> text)
    {
        var head = text.TrimStart("\r\n");
        var end = head.IndexOfAny('\r', '\n');
        var line = end < 0 ? head : head[..end];
        var first = line.IndexOfAny(",;\t");
        return first < 0 ? ',' : line[first];
    }

    private static Refusal Wrong(string sentence) => Refusal.Invalid("csv", sentence);
}
