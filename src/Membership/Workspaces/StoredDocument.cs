using System.Text.Json.Nodes;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Writes a changed document over the stored one, so that what a later version put there and this one does not know (fields
/// at any depth, in the items of lists too, and words) stays as it was, and what nobody changed is not written anew.
/// </summary>
internal static class StoredDocument
{
    private const string Key = "key";

    /// <summary>The document to store.</summary>
    /// <param name="stored">What is stored.</param>
    /// <param name="was">What this version reads of it, written.</param>
    /// <param name="now">What this version wants, written.</param>
    public static JsonNode? Over(JsonNode? stored, JsonNode? was, JsonNode? now) =>
        JsonNode.DeepEquals(was, now)
            ? stored?.DeepClone()
            : (stored, was, now) switch
            {
                (JsonObject s, JsonObject w, JsonObject n) => Over(s, w, n),
                (JsonArray s, JsonArray w, JsonArray n) when s.Count == w.Count => new JsonArray([.. n.Select(item => Item(s, w, item))]),
                _ => now?.DeepClone(),
            };

    private static JsonObject Over(JsonObject stored, JsonObject was, JsonObject now)
    {
        var over = new JsonObject();
        foreach (var (name, value) in stored)
        {
            if (now.TryGetPropertyValue(name, out var wanted))
            {
                over[name] = Over(value, was[name], wanted);
            }
            else if (!was.ContainsKey(name))
            {
                over[name] = value?.DeepClone();
            }
        }

        foreach (var (name, wanted) in now)
        {
            if (!stored.ContainsKey(name) && !(was.TryGetPropertyValue(name, out var before) && JsonNode.DeepEquals(before, wanted)))
            {
                over[name] = wanted?.DeepClone(); // what is not stored has its default, and need not be written to keep it
            }
        }

        return over;
    }

    /// <summary>An item of a list is the same as one that was there if it bears its key, or says all the same.</summary>
    private static JsonNode? Item(JsonArray stored, JsonArray was, JsonNode? item)
    {
        for (var i = 0; i < was.Count; i++)
        {
            if (
                item is JsonObject wanted && was[i] is JsonObject before && wanted[Key] is { } key
                    ? JsonNode.DeepEquals(before[Key], key)
                    : JsonNode.DeepEquals(was[i], item)
            )
            {
                return Over(stored[i], was[i], item);
            }
        }

        return item?.DeepClone();
    }
}
