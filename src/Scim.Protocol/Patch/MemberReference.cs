using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Patch;

/// <summary>A member of a group as a client names it.</summary>
/// <param name="Value">The id of the member's resource.</param>
/// <param name="Type">What kind of resource; User where the client says nothing.</param>
public sealed record MemberReference(string Value, string Type)
{
    private const int MaxLength = 512;

    /// <summary>
    /// Takes the member list out of a group that was read for POST or PUT: <paramref name="group"/> has no
    /// <c>members</c> afterwards. Each id comes once; without the attribute there are none. Refusal: 400 invalidValue
    /// when one of them has no id that could be one, so that nobody is taken out over a slip beside them.
    /// </summary>
    public static ScimResult<List<MemberReference>> Take(JsonObject group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var list = group["members"] as JsonArray;
        group.Remove("members");
        return ReadList(list ?? [], strict: false);
    }

    /// <summary>
    /// The list in the body of a POST or PUT from which <see cref="ResourceReader"/> reads the members; null when there is none.
    /// </summary>
    public static JsonArray? ListIn(JsonObject body, ScimResourceType type)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(type);
        return body.SelectMany(pair => type.Core.Is(pair.Key) && pair.Value is JsonObject inner ? inner.AsEnumerable() : [pair])
            .Where(pair =>
                pair.Value is JsonArray
                && AttributePath.Parse(pair.Key).TryGet(out var path, out _)
                && type.Resolve(path) is { Extension: null, Attribute.Name: "members", Sub: null }
            )
            .Select(pair => (JsonArray)pair.Value!)
            .FirstOrDefault();
    }

    /// <summary>
    /// Reads a list of members, one member, or (tolerant) a bare id. An empty list is a list. Refusal: 400 invalidValue
    /// for anything else, null included: what names no member must never be taken for "all" or "none".
    /// </summary>
    public static ScimResult<List<MemberReference>> ReadList(JsonNode? value, bool strict)
    {
        var members = new List<MemberReference>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in value as JsonArray ?? [.. value is null ? Array.Empty<JsonNode?>() : [value.DeepClone()]])
        {
            if (ReadOne(item, strict) is not { } member)
            {
                return ScimError.InvalidValue("'members' must be a list of objects with a 'value', the id of the member.");
            }
            if (seen.Add(member.Value))
            {
                members.Add(member);
            }
        }
        return value is null ? ScimError.InvalidValue("The operation on 'members' names no members.") : members;
    }

    private static MemberReference? ReadOne(JsonNode? item, bool strict)
    {
        var type = "User";
        if (item is JsonObject json)
        {
            if (!Json.Find(json, "value", out item))
            {
                return null;
            }
            if (Json.Find(json, "type", out var node) && Json.Text(node, out var named) && named.Length > 0)
            {
                type = named.Equals("Group", StringComparison.OrdinalIgnoreCase) ? "Group" : "User";
            }
        }
        else if (strict)
        {
            return null;
        }
        if (item is not JsonValue || item.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number))
        {
            return null;
        }
        var id = item.ToString();
        return string.IsNullOrWhiteSpace(id) || id.Length > MaxLength || FilterTokens.IsBroken(id) ? null : new MemberReference(id, type);
    }
}
