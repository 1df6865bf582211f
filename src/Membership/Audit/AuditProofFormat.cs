using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserManagement.Membership.Audit;

/// <summary>
/// How a sealed audit log is written down for others, as JSON lines: a head line that names format and workspace, the log's lines in the
/// order of the chain, and the signed end of the chain. <c>docs/audit.md</c> says how each value is made.
/// </summary>
internal static class AuditProofFormat
{
    /// <summary>The name of the format, in the first line.</summary>
    public const string Name = "usermanagement-audit-1";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>The first line.</summary>
    public sealed record Opening(string Format, Guid Workspace, string? Slug);

    /// <summary>
    /// A line of the log; bytes are hexadecimal, times ISO 8601 to the millisecond, <c>before</c> and <c>after</c> the stored texts.
    /// </summary>
    public sealed record Line(
        long Sequence,
        Guid Id,
        string At,
        string ActorKind,
        Guid? ActorId,
        string? ActorName,
        string Door,
        string Act,
        string TargetKind,
        Guid? TargetId,
        string? TargetName,
        string? Before,
        string? After,
        string? Reason,
        bool Refused,
        string Digest,
        string? Salt,
        string? ErasedAt,
        string Chain
    );

    /// <summary>A head, as the last line and as a line of a file of heads.</summary>
    public sealed record Head(Guid Workspace, long Sequence, string Chain, string At, string Signature);

    /// <summary>The last line.</summary>
    public sealed record Closing(Head Head);

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>The value of a line; null for what is no such line.</summary>
    public static T? Read<T>(string text)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The time in milliseconds; null for what is none.</summary>
    public static long? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : null;

    public static Line Of(StoredLine line, long sequence, byte[] chain) =>
        new(
            sequence,
            line.Line.Id,
            Time(line.Line.At),
            line.Line.ActorKind,
            line.Line.ActorId,
            line.ActorName,
            line.Line.Door,
            line.Line.Act,
            line.Line.TargetKind,
            line.Line.TargetId,
            line.TargetName,
            line.Before,
            line.After,
            line.Line.Reason,
            line.Line.Refused,
            Convert.ToHexStringLower(line.Line.Digest),
            line.Salt is null ? null : Convert.ToHexStringLower(line.Salt),
            line.ErasedAt is { } erased ? Time(erased) : null,
            Convert.ToHexStringLower(chain)
        );

    public static Head Of(AuditHead head) =>
        new(
            head.WorkspaceId.Value,
            head.Sequence,
            Convert.ToHexStringLower(head.Chain),
            Time(head.At.ToUnixTimeMilliseconds()),
            Base64Url.EncodeToString(head.Signature)
        );
}
