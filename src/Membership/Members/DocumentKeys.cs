using System.Text.Json;

namespace UserManagement.Membership.Members;

/// <summary>
/// By what a person's SCIM document lets them be found: every address, also by its type, and the manager (RFC 7643 sections 4.1.2 and 4.3).
/// The door makes the same of what a directory sends.
/// </summary>
public static class DocumentKeys
{
    private const int LongestType = 32;
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /// <summary>The keys of one address.</summary>
    public static IEnumerable<FindableBy> OfAddress(string value, string? type)
    {
        if (Key.Of(value).Length == 0)
        {
            yield break;
        }

        yield return FindableBy.AnyCase(MemberKey.Emails, value);
        if (TypeKey(type) is { } attribute)
        {
            yield return FindableBy.AnyCase(attribute, value);
        }
    }

    /// <summary>The value of an address's type under the index; null when it is too long to be looked up.</summary>
    public static string? TypeKey(string? type) =>
        type is not null && Key.Of(type) is { Length: > 0 and <= LongestType } key ? $"{MemberKey.Emails}:{key}" : null;

    /// <summary>The keys of what is kept of a member; where the document has no address, of the member's own.</summary>
    internal static IReadOnlyList<FindableBy> Of(Member member)
    {
        using var json = member.Document is { } document ? JsonDocument.Parse(document) : null;
        var user = json?.RootElement;
        List<FindableBy> keys = [];
        if (user?.TryGetProperty("emails", out var emails) == true && emails.ValueKind == JsonValueKind.Array)
        {
            foreach (var address in emails.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object))
            {
                keys.AddRange(Text(address, "value") is { } value ? OfAddress(value, Text(address, "type")) : []);
            }
        }
        else if (member.Email is { Length: > 0 } email)
        {
            keys.AddRange(OfAddress(email, "work"));
        }

        if (
            user?.TryGetProperty(Enterprise, out var work) == true
            && work.ValueKind == JsonValueKind.Object
            && work.TryGetProperty("manager", out var manager)
            && manager.ValueKind == JsonValueKind.Object
            && Text(manager, "value") is { } id
        )
        {
            keys.Add(new(MemberKey.Manager, id));
        }

        return [.. keys.Distinct()];
    }

    private static string? Text(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
