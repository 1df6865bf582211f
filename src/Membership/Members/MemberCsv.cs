using System.Globalization;
using System.Text;
using CsvHelper;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Workspaces;

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
        ["joinedAt"] = e => Time(e.Member.JoinedAt),
        ["acceptedTerms"] = e => e.Member.AcceptedTerms?.ToString(CultureInfo.InvariantCulture),
        ["termsAcceptedAt"] = e => Time(e.Member.TermsAcceptedAt),
    };

    /// <summary>All columns there are.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. Cells.Keys];

    /// <summary>Those that are written only when asked for.</summary>
    public static IReadOnlyList<string> More { get; } = [.. Cells.Keys.Except(Usual)];

    /// <summary>What columns there are to ask for, as a sentence.</summary>
    public static string Choice { get; } =
        $"columns must be some of {string.Join(", ", Known)}, or attributes.NAME for an attribute that the workspace defines.";

    /// <summary>What a column of one of the workspace's own attributes begins with: <c>attributes.shift</c>.</summary>
    public const string Own = "attributes.";

    /// <summary>The columns that somebody asked for; null when one is unknown or stands twice.</summary>
    /// <param name="asked">Their names with commas between; null for the usual ones.</param>
    /// <param name="rules">The workspace's rules, which name its own attributes.</param>
    public static IReadOnlyList<string>? Columns(string? asked, ScimRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var columns = asked?.Split(',', StringSplitOptions.TrimEntries) ?? Usual;
        return
            columns.All(c => Cells.ContainsKey(c) || rules.Attributes?.Any(a => Own + a.Name == c) == true)
            && columns.Distinct(StringComparer.Ordinal).Count() == columns.Count
            ? columns
            : null;
    }

    /// <summary>Writes header and lines as they are read.</summary>
    public static Task WriteAsync(
        Stream stream,
        IReadOnlyList<string> columns,
        IAsyncEnumerable<ExportedMember> lines,
        CancellationToken ct
    ) =>
        WriteAsync<ExportedMember>(
            stream,
            [.. columns.Select(c => (c, (Func<ExportedMember, string?>)(line => Cell(c, line))))],
            lines,
            ct
        );

    /// <summary>Writes lines of anything in this form, as they are read: the one place where a CSV of this server is made.</summary>
    internal static async Task WriteAsync<T>(
        Stream stream,
        IReadOnlyList<(string Name, Func<T, string?> Cell)> columns,
        IAsyncEnumerable<T> lines,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        await stream.WriteAsync(Encoding.UTF8.Preamble.ToArray(), ct);
        await using var csv = CsvWriter.Create(stream, CsvWriterOptions.Default, leaveOpen: true);
        foreach (var (name, _) in columns)
        {
            csv.WriteField(name);
        }

        await csv.EndRecordAsync(ct);
        await foreach (var line in lines.WithCancellation(ct))
        {
            foreach (var (_, cell) in columns)
            {
                csv.WriteField(Harmless(cell(line)), CsvQuoting.Always);
            }

            await csv.EndRecordAsync(ct);
        }

        await csv.FlushAsync(ct);
    }

    private static string? Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Cell(string column, ExportedMember line) =>
        Cells.TryGetValue(column, out var cell) ? cell(line)
        : CustomValues.Of(line.Scim, line.Member).FirstOrDefault(v => Own + v.Attribute.Name == column) is { } own
            ? string.Join("; ", own.Values)
        : null;

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
