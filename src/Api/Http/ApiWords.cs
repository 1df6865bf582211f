using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using UserManagement.Membership;

namespace UserManagement.Api.Http;

/// <summary>
/// Enumerations as words in camel case. A body may hold the words of this version and nothing else; an answer shows a stored
/// word of a later version as <c>unknown</c>.
/// </summary>
internal sealed class ApiWords : JsonConverterFactory
{
    /// <summary>The words of an enumeration, for a schema.</summary>
    /// <param name="type">The enumeration.</param>
    public static JsonArray Of(Type type) => [.. Enum.GetNames(type).Select(n => (JsonNode?)JsonNamingPolicy.CamelCase.ConvertName(n))];

    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Words<>).MakeGenericType(typeToConvert))!;

    private sealed class Words<T> : JsonConverter<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<string, T> Known = Enum.GetValues<T>()
            .ToDictionary(v => JsonNamingPolicy.CamelCase.ConvertName(v.ToString()), StringComparer.Ordinal);

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Known.TryGetValue(reader.GetString()!, out var value)
                ? value
                : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Shown());
    }
}
