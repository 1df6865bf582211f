using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Workspaces;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>Some settings that stand on one page, and are previewed and saved together.</summary>
/// <param name="Path">Path of the page below the workspace.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Description">A sentence below it.</param>
/// <param name="Fields">Its settings.</param>
public sealed record SettingsSection(string Path, string Title, string Description, IReadOnlyList<SettingField> Fields)
{
    /// <summary>The name of the tick box that takes the thing of the page away.</summary>
    public const string Remove = "remove";

    /// <summary>The list of the document in which the thing of the page is; null where the page is about the workspace itself.</summary>
    public string? List { get; init; }

    /// <summary>The key of that thing; null for a new one.</summary>
    public string? Key { get; init; }

    /// <summary>The new thing, as the document holds it, made of what was typed; null where nothing is new.</summary>
    public Func<IReadOnlyDictionary<string, string>, JsonObject?>? Make { get; init; }

    /// <summary>What the field of the one refusal of the core about a whole list is shown at.</summary>
    public bool Owns(string field) => Fields.Any(f => f.Name == field);

    /// <summary>The settings as they are, as one would type them.</summary>
    public Dictionary<string, string> Stored(WorkspaceConfiguration configuration)
    {
        var thing = Thing(Document(configuration));
        return Fields.ToDictionary(f => f.Name, f => thing is null ? "" : f.Of(thing), StringComparer.Ordinal);
    }

    /// <summary>What a form sent.</summary>
    public Dictionary<string, string> Typed(Func<string, IReadOnlyList<string?>> values) =>
        Fields.ToDictionary(
            f => f.Name,
            f =>
                f.Kind switch
                {
                    SettingKind.Many => string.Join('\n', values(f.Name).SelectMany(v => SettingField.Split(v ?? ""))),
                    SettingKind.Places => string.Join('\n', Placed(f, values)),
                    SettingKind.Lines or SettingKind.Pairs => First(values(f.Name)).Replace("\r\n", "\n", StringComparison.Ordinal).Trim(),
                    _ => First(values(f.Name)).Trim(),
                },
            StringComparer.Ordinal
        );

    /// <summary>The fields by which a form sends what was typed.</summary>
    public static IEnumerable<(string Name, string Value)> Sent(SettingsSection section, IReadOnlyDictionary<string, string> typed) =>
        section.Fields.SelectMany(f =>
            f.Kind switch
            {
                SettingKind.Many => SettingField.Split(typed[f.Name]).Select(v => (f.Name, v)),
                SettingKind.Places => SettingField.Split(typed[f.Name]).Select((v, i) => ($"{f.Name}.{v}", $"{i + 1}")),
                SettingKind.Check when typed[f.Name] != "true" => [],
                _ => [(f.Name, typed[f.Name])],
            }
        );

    /// <summary>The configuration with what was typed in it, or what is wrong with that.</summary>
    public Outcome<WorkspaceConfiguration> Over(WorkspaceConfiguration configuration, IReadOnlyDictionary<string, string> typed)
    {
        var document = Document(configuration);
        if (List is { } list && typed.GetValueOrDefault(Remove) == "true")
        {
            return Read(Without(document, list, Key!));
        }

        var thing = Thing(document);
        if (thing is null && Make?.Invoke(typed) is { } made)
        {
            ((JsonArray)document[List!]!).Add(made);
            return Read(document);
        }

        if (thing is null)
        {
            return Refusal.NotFound("setting");
        }

        foreach (var field in Fields.Where(f => f.Name != Remove))
        {
            var value = typed.GetValueOrDefault(field.Name) ?? "";
            if (value.Length > Math.Max(field.Most, 4000) || (field.Kind is SettingKind.Text && value.Length > field.Most))
            {
                return Refusal.Invalid(field.Name, $"{field.Label}: at most {field.Most} characters.");
            }

            var chosen = field.Kind == SettingKind.Choice ? [value] : SettingField.Split(value);
            if (field.Choices.Count > 0 && chosen.Any(v => field.Choices.All(c => c.Value != v)))
            {
                return Refusal.Invalid(field.Name, $"{field.Label}: choose one of those that are offered.");
            }

            if (!field.Into(thing, value))
            {
                return Refusal.Invalid(
                    field.Name,
                    field.Kind == SettingKind.Pairs
                        ? $"{field.Label}: two words to a line."
                        : $"{field.Label}: a whole number{(field.MayBeEmpty ? ", or nothing for none" : "")}."
                );
            }
        }

        return Read(document);
    }

    private JsonObject? Thing(JsonObject document) =>
        List is null ? document : ((JsonArray)document[List]!).OfType<JsonObject>().FirstOrDefault(o => o["key"]?.ToString() == Key);

    private static JsonObject Document(WorkspaceConfiguration configuration) =>
        (JsonObject)JsonSerializer.SerializeToNode(configuration, WorkspaceConfiguration.Json)!;

    private static Outcome<WorkspaceConfiguration> Read(JsonObject document)
    {
        try
        {
            return WorkspaceConfiguration.Read(document.ToJsonString());
        }
        catch (JsonException)
        {
            return Refusal.Invalid("settings", "This is no setting that there is. Load the page again.");
        }
    }

    /// <summary>Without a thing of a list, and without what the others say of it.</summary>
    private static JsonObject Without(JsonObject document, string list, string key)
    {
        var things = (JsonArray)document[list]!;
        foreach (var thing in things.OfType<JsonObject>().ToList())
        {
            if (thing["key"]?.ToString() == key)
            {
                things.Remove(thing);
            }
            else if (thing["includes"] is JsonArray includes)
            {
                includes.Where(i => i?.ToString() == key).ToList().ForEach(i => includes.Remove(i));
            }
        }

        if (document["invitations"]?["linkRoles"] is JsonArray links)
        {
            links.Where(i => i?.ToString() == key).ToList().ForEach(i => links.Remove(i));
        }

        return document;
    }

    private static string First(IReadOnlyList<string?> values) => values.Count == 0 ? "" : values[0] ?? "";

    private static IEnumerable<string> Placed(SettingField field, Func<string, IReadOnlyList<string?>> values) =>
        from choice in field.Choices
        let sent = values($"{field.Name}.{choice.Value}")
        let typed = sent.Count == 0 ? null : sent[0]
        where int.TryParse(typed, out _)
        orderby int.Parse(typed, System.Globalization.CultureInfo.InvariantCulture)
        select choice.Value;
}
