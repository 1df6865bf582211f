using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UserManagement.Scim.Protocol.Filters;

/// <summary>How the value of a comparison was written.</summary>
public enum FilterValueKind
{
    /// <summary>A JSON string, or a bare word in a tolerant reading.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>null: no value.</summary>
    Null,
}

/// <summary>The right side of a comparison.</summary>
/// <param name="Kind">How it was written.</param>
/// <param name="Text">The string without quotes and escapes, or the literal as it stood.</param>
public sealed record FilterValue(FilterValueKind Kind, string Text)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>true or false, also where a client wrote it as a string (Entra's <c>primary eq "True"</c>); else null.</summary>
    public bool? AsBoolean() => bool.TryParse(Text, out var truth) ? truth : null;

    /// <summary>The number, also where it was written as a string; null when it is none or out of range.</summary>
    public decimal? AsNumber() => decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>
    /// The instant; a time without zone counts as UTC. Null when it is none. A zone's <c>+</c> that a client left
    /// unencoded arrives as a blank, where no time has one.
    /// </summary>
    public DateTimeOffset? AsTime() =>
        ReadTime(Text is [.., ' ', _, _, ':', _, _] && Text.Contains('T', StringComparison.Ordinal) ? $"{Text[..^6]}+{Text[^5..]}" : Text);

    /// <summary>Reads an xsd:dateTime; null when the text is none.</summary>
    public static DateTimeOffset? ReadTime(string text) =>
        text is { Length: >= 10 }
        && char.IsAsciiDigit(text[0])
        && text[4] == '-'
        && DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var time
        )
            ? time
            : null;

    /// <inheritdoc/>
    public override string ToString() =>
        Kind switch
        {
            FilterValueKind.Text => JsonSerializer.Serialize(Text, Plain),
            FilterValueKind.Boolean => Text.ToLowerInvariant(),
            _ => Text,
        };
}
