using System.Text.Json.Nodes;
using UserManagement.Precis;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>
/// What makes two elements of a list the same: their <c>value</c> and <c>type</c>, which no list should show twice
/// (RFC 7643, section 2.4); where there is no <c>value</c>, all their parts.
/// </summary>
internal static class Twins
{
    /// <summary>The same text for elements that are the same.</summary>
    public static string Key(ScimAttribute attribute, JsonNode element)
    {
        if (element is not JsonObject json)
        {
            return element.ToJsonString();
        }
        if (attribute.ValueAttribute is { } main && json["value"] is { } value)
        {
            var type = json["type"]?.ToString() ?? "";
            return (main.CaseExact ? value.ToString() : ComparisonKey.Of(value.ToString())) + "\n" + ComparisonKey.Of(type);
        }
        return string.Join(',', attribute.SubAttributes.Select(part => json[part.Name]?.ToJsonString()));
    }

    /// <summary>Gives to the one that stays what only the other has; primary is whichever of them was.</summary>
    public static void Join(JsonObject stays, JsonObject goes)
    {
        foreach (var (name, part) in goes)
        {
            if (stays[name] is null || (name == "primary" && Json.IsTrue(part)))
            {
                stays[name] = part?.DeepClone();
            }
        }
    }
}
