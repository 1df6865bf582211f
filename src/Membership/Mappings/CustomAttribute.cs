using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Mappings;

/// <summary>The data type of a <see cref="CustomAttribute"/> (RFC 7643 section 2.3).</summary>
public enum CustomType
{
    /// <summary>Text, compared without regard to case.</summary>
    [Strictest]
    Text,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A time with its offset (xsd:dateTime).</summary>
    DateTime,
}

/// <summary>
/// An attribute of people that the workspace adds to those of SCIM. All of a workspace stand in one extension of the User
/// (RFC 7643 section 3.3), see <see cref="ScimRules.AttributeSchema"/>: listed by discovery, kept as the directory sends them, shown,
/// filtered, and open to a mapping by their name behind its URN.
/// </summary>
public sealed partial record CustomAttribute
{
    /// <summary>The URN of the extension where the workspace names none.</summary>
    public const string UsualSchema = "urn:ietf:params:scim:schemas:extension:workspace:2.0:User";

    /// <summary>How many a workspace may have.</summary>
    public const int Most = 50;

    private static readonly string[] Taken = ["schemas", "id", "externalId", "meta", "password"];

    /// <summary>Its name, such as <c>shift</c>: unique in the workspace whatever its case.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its data type; it stays.</summary>
    public CustomType Type { get; init; }

    /// <summary>Whether it holds a list; it stays.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Several { get; init; }

    /// <summary>What it means, at most 200 characters on one line; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    /// <summary>Whether a text may be an attribute's name.</summary>
    internal static bool IsName(string? text) => text is not null && NameForm().IsMatch(text);

    /// <summary>What a value of it is, in words.</summary>
    [JsonIgnore]
    internal string Holds =>
        Type switch
        {
            CustomType.Boolean => "true or false",
            CustomType.WholeNumber => "whole numbers",
            CustomType.Number => "numbers",
            CustomType.DateTime => "times such as 2026-11-29T12:00:00Z",
            _ => "text",
        };

    /// <summary>By what two values of it are the same, however each is written; null for a text that is no value of its type.</summary>
    internal string? KeyOf(string text)
    {
        var culture = CultureInfo.InvariantCulture;
        return Type switch
        {
            CustomType.Boolean => bool.TryParse(text, out var flag) ? (flag ? "true" : "false") : null,
            CustomType.WholeNumber => decimal.TryParse(text, NumberStyles.Float, culture, out var whole) && whole == decimal.Truncate(whole)
                ? whole.ToString("0", culture)
                : null,
            CustomType.Number => decimal.TryParse(text, NumberStyles.Float, culture, out var exact) ? exact.ToString("G29", culture)
            : double.TryParse(text, NumberStyles.Float, culture, out var wide) && double.IsFinite(wide) ? wide.ToString("R", culture)
            : null,
            CustomType.DateTime => DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out var time)
                ? time.UtcDateTime.ToString("O", culture)
                : null,
            _ => Key.Of(text) is { Length: > 0 } key ? key : null,
        };
    }

    /// <summary>What is wrong with the attributes that a workspace defines; null when nothing is.</summary>
    internal static Refusal? Check(ScimRules rules)
    {
        var attributes = rules.Attributes ?? [];
        return rules.AttributeSchema is { } urn
            && (!UrnForm().IsMatch(urn) || urn.Contains(":enterprise:", StringComparison.OrdinalIgnoreCase))
                ? Refusal.Invalid(
                    "scim.attributeSchema",
                    "The URN of the extension has the form urn:ietf:params:scim:schemas:extension:NAME:2.0:User, with a name of your own."
                )
            : attributes.Count > Most ? Wrong($"At most {Most} attributes can be defined.")
            : attributes.FirstOrDefault(a => !IsName(a.Name) || Taken.Contains(a.Name, StringComparer.OrdinalIgnoreCase)) is { } odd
                ? Wrong($"\"{odd.Name}\" is no name for an attribute: take 1 to 60 letters and digits, beginning with a letter.")
            : attributes.DistinctBy(a => a.Name, StringComparer.OrdinalIgnoreCase).Count() != attributes.Count
                ? Wrong("Each attribute has a name of its own.")
            : attributes.FirstOrDefault(a => a.Description is { } text && (text.Length > 200 || text.Any(char.IsControl))) is { } wordy
                ? Wrong($"The description of {wordy.Name} has more than 200 characters or more than one line.")
            : (rules.Mappings ?? []).SelectMany(m => new[] { m.UserNameFrom, m.EmailFrom }).FirstOrDefault(s => IsGone(s, rules))
                is { } gone
                ? Refusal.Invalid("scim.mappings", $"A mapping takes its value from {gone}, and there is no such attribute here.")
            : null;
    }

    /// <summary>Why these may not take the place of those before: what an attribute holds already would be of another type.</summary>
    internal static Refusal? Against(ScimRules now, ScimRules wanted) =>
        (wanted.Attributes ?? []).FirstOrDefault(a => now.Attribute(a.Name) is { } was && (was.Type != a.Type || was.Several != a.Several))
            is { } changed
            ? Wrong($"The attribute {changed.Name} keeps its type, because people have values of it. Define another one.")
            : null;

    /// <summary>Whether a source of a mapping is an attribute of the extension that is not defined, or is none of text.</summary>
    private static bool IsGone(string? source, ScimRules rules)
    {
        var urn = rules.SchemaOfAttributes + ":";
        return source?.StartsWith(urn, StringComparison.OrdinalIgnoreCase) == true
            && rules.Attribute(source[urn.Length..]) is not { Type: CustomType.Text, Several: false };
    }

    private static Refusal Wrong(string message) => Refusal.Invalid("scim.attributes", message);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,59}$")]
    private static partial Regex NameForm();

    [GeneratedRegex("^urn:ietf:params:scim:schemas:extension:[A-Za-z0-9_-]{1,60}:2\\.0:User$")]
    private static partial Regex UrnForm();
}
