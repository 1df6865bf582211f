using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>
/// Photos that come as data URIs instead of addresses (RFC 7643, section 4.1.2, wants an address): where they are larger
/// than a text that is kept they are left out, for a picture must not keep a person from being made.
/// </summary>
internal static class Photos
{
    /// <summary>
    /// What is left of a value for photos, or for a photo's <c>value</c>, without those that are too large; null when none is, or for
    /// another attribute.
    /// </summary>
    public static LeftOut? LeaveOut(ResolvedAttribute found, JsonNode? value, ValueReader values)
    {
        if (found is not { Extension: null, Attribute.Name: "photos" } || (found.Sub is not null && found.Sub.Name != "value"))
        {
            return null;
        }
        if (value is not JsonArray list)
        {
            return IsTooLarge(value, values) ? new LeftOut(null, true) : null;
        }
        var rest = list.Where(item => !IsTooLarge(item, values)).ToList();
        return rest.Count == list.Count ? null : new LeftOut(new JsonArray([.. rest.Select(item => item?.DeepClone())]), rest.Count == 0);
    }

    private static bool IsTooLarge(JsonNode? item, ValueReader values) =>
        (
            Json.Text(item, out var text)
            || (item is JsonObject json && Json.Find(json, "value", out var inner) && Json.Text(inner, out text))
        )
        && text.Length > values.MaxTextLength;
}

/// <summary>What is left of a list from which something was left out.</summary>
/// <param name="Rest">The rest.</param>
/// <param name="IsAll">Whether nothing is left.</param>
internal sealed record LeftOut(JsonNode? Rest, bool IsAll);
