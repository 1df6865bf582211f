using System.Globalization;
using System.Text;
using CsvHelper;

namespace UserManagement.Membership.Members;

/// <summary>
/// Members as CSV (RFC 4180), UTF-8 with the mark at its beginning without which Excel takes it for another encoding, lines ended by CRLF.
/// What people typed is never run by a spreadsheet: a cell that begins like a formula gets an apostrophe before it (CWE-1236), and every
/// cell is quoted, so that no separator inside makes another one.
/// </summary>
public static class MemberCsv
{
    /// <summary>The media type (RFC 7111: with a header line).</summary>
    public const string MediaType = "text/csv; charset=utf-8; header=present";

    /// <summary>Those that are written where nobody asks for others.</summary>
    public static IReadOnlyList<string> Usual { get; } = ["id", "email", "firstName", "lastName", "isAdmin", "hasSeat"];

    private static readonly Dictionary<string, Func<ExportedMember, string?>> Cells = new(StringComparer.Ordinal)
    {
        ["id"] = e => e.Member.Id.ToString(),
        ["email"] = e => e.Member.Email,
        ["firstName"] = e => e.Member.GivenName,
        ["lastName"] = e => e.Member.FamilyName,
        ["isAdmin"] = e => e.IsAdmin ? "yes" : "no",
        ["hasSeat"] = e => e.Member.HasSeat ? "yes" : "no",
        ["userName"] = e => e.Member.UserName,
        ["displayName"] = e => e.Member.ShownName,
        ["role"] = e => e.Member.Role,
        ["license"] = e => e.Member.License,
        ["status"] = e => e.Member.State.Shown(),
        ["joinedAt"] = e => e.Member.JoinedAt?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    /// <summary>All columns there are.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. Cells.Keys];

    /// <summary>Those that are written only when asked for.</summary>
    public static IReadOnlyList<string> More { get; } = [.. Cells.Keys.Except(Usual)];

    /// <summary>The columns that somebody asked for; null when one is unknown or stands twice.</summary>
    public static IReadOnlyList<string>? Columns(string? asked)
    {
        var columns = asked?.Split(',', StringSplitOptions.TrimEntries) ?? Usual;
        return columns.All(Cells.ContainsKey) && columns.Distinct(StringComparer.Ordinal).Count() == columns.Count ? columns : null;
    }

    /// <summary>Writes header and lines as they are read.</summary>
    public static async Task WriteAsync(
        Stream stream,
        IReadOnlyList<string> columns,
        IAsyncEnumerable<ExportedMember> lines,
        CancellationToken ct
    )
    {
        await stream.WriteAsync(Encoding.UTF8.Preamble.ToArray(), ct);
        await using var csv = CsvWriter.Create(stream, CsvWriterOptions.Default, leaveOpen: true);
        foreach (var column in columns)
        {
            csv.WriteField(column);
        }

        await csv.EndRecordAsync(ct);
        await foreach (var line in lines.WithCancellation(ct))
        {
            foreach (var column in columns)
            {
                csv.WriteField(Harmless(Cells[column](line)), CsvQuoting.Always);
            }

            await csv.EndRecordAsync(ct);
        }

        await csv.FlushAsync(ct);
    }

    /// <summary>
    /// The text as a cell that no spreadsheet runs: what begins with = + - @, their full-width forms, a tab or a line end,
    /// perhaps after blanks or quotes, gets an apostrophe before it.
    /// </summary>
    internal static string? Harmless(string? text) =>
        text is { Length: > 0 }
        && (text[0] is '\t' or '\r' or '\n' || text.AsSpan().TrimStart(" \t\r\n\u00A0\uFEFF\"'").StartsWithFormula())
            ? "'" + text
            : text;

    private static bool StartsWithFormula(this ReadOnlySpan<char> text) =>
        text is ['=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..];
}
