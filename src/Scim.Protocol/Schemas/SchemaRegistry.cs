using System.Reflection;
using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol.Schemas;

/// <summary>
/// The schemas and resource types that the server speaks, read from <c>scim-schemas/*.json</c>. Those files are built
/// into this assembly; there is no second definition.
/// </summary>
public sealed class SchemaRegistry
{
    private const string Folder = "scim-schemas/";
    private readonly JsonObject _serviceProviderConfig;

    private SchemaRegistry(IReadOnlyList<ScimSchema> schemas, IReadOnlyList<ScimResourceType> types, JsonObject serviceProviderConfig)
    {
        Schemas = schemas;
        ResourceTypes = types;
        _serviceProviderConfig = serviceProviderConfig;
    }

    /// <summary>
    /// All files in <c>scim-schemas/</c>, our own extension with them: for a door that fills its values
    /// (<see cref="ScimUrn.MembershipUser"/>).
    /// </summary>
    public static SchemaRegistry Full { get; } = Load(EmbeddedFiles());

    /// <summary>
    /// Only what the RFCs define, also for clients that stumble over schemas they do not know (Microsoft's validator).
    /// </summary>
    public static SchemaRegistry Default { get; } = Full.Without(ScimUrn.MembershipUser);

    /// <summary>All schemas, sorted by URN.</summary>
    public IReadOnlyList<ScimSchema> Schemas { get; }

    /// <summary>All resource types, sorted by name.</summary>
    public IReadOnlyList<ScimResourceType> ResourceTypes { get; }

    /// <summary>The resource type User.</summary>
    public ScimResourceType User => FindResourceType("User") ?? throw new InvalidOperationException("scim-schemas has no User.");

    /// <summary>The resource type Group.</summary>
    public ScimResourceType Group => FindResourceType("Group") ?? throw new InvalidOperationException("scim-schemas has no Group.");

    /// <summary>The schema with that URN in any case, or null.</summary>
    public ScimSchema? FindSchema(string? urn) => Schemas.FirstOrDefault(schema => schema.Is(urn));

    /// <summary>The resource type with that name in any case, or null.</summary>
    public ScimResourceType? FindResourceType(string? name) =>
        ResourceTypes.FirstOrDefault(type => string.Equals(type.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// A registry without one extension: neither listed, nor read, nor shown. The other schemas are the same objects.
    /// Throws for a URN that is no extension: that is a fault of the caller.
    /// </summary>
    public SchemaRegistry Without(string extension)
    {
        var schema = FindSchema(extension);
        if (schema is null || ResourceTypes.Any(type => type.Core == schema))
        {
            throw new ArgumentException($"{extension} is not an extension.", nameof(extension));
        }
        return new SchemaRegistry(
            [.. Schemas.Where(other => other != schema)],
            [.. ResourceTypes.Select(type => type.Extensions.Contains(schema) ? type.Without(schema) : type)],
            _serviceProviderConfig
        );
    }

    /// <summary>
    /// A registry with one extension more of the User: listed, read and shown as the others. The other schemas are the same objects.
    /// Throws for a schema that is there already or has no good form: that is a fault of the caller.
    /// </summary>
    /// <param name="extension">The schema, as a file in <c>scim-schemas/</c> has it.</param>
    public SchemaRegistry WithOfUser(JsonObject extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        var schema = SchemaFile.ReadSchema(extension);
        if (FindSchema(schema.Id) is not null)
        {
            throw new ArgumentException($"{schema.Id} is there already.", nameof(extension));
        }
        var user = User;
        return new SchemaRegistry(
            [.. Schemas.Append(schema).OrderBy(other => other.Id, StringComparer.Ordinal)],
            [.. ResourceTypes.Select(type => type == user ? type.With(schema) : type)],
            _serviceProviderConfig
        );
    }

    /// <summary>A fresh copy of the file that says which parts of the protocol are offered.</summary>
    public JsonObject ServiceProviderConfig() => (JsonObject)_serviceProviderConfig.DeepClone();

    /// <summary>
    /// Builds a registry from files: pairs of file name and JSON text, named as in <c>scim-schemas/</c>. Throws when a
    /// file is wrong: that is a fault of the build, not of a client.
    /// </summary>
    public static SchemaRegistry Load(IEnumerable<KeyValuePair<string, string>> files)
    {
        var parsed = files.ToDictionary(file => file.Key, file => JsonNode.Parse(file.Value)!.AsObject(), StringComparer.Ordinal);
        List<JsonObject> Ending(string ending) =>
            [.. parsed.Where(file => file.Key.EndsWith(ending, StringComparison.Ordinal)).Select(file => file.Value)];

        var schemas = Ending(".schema.json").Select(SchemaFile.ReadSchema).OrderBy(schema => schema.Id, StringComparer.Ordinal).ToList();
        var common = SchemaFile.ReadAttributes(parsed["common-attributes.json"]["attributes"], null, null);
        ScimSchema Schema(string urn) =>
            schemas.Find(schema => schema.Is(urn)) ?? throw new InvalidOperationException($"scim-schemas has no schema {urn}.");

        var types = Ending(".resource-type.json")
            .Select(json => new ScimResourceType(
                SchemaFile.Required(json, "name"),
                SchemaFile.Required(json, "endpoint"),
                Schema(SchemaFile.Required(json, "schema")),
                [
                    .. (json["schemaExtensions"] as JsonArray ?? [])
                        .OfType<JsonObject>()
                        .Select(extension => Schema(SchemaFile.Required(extension, "schema"))),
                ],
                common,
                json
            ))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .ToList();
        return new SchemaRegistry(schemas, types, parsed["service-provider-config.json"]);
    }

    private static Dictionary<string, string> EmbeddedFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            files[name[Folder.Length..]] = reader.ReadToEnd();
        }
        return files;
    }
}
