using System.Globalization;
using System.Text.Json.Nodes;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>How a setting is entered.</summary>
public enum SettingKind
{
    /// <summary>One line of text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>Yes or no.</summary>
    Check,

    /// <summary>One of several; the empty one is null.</summary>
    Choice,

    /// <summary>Any of several, in their order.</summary>
    Many,

    /// <summary>A list, one to a line.</summary>
    Lines,

    /// <summary>Any of several, each with its place.</summary>
    Places,

    /// <summary>Permissions with the feature that each needs, one to a line.</summary>
    Pairs,
}

/// <summary>
/// One setting of a form: where it stands in the stored document, and how it is entered. What is typed is a text; that of a list has
/// a line for each.
/// </summary>
/// <param name="Name">Its path below the section's thing, as in <c>invitations.copyLink</c>; also the field of the form.</param>
/// <param name="Kind">How it is entered.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Hint">A sentence below; null for none.</param>
public sealed record SettingField(string Name, SettingKind Kind, string Label, string? Hint = null)
{
    /// <summary>What may be chosen.</summary>
    public IReadOnlyList<Choice> Choices { get; init; } = [];

    /// <summary>Its path in the document, where that is not its name: of a list that two fields share.</summary>
    public string? Path { get; init; }

    /// <summary>The most characters.</summary>
    public int Most { get; init; } = 200;

    /// <summary>Whether nothing is a value too, stored as null.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>What holds while a list is not set; null where that is nothing. Typed as it is, the list stays unset.</summary>
    public IReadOnlyList<string>? Unset { get; init; }

    /// <summary>Among whose values the list keeps what the form does not offer; null for a list that the form knows whole.</summary>
    public Func<string, bool>? Offers { get; init; }

    /// <summary>What stands in the document, as one would type it.</summary>
    public string Of(JsonObject thing)
    {
        var (parent, name) = Place(thing);
        return parent[name] switch
        {
            JsonArray pairs when Kind == SettingKind.Pairs => string.Join('\n', pairs.Select(p => $"{p!["permission"]} {p["feature"]}")),
            JsonArray list => string.Join('\n', list.Select(v => v!.ToString()).Where(v => Offers?.Invoke(v) ?? true)),
            JsonValue value when value.TryGetValue(out bool yes) => yes ? "true" : "",
            { } value => value.ToString(),
            null => string.Join('\n', Unset ?? []),
        };
    }

    /// <summary>Writes what was typed into the document.</summary>
    /// <returns>False for what is no number.</returns>
    public bool Into(JsonObject thing, string typed)
    {
        var (parent, name) = Place(thing);
        switch (Kind)
        {
            case SettingKind.Number when typed.Length == 0 && MayBeEmpty:
                parent[name] = null;
                return true;
            case SettingKind.Number:
                if (!int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    return false;
                }

                parent[name] = number;
                return true;
            case SettingKind.Check:
                parent[name] = typed == "true";
                return true;
            case SettingKind.Pairs:
                var lines = Split(typed).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
                if (lines.Any(l => l.Length != 2))
                {
                    return false;
                }

                parent[name] =
                    lines.Count == 0
                        ? null
                        : new JsonArray([.. lines.Select(l => (JsonNode)new JsonObject { ["permission"] = l[0], ["feature"] = l[1] })]);
                return true;
            case SettingKind.Many when parent[name] is null && Unset is { } unset && unset.ToHashSet().SetEquals(Split(typed)):
                return true;
            case SettingKind.Many or SettingKind.Lines or SettingKind.Places:
                var kept = (parent[name] as JsonArray ?? []).Select(v => v!.ToString()).Where(v => Offers is { } offers && !offers(v));
                var all = Path is null ? Split(typed).Concat(kept) : kept.ToList().Concat(Split(typed)); // who shares a list comes behind
                parent[name] = new JsonArray([.. all.Distinct(StringComparer.Ordinal).Select(v => (JsonNode)JsonValue.Create(v))]);
                return true;
            default:
                parent[name] = typed.Length == 0 && MayBeEmpty ? null : typed;
                return true;
        }
    }

    /// <summary>A value in words.</summary>
    public string Shown(string typed) =>
        Kind switch
        {
            SettingKind.Check => typed == "true" ? "Yes" : "No",
            SettingKind.Number => typed.Length == 0 ? "None" : typed,
            SettingKind.Text => typed.Length == 0 ? "Nothing" : typed,
            SettingKind.Choice => Named(typed),
            _ => typed.Length == 0 ? "None" : string.Join(", ", Split(typed).Select(Named)),
        };

    /// <summary>The lines of a list.</summary>
    public static IEnumerable<string> Split(string typed) =>
        typed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private string Named(string value) => Choices.FirstOrDefault(c => c.Value == value)?.Text ?? (value.Length == 0 ? "None" : value);

    private (JsonObject Parent, string Name) Place(JsonObject thing)
    {
        var parts = (Path ?? Name).Split('.');
        var parent = thing;
        foreach (var part in parts[..^1])
        {
            parent = (JsonObject)(parent[part] ??= new JsonObject());
        }

        return (parent, parts[^1]);
    }
}
