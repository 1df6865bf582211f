using System.Globalization;
using System.Text.Json;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Lines of the audit log as a file: CSV in the form of <see cref="MemberCsv"/>, or JSON lines; both with all that a line says.
/// </summary>
public static class AuditFiles
{
    /// <summary>The media type of JSON lines.</summary>
    public const string JsonLines = "application/jsonl";

    private static readonly byte[] LineEnd = [(byte)'\n'];

    private static readonly (string Name, Func<AuditEntry, string?> Cell)[] Columns =
    [
        ("time", l => Time(l.At)),
        ("actorKind", l => Word(l.ActorKind)),
        ("actorId", l => l.ActorId?.ToString("D")),
        ("actorName", l => l.ActorName),
        ("door", l => Word(l.Door)),
        ("act", l => l.Act),
        ("refused", l => l.Refused ? "yes" : "no"),
        ("targetKind", l => l.TargetKind),
        ("targetId", l => l.TargetId?.ToString("D")),
        ("targetName", l => l.TargetName),
        ("reason", l => l.Reason),
        ("before", l => l.Before),
        ("after", l => l.After),
        ("erasedAt", l => l.ErasedAt is { } at ? Time(at) : null),
        ("id", l => l.Id.ToString()),
    ];

    /// <summary>Writes CSV as the lines are read.</summary>
    public static Task WriteCsvAsync(Stream stream, AuditExport export, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(export);
        return MemberCsv.WriteAsync(stream, Columns, export.Lines, ct);
    }

    /// <summary>Writes JSON lines as they are read.</summary>
    public static async Task WriteJsonAsync(Stream stream, AuditExport export, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(export);
        await foreach (var line in export.Lines.WithCancellation(ct))
        {
            await JsonSerializer.SerializeAsync(stream, Shown(line), WorkspaceConfiguration.Json, ct);
            await stream.WriteAsync(LineEnd, ct);
            await stream.FlushAsync(ct);
        }
    }

    private static object Shown(AuditEntry line) =>
        new
        {
            id = line.Id.Value,
            at = Time(line.At),
            actorKind = Word(line.ActorKind),
            line.ActorId,
            line.ActorName,
            door = Word(line.Door),
            line.Act,
            line.TargetKind,
            line.TargetId,
            line.TargetName,
            before = Facts(line.Before),
            after = Facts(line.After),
            line.Reason,
            erasedAt = line.ErasedAt is { } at ? Time(at) : null,
            line.Refused,
        };

    /// <summary>
    /// What a line says was before or after; what a later version wrote may be no JSON, and is shown as the text that it is.
    /// </summary>
    public static JsonElement? Facts(string? stored)
    {
        try
        {
            return stored is null ? null : JsonElement.Parse(stored);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(stored);
        }
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
