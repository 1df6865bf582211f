using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Bulk;

/// <summary>
/// Finds and fills references to resources that the same request makes (RFC 7644, section 3.7.2): <c>bulkId:x</c> as a
/// whole value, at the end of a <c>$ref</c>, as the id in an operation's path, and quoted in the path of a PATCH.
/// </summary>
internal static class BulkReferences
{
    private const string Prefix = "bulkId:";

    /// <summary>The bulkId that a text refers to, or null.</summary>
    public static string? Named(string? text) => text?.StartsWith(Prefix, StringComparison.Ordinal) == true ? text[Prefix.Length..] : null;

    /// <summary>All bulkIds that an operation refers to, each once, in its path and its data.</summary>
    public static IReadOnlySet<string> Of(BulkOperation operation)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (Named(operation.ResourceId) is { } id)
        {
            found.Add(id);
        }
        Collect(operation.Data, null, found);
        return found;
    }

    /// <summary>All bulkIds that a value refers to are added.</summary>
    private static void Collect(JsonNode? node, string? key, HashSet<string> found)
    {
        switch (node)
        {
            case JsonObject json:
                foreach (var (name, value) in json)
                {
                    FillKey(
                        name,
                        known =>
                        {
                            found.Add(known);
                            return null;
                        }
                    );
                    Collect(value, name, found);
                }
                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    Collect(item, key, found);
                }
                break;
            default:
                if (Json.Text(node, out var text))
                {
                    Replace(
                        text,
                        key,
                        name =>
                        {
                            found.Add(name);
                            return null;
                        }
                    );
                }
                break;
        }
    }

    /// <summary>The same tree with ids in place of the references that <paramref name="ids"/> knows.</summary>
    public static JsonNode? Fill(JsonNode? node, IReadOnlyDictionary<string, string> ids, string? key = null)
    {
        switch (node)
        {
            case JsonObject json:
                var copy = new JsonObject();
                foreach (var (name, value) in json)
                {
                    var path = FillKey(name, ids.GetValueOrDefault);
                    copy[path != name && (copy.ContainsKey(path) || json.ContainsKey(path)) ? name : path] = Fill(value, ids, name);
                }
                return copy;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Fill(item, ids, key))]);
            default:
                return Json.Text(node, out var text) && Replace(text, key, ids.GetValueOrDefault) is { } filled
                    ? JsonValue.Create(filled)
                    : node?.DeepClone();
        }
    }

    /// <summary>
    /// True when a PATCH names a bulkId that was not filled in, in a path or in a key that is one: it would choose nobody.
    /// </summary>
    public static bool IsLeft(JsonNode? node, string? key = null) =>
        node switch
        {
            JsonObject json => json.Any(pair =>
                (IsPath(pair.Key) && pair.Key.Contains(Prefix, StringComparison.Ordinal)) || IsLeft(pair.Value, pair.Key)
            ),
            JsonArray list => list.Any(item => IsLeft(item, key)),
            _ => "path".Equals(key, StringComparison.OrdinalIgnoreCase)
                && Json.Text(node, out var text)
                && text.Contains(Prefix, StringComparison.Ordinal),
        };

    /// <summary>In a value without path the keys are paths; those with a filter hold references as a path does.</summary>
    private static bool IsPath(string key) => key.Contains('[', StringComparison.Ordinal);

    private static string FillKey(string key, Func<string, string?> idOf) => IsPath(key) ? ReplaceQuoted(key, idOf) ?? key : key;

    /// <summary>
    /// Takes out of a new resource what refers to one of the names: the element of a list, or the whole attribute where it
    /// is single. What was taken out comes back as the operations of a PATCH that adds it.
    /// </summary>
    public static JsonArray TakeOut(JsonObject data, ScimResourceType type, IReadOnlySet<string> names)
    {
        var later = new JsonArray();
        TakeOut(data, "", names, later, key => type.FindExtension(key) is not null || type.Core.Is(key));
        return later;
    }

    private static void TakeOut(JsonObject holder, string prefix, IReadOnlySet<string> names, JsonArray later, Func<string, bool> isSchema)
    {
        foreach (var (key, value) in holder.ToList())
        {
            if (value is JsonObject inner && isSchema(key))
            {
                TakeOut(inner, key + ":", names, later, _ => false);
                if (inner.Count == 0)
                {
                    holder.Remove(key);
                }
            }
            else if (value is JsonArray list)
            {
                var taken = list.Where(item => Refers(item, key, names)).ToList();
                foreach (var item in taken)
                {
                    list.Remove(item);
                }
                if (taken.Count > 0)
                {
                    later.Add(Addition(prefix + key, new JsonArray([.. taken])));
                }
            }
            else if (Refers(value, key, names))
            {
                holder.Remove(key);
                later.Add(Addition(prefix + key, value));
            }
        }
    }

    private static JsonObject Addition(string path, JsonNode? value) =>
        new()
        {
            ["op"] = "add",
            ["path"] = path,
            ["value"] = value,
        };

    private static bool Refers(JsonNode? node, string key, IReadOnlySet<string> names)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Collect(node, key, found);
        return found.Overlaps(names);
    }

    /// <summary>The text with ids in place of its references; null when it has none that is known.</summary>
    private static string? Replace(string text, string? key, Func<string, string?> idOf)
    {
        if (Named(text) is { } whole)
        {
            return idOf(whole);
        }
        if (key is null)
        {
            return null;
        }
        if (key.Equals("$ref", StringComparison.OrdinalIgnoreCase))
        {
            var slash = text.LastIndexOf('/');
            return slash >= 0 && Named(text[(slash + 1)..]) is { } last && idOf(last) is { } id ? text[..(slash + 1)] + id : null;
        }
        return key.Equals("path", StringComparison.OrdinalIgnoreCase) ? ReplaceQuoted(text, idOf) : null;
    }

    /// <summary>
    /// Within quotation marks, whichever a tolerant reading takes, or as a bare word; what is then refused by the letter is refused with
    /// its id in it.
    /// </summary>
    private static string? ReplaceQuoted(string text, Func<string, string?> idOf)
    {
        var changed = false;
        for (
            var at = text.Length > 1 ? text.IndexOf(Prefix, 1, StringComparison.Ordinal) : -1;
            at >= 0;
            at = text.IndexOf(Prefix, at + 1, StringComparison.Ordinal)
        )
        {
            var marks = text[at - 1] == '"' ? "\"" : Quotes.KindOf(text[at - 1]);
            if (marks is null && !char.IsWhiteSpace(text[at - 1]))
            {
                continue;
            }
            var end = marks is null ? EndOfWord(text.AsSpan(at)) : text.AsSpan(at).IndexOfAny(marks);
            if (end < 0)
            {
                break;
            }
            if (idOf(text[(at + Prefix.Length)..(at + end)]) is { } id)
            {
                text = string.Concat(text.AsSpan(0, at), id, text.AsSpan(at + end));
                changed = true;
            }
        }
        return changed ? text : null;
    }

    private static int EndOfWord(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]) || text[i] is ')' or ']')
            {
                return i;
            }
        }
        return -1;
    }
}
