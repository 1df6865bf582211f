using System.Text.Json;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Mappings;

/// <summary>What somebody has of one of the workspace's own attributes.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Values">The values as text, true or false for a flag; at least one.</param>
public sealed record CustomValues(CustomAttribute Attribute, IReadOnlyList<string> Values)
{
    /// <summary>All of them, in the workspace's order; an attribute without a value is left out.</summary>
    public static IReadOnlyList<CustomValues> Of(ScimRules rules, Member member)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(member);
        if (rules.Attributes is not { Count: > 0 } attributes || member.Document is not { } document)
        {
            return [];
        }

        using var json = JsonDocument.Parse(document);
        return In(rules, json.RootElement, attributes);
    }

    /// <summary>What somebody has of some of them, each under its name, in JSON as the directory sent it; null for nothing.</summary>
    internal static JsonElement? AsJson(ScimRules rules, Member member, IReadOnlyList<CustomAttribute> attributes)
    {
        if (attributes.Count == 0 || member.Document is not { } document)
        {
            return null;
        }

        using var json = JsonDocument.Parse(document);
        var has = In(rules, json.RootElement, attributes)
            .ToDictionary(v => v.Attribute.Name, v => Find(json.RootElement.GetProperty(rules.SchemaOfAttributes), v.Attribute));
        return has.Count == 0 ? null : JsonSerializer.SerializeToElement(has);
    }

    /// <summary>Some of them in a document.</summary>
    internal static IReadOnlyList<CustomValues> In(ScimRules rules, JsonElement user, IEnumerable<CustomAttribute> attributes)
    {
        if (
            user.ValueKind != JsonValueKind.Object
            || !user.TryGetProperty(rules.SchemaOfAttributes, out var own)
            || own.ValueKind != JsonValueKind.Object
        )
        {
            return [];
        }

        var found = new List<CustomValues>();
        foreach (var attribute in attributes)
        {
            if (Find(own, attribute) is { } value)
            {
                List<string> texts = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(Text)] : [Text(value)];
                if (texts.Exists(t => t.Length > 0))
                {
                    found.Add(new(attribute, texts));
                }
            }
        }

        return found;
    }

    // names are the same whatever their case: what was kept under another spelling counts
    private static JsonElement? Find(JsonElement own, CustomAttribute attribute) =>
        own.TryGetProperty(attribute.Name, out var value) ? value
        : own.EnumerateObject().FirstOrDefault(p => p.Name.Equals(attribute.Name, StringComparison.OrdinalIgnoreCase))
            is { Value.ValueKind: not JsonValueKind.Undefined } other
            ? other.Value
        : null;

    private static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => value.GetRawText(),
        };
}
