using System.Text.Json;
using System.Text.Json.Serialization;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>
/// What the audit line of a directory's act does not hold and its undo needs: whose groups somebody left with their end, all who came into
/// a large group or left it, texts that the line cuts. Written with the line, in few acts; kept as long as the provisioning log and
/// erased with the person.
/// </summary>
public sealed record CycleNote
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The audit line to which it belongs.</summary>
    public required Id<AuditEntry> Id { get; init; }

    /// <summary>The person or group.</summary>
    public required Guid TargetId { get; init; }

    /// <summary>The facts as JSON, see <see cref="NoteFacts"/>.</summary>
    public required string Facts { get; init; }
}

/// <summary>The facts of a <see cref="CycleNote"/>; what there is none of is left out.</summary>
public sealed record NoteFacts
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Fields whose value before is too long for the line, in full.</summary>
    public Dictionary<string, string>? Texts { get; init; }

    /// <summary>The groups in which somebody was as they ended, but those into which a rule put them.</summary>
    public IReadOnlyList<Guid>? Groups { get; init; }

    /// <summary>All who came into a group, see <see cref="Packed"/>.</summary>
    public string? Added { get; init; }

    /// <summary>All who left a group, or were in it as it was deleted.</summary>
    public string? Removed { get; init; }

    /// <summary>When a group that was deleted had been made, in milliseconds since 1970.</summary>
    public long? CreatedAt { get; init; }

    /// <summary>Its last version.</summary>
    public long? Version { get; init; }

    /// <summary>Whether it says anything.</summary>
    [JsonIgnore]
    public bool IsEmpty => this == new NoteFacts();

    /// <summary>Ids in few characters: sixteen bytes each, as base64; null for none.</summary>
    public static string? Packed(IReadOnlyList<Id<Member>> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (members.Count == 0)
        {
            return null;
        }

        var bytes = new byte[16 * members.Count];
        for (var i = 0; i < members.Count; i++)
        {
            _ = members[i].Value.TryWriteBytes(bytes.AsSpan(16 * i), bigEndian: true, out _);
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>The ids of <see cref="Packed"/>.</summary>
    public static IEnumerable<Guid> Unpacked(string? packed)
    {
        var bytes = packed is null ? [] : Convert.FromBase64String(packed);
        for (var at = 0; at + 16 <= bytes.Length; at += 16)
        {
            yield return new Guid(bytes.AsSpan(at, 16), bigEndian: true);
        }
    }

    /// <summary>Reads what is stored.</summary>
    public static NoteFacts Read(string json) => JsonSerializer.Deserialize<NoteFacts>(json, Json) ?? new();

    /// <summary>As it is stored.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);
}
