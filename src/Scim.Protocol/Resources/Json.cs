using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>Small questions to JSON nodes.</summary>
internal static class Json
{
    /// <summary>The value of a key in any case; false when there is none.</summary>
    public static bool Find(JsonObject json, string key, out JsonNode? value)
    {
        if (json.TryGetPropertyValue(key, out value))
        {
            return true;
        }
        foreach (var (name, item) in json)
        {
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                value = item;
                return true;
            }
        }
        return false;
    }

    /// <summary>
    /// True when an object of a message says a word twice in different case (<c>op</c> and <c>OP</c>): nobody can tell
    /// which one is meant. The same word twice never comes this far.
    /// </summary>
    public static bool SaysTwice(JsonObject json)
    {
        var seen = new HashSet<string>(json.Count, StringComparer.OrdinalIgnoreCase);
        return json.Any(pair => !seen.Add(pair.Key));
    }

    public static bool IsTrue(JsonNode? node) => node is JsonValue && node.GetValueKind() == JsonValueKind.True;

    /// <summary>The text of a JSON string; false for everything else.</summary>
    public static bool Text(JsonNode? node, [NotNullWhen(true)] out string? text)
    {
        text = node is JsonValue && node.GetValueKind() == JsonValueKind.String ? node.ToString() : null;
        return text is not null;
    }

    /// <summary>A client's word, cut so that it can stand in a message or a log.</summary>
    public static string Short(string text) => text.Length > 80 ? text[..80] + "..." : text;

    /// <summary>
    /// True when the whole tree can be read. A tree over lazily parsed JSON throws on strings that are no Unicode and on
    /// keys that stand twice; <see cref="ScimJson"/> never makes such a tree, other parsers do.
    /// </summary>
    public static bool IsSound(JsonNode? node)
    {
        try
        {
            return IsReadable(node, 0);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsReadable(JsonNode? node, int depth) =>
        depth <= ScimJson.MaxDepth
        && node switch
        {
            JsonObject json => json.All(pair => IsReadable(pair.Value, depth + 1)),
            JsonArray array => array.All(item => IsReadable(item, depth + 1)),
            null => true,
            _ => node.ToString() is not null,
        };
}
