using System.Globalization;
using System.Text.Json;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// The provisioning log as a file: JSON lines with all that a line has, or CSV in the form of <see cref="MemberCsv"/>, without payloads.
/// </summary>
public static class ProvisioningFiles
{
    /// <summary>The media type of JSON lines.</summary>
    public const string JsonLines = "application/jsonl";

    private static readonly byte[] LineEnd = [(byte)'\n'];

    private static readonly (string Name, Func<ProvisioningLine, WorkspaceConfiguration, string?> Cell)[] Columns =
    [
        ("time", (l, _) => Time(l.At)),
        ("client", (l, _) => l.Client),
        ("userAgent", (l, _) => l.UserAgent),
        ("method", (l, _) => l.Method),
        ("path", (l, _) => l.Path),
        ("kind", (l, _) => l.TargetKind),
        ("id", (l, _) => l.TargetId?.ToString("D")),
        ("name", (l, _) => l.TargetName),
        ("outcome", (l, _) => l.Outcome.Shown()),
        ("status", (l, _) => l.Status.ToString(CultureInfo.InvariantCulture)),
        ("scimType", (l, _) => l.ScimType),
        ("code", (l, _) => l.Code),
        ("reason", (l, _) => ReasonOf(l)),
        ("remedy", RemedyOf),
        ("times", (l, _) => l.Times.ToString(CultureInfo.InvariantCulture)),
        ("cycle", (l, _) => l.CycleId == Guid.Empty ? null : l.CycleId.ToString("D")),
    ];

    /// <summary>Why a request was not done, or only in part; null where nothing was amiss.</summary>
    public static string? ReasonOf(ProvisioningLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Reason ?? (line.Code is { } code ? ProvisioningAdvice.Of(code).Reason : null);
    }

    /// <summary>What to do about it; null where nothing was amiss.</summary>
    public static string? RemedyOf(ProvisioningLine line, WorkspaceConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Code is { } code ? ProvisioningAdvice.Of(code).In(configuration) : null;
    }

    /// <summary>Writes CSV as the lines are read.</summary>
    public static Task WriteCsvAsync(Stream stream, ProvisioningExport export, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(export);
        var configuration = export.Workspace.Configuration;
        return MemberCsv.WriteAsync<ProvisioningLine>(
            stream,
            [.. Columns.Select(c => (c.Name, (Func<ProvisioningLine, string?>)(line => c.Cell(line, configuration))))],
            export.Lines,
            ct
        );
    }

    /// <summary>Writes JSON lines as they are read.</summary>
    public static async Task WriteJsonAsync(Stream stream, ProvisioningExport export, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(export);
        await foreach (var line in export.Lines.WithCancellation(ct))
        {
            await JsonSerializer.SerializeAsync(stream, Shown(line, export.Workspace.Configuration), WorkspaceConfiguration.Json, ct);
            await stream.WriteAsync(LineEnd, ct);
            await stream.FlushAsync(ct);
        }
    }

    private static object Shown(ProvisioningLine line, WorkspaceConfiguration configuration) =>
        new
        {
            id = line.Id.Value,
            at = Time(line.At),
            line.TookMs,
            line.Client,
            line.ClientId,
            line.UserAgent,
            cycle = line.CycleId == Guid.Empty ? (Guid?)null : line.CycleId,
            line.Method,
            line.Path,
            line.TargetKind,
            line.TargetId,
            line.TargetName,
            outcome = line.Outcome.Shown(),
            line.Failed,
            line.Status,
            line.ScimType,
            line.Code,
            reason = ReasonOf(line),
            remedy = RemedyOf(line, configuration),
            line.Request,
            line.Cut,
            line.Answer,
            line.Times,
            line.ErasedAt,
        };

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
