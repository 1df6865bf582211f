using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using UserManagement.Api.Http;

namespace UserManagement.Api.Document;

/// <summary>The JSON schemas (2020-12, as OpenAPI 3.1 wants them) of everything that is sent and answered, each once, by name.</summary>
internal sealed class Schemas
{
    private readonly SortedDictionary<string, JsonNode> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Type> _types = new(StringComparer.Ordinal);

    /// <summary>All that were asked for, by name.</summary>
    public JsonObject All() => new(_found.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value.DeepClone())));

    /// <summary>The schema of a type: a reference for an object, in place for anything simple.</summary>
    public JsonNode Of(Type type)
    {
        if (!IsNamed(type))
        {
            return ApiJson.Options.GetJsonSchemaAsNode(
                type,
                new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (context, node) => Shape(context, node, null) }
            );
        }

        var name = NameOf(type);
        if (_types.TryGetValue(name, out var other) && other != type)
        {
            throw new InvalidOperationException($"{type} and {other} would both be called {name} in the document.");
        }

        if (_found.TryAdd(name, new JsonObject()))
        {
            _types[name] = type;
            _found[name] = ApiJson.Options.GetJsonSchemaAsNode(
                type,
                new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (context, node) => Shape(context, node, type) }
            );
        }

        return new JsonObject { ["$ref"] = "#/components/schemas/" + name };
    }

    private JsonNode Shape(JsonSchemaExporterContext context, JsonNode node, Type? root)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var nullable = node is JsonObject { } given && given["type"] is JsonArray types && types.Any(t => t?.GetValue<string>() == "null");
        if (IsNamed(type) && !(context.Path.IsEmpty && type == root))
        {
            var reference = Of(type);
            node = nullable ? new JsonObject { ["anyOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) } : reference;
        }

        if (type == typeof(JsonElement))
        {
            node = new JsonObject { ["type"] = new JsonArray("object", "null") }; // not the schema "true": Microsoft.OpenApi 3.11 breaks at it
        }

        if (type == typeof(DateTimeOffset))
        {
            // a converter of our own says nothing of its type
            node = new JsonObject
            {
                ["type"] = nullable || type != context.TypeInfo.Type ? new JsonArray("string", "null") : "string",
                ["format"] = "date-time",
            };
        }

        if (type.IsEnum)
        {
            // null stands beside the words, not among them, as with every other type
            node =
                type == context.TypeInfo.Type
                    ? OneOf(type)
                    : new JsonObject { ["anyOf"] = new JsonArray(OneOf(type), new JsonObject { ["type"] = "null" }) };
        }

        if (node is not JsonObject schema)
        {
            return node;
        }

        if (context.TypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { IsEnum: true } word })
        {
            schema["items"] = OneOf(word);
        }

        var text =
            context.PropertyInfo is { } property && property.AttributeProvider is System.Reflection.MemberInfo member
                ? DocComments.Of(property.DeclaringType, member.Name)
            : context.Path.IsEmpty ? DocComments.Of(type)
            : null;
        if (text is not null)
        {
            schema["description"] = text;
        }

        if (schema["additionalProperties"] is JsonValue)
        {
            schema.Remove("additionalProperties"); // answers may grow; that unknown fields are refused is said once, for all requests
        }

        return schema;
    }

    private static JsonObject OneOf(Type words) => new() { ["type"] = "string", ["enum"] = ApiWords.Of(words) };

    private static bool IsNamed(Type type) =>
        type.IsClass && type != typeof(string) && type.Namespace?.StartsWith("UserManagement", StringComparison.Ordinal) == true;

    /// <summary>MemberJson is Member, a list of them MemberList.</summary>
    private static string NameOf(Type type) =>
        type.IsGenericType ? NameOf(type.GetGenericArguments()[0]) + "List"
        : type.Name.EndsWith("Json", StringComparison.Ordinal) ? type.Name[..^4]
        : type.Name;
}
