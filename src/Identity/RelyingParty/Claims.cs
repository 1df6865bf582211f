using System.Text.Json;
using UserManagement.Membership;

namespace UserManagement.Identity;

/// <summary>A JSON object from a provider, read strictly: no name twice, nothing deep, no value taken for another type.</summary>
internal sealed class Claims
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };
    private readonly JsonElement _object;

    private Claims(JsonElement whole) => _object = whole;

    /// <summary>The names that are there.</summary>
    public IEnumerable<string> Names => _object.EnumerateObject().Select(p => p.Name);

    /// <summary>Reads an object; null when it is none.</summary>
    public static Claims? Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new(document.RootElement.Clone()) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether the name is there, with whatever value.</summary>
    public bool Has(string name) => _object.TryGetProperty(name, out _);

    /// <summary>A string that is whole text and not empty; null for anything else.</summary>
    public string? Text(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && Whole(value) is { Length: > 0 } text
            ? text
            : null;

    /// <summary>A user name or an address, without what nobody sees: short, on one line; null for anything else.</summary>
    public string? Name(string name) => Key.Identifier(Text(name)) is { } text && Key.Check(name, text) is null ? text : null;

    /// <summary>A name to show, control characters as blanks; null for anything else.</summary>
    public string? ShownName(string name) =>
        _object.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && Key.Shown(Raw(value)) is { } text
        && Key.Check(name, text) is null
            ? text
            : null;

    /// <summary>
    /// Strings of an array, or the one string that stands in its place; empty where nothing is there, null when something else is there, or
    /// too many.
    /// </summary>
    public IReadOnlyList<string>? Texts(string name, int most = 20)
    {
        if (!_object.TryGetProperty(name, out var value))
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return Whole(value) is { } one ? [one] : null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most)
        {
            return null;
        }

        var texts = value.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? Whole(v) : null).OfType<string>().ToList();
        return texts.Count == value.GetArrayLength() ? texts : null;
    }

    /// <summary>True or false as JSON has them; null for anything else, strings included.</summary>
    public bool? Flag(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;

    /// <summary>Whether the value is true in any of the forms in which Entra writes it: true, 1, "1", "true".</summary>
    public bool IsLooselyTrue(string name) =>
        _object.TryGetProperty(name, out var value)
        && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.Number => value.TryGetInt32(out var number) && number == 1,
            JsonValueKind.String => value.GetString() is "1" or "true" or "True",
            _ => false,
        };

    /// <summary>A NumericDate (RFC 7519 section 2): seconds since 1970, a number of any size and sign; null for anything else.</summary>
    public double? Seconds(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
            ? seconds
            : null;

    /// <summary>
    /// A NumericDate as a moment; null where it is none, and where no calendar here reaches (before 1970, after the year 9999).
    /// </summary>
    public DateTimeOffset? Date(string name) =>
        Seconds(name) is >= 0 and <= 253_402_300_799 and var seconds
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;

    private static string? Whole(JsonElement value) => Raw(value) is { } text && Key.IsText(text) ? text : null;

    private static string? Raw(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }
}
