using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>What a line of the audit log says of a row: names and values as JSON, written without a tree between.</summary>
internal static class AuditFacts
{
    /// <summary>The longest text that is told whole, in characters.</summary>
    public const int Longest = 4000;

    private static readonly JsonWriterOptions Options = new() { Encoder = WorkspaceConfiguration.Json.Encoder };

    /// <summary>One side of what differs.</summary>
    /// <param name="facts">What differs.</param>
    /// <param name="side">The side.</param>
    /// <param name="passedOver">What a directory sent with it and nobody keeps; null or empty for nothing.</param>
    public static string Write(
        List<(RowColumn Column, object? Was, object? Is)> facts,
        Func<(RowColumn Column, object? Was, object? Is), object?> side,
        IReadOnlyList<string>? passedOver = null
    )
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var fact in facts)
            {
                json.WritePropertyName(fact.Column.Fact);
                Write(json, side(fact));
            }

            if (passedOver is { Count: > 0 })
            {
                json.WriteStartArray("passedOver");
                foreach (var one in passedOver.Take(PassedOverNotes.MostInLine))
                {
                    json.WriteStringValue(one);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
                break;
            case string { Length: > Longest } text:
                json.WriteStringValue(text[..Longest] + "…");
                break;
            case Enum word:
                json.WriteStringValue(JsonNamingPolicy.CamelCase.ConvertName(Word.Of(word)));
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }
}
