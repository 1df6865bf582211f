using System.Text.Json;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Mappings;

/// <summary>
/// Attributes of a SCIM User (RFC 7643 section 4.1) that a mapping may name: <c>userName</c>, <c>externalId</c>, <c>emails</c> (the primary
/// one), <c>emails.work</c> (the one of a type), and by its name any other of one value that the door keeps, that of an extension
/// behind its URN.
/// </summary>
internal static class MappingSource
{
    /// <summary>The user name as it was sent.</summary>
    public const string UserName = "userName";

    /// <summary>The primary address.</summary>
    public const string Emails = "emails";

    private const string ExternalId = "externalId";
    private const int Longest = 200;

    /// <summary>Whether it is the name of an attribute; null is the usual one.</summary>
    public static bool IsOne(string? source) =>
        source is null
        || (source.Length is > 0 and <= Longest && source.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or '-' or '_'));

    /// <summary>Its value; null where the person has none of one value.</summary>
    public static string? Read(string source, MemberAttributes facts) =>
        source switch
        {
            UserName => facts.UserName,
            ExternalId => facts.ExternalId,
            Emails => facts.Email,
            _ => facts.Document is { } document ? Of(source, document) : null,
        };

    private static string? Of(string source, string document)
    {
        using var json = JsonDocument.Parse(document);
        var user = json.RootElement;
        if (source.StartsWith(Emails + ".", StringComparison.OrdinalIgnoreCase))
        {
            return Member(user, Emails) is { ValueKind: JsonValueKind.Array } addresses
                ? addresses
                    .EnumerateArray()
                    .Where(a => Text(Member(a, "type")) is { } type && type.Equals(source[7..], StringComparison.OrdinalIgnoreCase))
                    .Select(a => Text(Member(a, "value")))
                    .FirstOrDefault(v => v is not null)
                : null;
        }

        return source.LastIndexOf(':') is > 0 and var at
            ? Text(Member(Member(user, source[..at]), source[(at + 1)..]))
            : Text(source.Split('.').Aggregate((JsonElement?)user, Member));
    }

    private static JsonElement? Member(JsonElement? from, string name)
    {
        if (from is { ValueKind: JsonValueKind.Object } element)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return property.Value;
                }
            }
        }

        return null;
    }

    private static string? Text(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } some ? some : null;
}
