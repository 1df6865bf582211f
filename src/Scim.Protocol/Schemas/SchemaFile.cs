using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol.Schemas;

/// <summary>
/// Turns the text of a file in <c>scim-schemas/</c> into its object. These files are part of the product: one that is
/// wrong is a fault and throws at start-up.
/// </summary>
internal static class SchemaFile
{
    public static ScimSchema ReadSchema(JsonObject json)
    {
        var id = Required(json, "id");
        return new ScimSchema(id, Required(json, "name"), Text(json, "description"), ReadAttributes(json["attributes"], null, id), json);
    }

    public static IReadOnlyList<ScimAttribute> ReadAttributes(JsonNode? list, ScimAttribute? parent, string? schemaId) =>
        [.. (list as JsonArray ?? []).OfType<JsonObject>().Select(json => ReadAttribute(json, parent, schemaId))];

    private static ScimAttribute ReadAttribute(JsonObject json, ScimAttribute? parent, string? schemaId)
    {
        var type = Required(json, "type") switch
        {
            "string" => AttributeType.Text,
            "dateTime" => AttributeType.DateTime,
            var other => Enum.Parse<AttributeType>(other, ignoreCase: true),
        };
        var attribute = new ScimAttribute(Required(json, "name"), type, parent, schemaId)
        {
            MultiValued = Flag(json, "multiValued"),
            Required = Flag(json, "required"),
            CaseExact = Flag(json, "caseExact"),
            Mutability = Keyword(json, "mutability", Mutability.ReadWrite),
            Returned = Keyword(json, "returned", Returned.Default),
            Uniqueness = Keyword(json, "uniqueness", Uniqueness.None),
            Description = Text(json, "description"),
            CanonicalValues = Texts(json, "canonicalValues"),
            ReferenceTypes = Texts(json, "referenceTypes"),
        };
        attribute.SetSubAttributes(ReadAttributes(json["subAttributes"], attribute, schemaId));
        return attribute;
    }

    public static string Required(JsonObject json, string key) =>
        json[key]?.GetValue<string>() ?? throw new InvalidOperationException($"A file in scim-schemas lacks '{key}'.");

    public static string Text(JsonObject json, string key) => json[key]?.GetValue<string>() ?? "";

    public static bool Flag(JsonObject json, string key) => json[key]?.GetValue<bool>() ?? false;

    private static T Keyword<T>(JsonObject json, string key, T otherwise)
        where T : struct, Enum => json[key] is { } word ? Enum.Parse<T>(word.GetValue<string>(), ignoreCase: true) : otherwise;

    private static IReadOnlyList<string> Texts(JsonObject json, string key) =>
        [.. (json[key] as JsonArray ?? []).Select(text => text!.GetValue<string>())];
}
