using System.Globalization;
using System.Text.Json;
using UserManagement.Membership.Audit;

namespace UserManagement.AdminUi.AuditPages;

/// <summary>One field that an act changed.</summary>
/// <param name="Field">Its name, as a path in words.</param>
/// <param name="Before">Its value before; null for none.</param>
/// <param name="After">Its value after; null for none.</param>
public sealed record Difference(string Field, string? Before, string? After);

/// <summary>Reads before and after of an audit line as differences of fields, down into documents.</summary>
public static class Differences
{
    private const int Most = 24;
    private const int MostText = 240;

    /// <summary>What the line says was changed; empty when it tells nothing.</summary>
    /// <param name="entry">The line.</param>
    /// <param name="names">Names of members by id, for lists of ids.</param>
    public static IReadOnlyList<Difference> Of(AuditEntry entry, IReadOnlyDictionary<Guid, string> names)
    {
        var before = Flat(entry.Before, names);
        var after = Flat(entry.After, names);
        return
        [
            .. after
                .Keys.Union(before.Keys, StringComparer.Ordinal)
                .Select(path => new Difference(AuditFields.Name(path), before.GetValueOrDefault(path), after.GetValueOrDefault(path)))
                .Where(d => d.Before != d.After && (d.Before is { Length: > 0 } || d.After is { Length: > 0 }))
                .Take(Most),
        ];
    }

    private static Dictionary<string, string?> Flat(string? json, IReadOnlyDictionary<Guid, string> names)
    {
        var found = new Dictionary<string, string?>(StringComparer.Ordinal);
        Read(json, "", found, names);
        return found;
    }

    private static bool Read(string? json, string path, Dictionary<string, string?> found, IReadOnlyDictionary<Guid, string> names)
    {
        if (json is not ['{' or '[', ..])
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            Walk(document.RootElement, path, found, names);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Walk(JsonElement element, string path, Dictionary<string, string?> found, IReadOnlyDictionary<Guid, string> names)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Walk(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", found, names);
                }

                break;
            case JsonValueKind.Array:
                if (element.EnumerateArray().All(e => e.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)))
                {
                    found[path] = Cut(Listed([.. element.EnumerateArray()], names));
                    break;
                }

                var at = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, $"{path}.{++at}", found, names);
                }

                break;
            case JsonValueKind.String when element.GetString() is { } text:
                if (!Read(text, path, found, names) && AuditFields.Value(path, text, names) is { } value)
                {
                    found[path] = Cut(value);
                }

                break;
            case JsonValueKind.True:
                found[path] = "yes";
                break;
            case JsonValueKind.False:
                found[path] = "no";
                break;
            case JsonValueKind.Number:
                found[path] = element.GetRawText();
                break;
        }
    }

    /// <summary>A list in words; ids of whom nobody knows a name any more are counted and not shown.</summary>
    private static string Listed(List<JsonElement> items, IReadOnlyDictionary<Guid, string> names)
    {
        var (ids, shown) = (0, new List<string>());
        foreach (var item in items)
        {
            if (item.ValueKind == JsonValueKind.String && Guid.TryParseExact(item.GetString(), "D", out var id))
            {
                ids++;
                if (shown.Count < AuditList.NamesOfLine && names.TryGetValue(id, out var name))
                {
                    shown.Add(name);
                }
            }
            else
            {
                shown.Add(item.ToString());
            }
        }

        var more = ids == 0 ? 0 : items.Count - shown.Count;
        return more == 0 ? string.Join(", ", shown)
            : shown.Count == 0 ? more.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", shown)} and {more} more");
    }

    private static string Cut(string text) =>
        text.Length <= MostText ? text : text[..(char.IsHighSurrogate(text[MostText - 1]) ? MostText - 1 : MostText)] + "…";
}
