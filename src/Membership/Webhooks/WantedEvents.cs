using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// What the endpoints of a workspace want to know. It stands in the workspace's own row, which every act reads that places a member or
/// changes a group, and rests on its version: an act knows without asking whom to tell, and where there is no endpoint it costs nothing.
/// </summary>
internal static class WantedEvents
{
    /// <summary>How it is stored; null where there is no endpoint.</summary>
    public static string? Write(IReadOnlyCollection<Webhook> webhooks) =>
        webhooks.Count == 0
            ? null
            : JsonSerializer.Serialize(
                webhooks
                    .OrderBy(w => w.Id)
                    .Select(w => new Wanting(w.Id.Value, w.Types.Length == 0 ? null : w.TypeList, w.DisabledAt is not null))
            );

    /// <summary>Reads it.</summary>
    public static IReadOnlyList<Wanting> Read(string? stored) => stored is null ? [] : JsonSerializer.Deserialize<Wanting[]>(stored) ?? [];

    /// <summary>What one endpoint wants.</summary>
    /// <param name="Id">The endpoint.</param>
    /// <param name="Types">Of which events; null for all.</param>
    /// <param name="IsOff">Whether nothing is sent: what happens is kept all the same, to be sent when it is on again.</param>
    internal sealed record Wanting(
        [property: JsonPropertyName("id")] Guid Id,
        [property: JsonPropertyName("types"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Types,
        [property: JsonPropertyName("off"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsOff
    )
    {
        public bool Wants(string type) => Types is null || Types.Contains(type);

        /// <summary>Whether it is told of people: who is known to it by an id must learn of another one.</summary>
        [JsonIgnore]
        public bool IsToldOfPeople =>
            Types?.Any(t => t.StartsWith("member.", StringComparison.Ordinal) || t == EventType.InvitationAccepted) != false;
    }
}
