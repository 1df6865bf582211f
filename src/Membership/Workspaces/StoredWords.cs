using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Marks the word as which a setting is read whose stored word this version does not know: the one that lets in and gives out the least.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class StrictestAttribute : Attribute;

/// <summary>
/// Settings' words in stored documents. A document may have been written by a later version: a word that this one does not
/// know is read as the <see cref="StrictestAttribute"/> one, in a list it is passed over (a list of nothing else holds the strictest).
/// </summary>
internal sealed class StoredWords : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum || ItemOf(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)
            Activator.CreateInstance(
                ItemOf(typeToConvert) is { } item ? typeof(Several<>).MakeGenericType(item) : typeof(One<>).MakeGenericType(typeToConvert)
            )!;

    private static Type? ItemOf(Type type) =>
        type.IsGenericType
        && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
        && type.GetGenericArguments()[0] is { IsEnum: true } item
            ? item
            : null;

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly T Strictest = Enum.GetValues<T>()
            .FirstOrDefault(v => typeof(T).GetField(v.ToString())!.IsDefined(typeof(StrictestAttribute), false));

        /// <summary>The word under the reader; null for one of a later version.</summary>
        public static T? Read(ref Utf8JsonReader reader)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                return reader.GetString() is { } word && Enum.TryParse<T>(word, ignoreCase: true, out var value) && value.IsKnown()
                    ? value
                    : null;
            }

            reader.Skip();
            return null;
        }

        public static void Write(Utf8JsonWriter writer, T value) =>
            writer.WriteStringValue(JsonNamingPolicy.CamelCase.ConvertName(Word.Of(value)));
    }

    private sealed class One<T> : JsonConverter<T>
        where T : struct, Enum
    {
        public override bool HandleNull => true;

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Words<T>.Read(ref reader) ?? Words<T>.Strictest;

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => Words<T>.Write(writer, value);
    }

    private sealed class Several<T> : JsonConverter<IReadOnlyList<T>>
        where T : struct, Enum
    {
        public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                return [Words<T>.Strictest];
            }

            var (known, any) = (new List<T>(), false);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                any = true;
                if (Words<T>.Read(ref reader) is { } value)
                {
                    known.Add(value);
                }
            }

            return any && known.Count == 0 ? [Words<T>.Strictest] : known;
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var one in value)
            {
                Words<T>.Write(writer, one);
            }

            writer.WriteEndArray();
        }
    }
}
