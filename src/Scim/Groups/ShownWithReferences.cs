using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Scim.Http;

namespace UserManagement.Scim.Groups;

/// <summary>A resource whose references are all at hand.</summary>
/// <param name="Head">All else, composed and cut; a place for the references is not needed.</param>
/// <param name="Shape">How they are shown; null for not at all.</param>
/// <param name="Items">The references.</param>
internal sealed record ShownWithReferences(JsonObject Head, References? Shape, IReadOnlyList<Reference> Items) : IShown
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        var rest = Begin(writer, Head, Shape);
        if (Shape is not null)
        {
            foreach (var item in Items)
            {
                Shape.Write(writer, item);
            }
        }

        End(writer, rest, Shape);
    }

    /// <summary>Writes all that stands before the references; gives back what follows them.</summary>
    internal static KeyValuePair<string, JsonNode?>[] Begin(Utf8JsonWriter writer, JsonObject head, References? shape)
    {
        writer.WriteStartObject();
        Write(writer, head.Where(p => p.Key != "meta"));
        if (shape is not null)
        {
            writer.WriteStartArray(shape.List);
        }

        return [.. head.Where(p => p.Key == "meta")];
    }

    /// <summary>Writes the end.</summary>
    internal static void End(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, JsonNode?>> rest, References? shape)
    {
        if (shape is not null)
        {
            writer.WriteEndArray();
        }

        Write(writer, rest);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, JsonNode?>> properties)
    {
        foreach (var (name, value) in properties)
        {
            writer.WritePropertyName(name);
            if (value is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer);
            }
        }
    }
}
