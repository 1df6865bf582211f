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
        if (
            json.RootElement.ValueKind != JsonValueKind.Object
            || !json.RootElement.TryGetProperty(rules.SchemaOfAttributes, out var own)
            || own.ValueKind != JsonValueKind.Object
        )
        {
            return [];
        }

        var found = new List<CustomValues>();
        foreach (var attribute in attributes)
        {
            if (own.TryGetProperty(attribute.Name, out var value))
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
