using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.AuditPages;

/// <summary>How pages tell the fields of an audit line: their names, and values that are times, ids or words of the program.</summary>
public static partial class AuditFields
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["acceptedTerms"] = "Version of the terms of use",
        ["accountId"] = "Account",
        ["correctionAsked"] = "Address they have instead",
        ["correctionAskedAt"] = "Correction asked for",
        ["createdAt"] = "Made",
        ["closedAt"] = "Closed",
        ["directoryActive"] = "Active in the directory",
        ["document"] = "What the directory sent",
        ["expiresAt"] = "Ends",
        ["externalId"] = "Directory id",
        ["familyName"] = "Last name",
        ["givenName"] = "First name",
        ["groupIds"] = "Groups",
        ["hasSeat"] = "Has a seat",
        ["heldAs"] = "Held",
        ["heldMatch"] = "Held, for they are here already",
        ["heldRole"] = "Role that is held",
        ["heldSince"] = "Held since",
        ["heldUntil"] = "Held until",
        ["inviterId"] = "Invited by",
        ["isMailFile"] = "Mail written to a file",
        ["joinedAt"] = "Joined",
        ["localBlock"] = "Blocked here",
        ["mailFailure"] = "Why the mail failed",
        ["mailRefusedAt"] = "Mail refused",
        ["memberId"] = "Member",
        ["mergedInto"] = "Goes on as",
        ["notifyEmail"] = "Mailed to",
        ["passedOver"] = "Sent and not kept",
        ["sendMail"] = "By mail",
        ["sentAt"] = "Mailed",
        ["sentUserName"] = "User name as it was sent",
        ["state"] = "Status",
        ["stored"] = "Status",
        ["termsAcceptedAt"] = "Terms of use accepted",
        ["waitsSince"] = "Waits for a seat since",
    };

    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "door",
        "by",
        "heldAs",
        "heldMatch",
        "kind",
        "localBlock",
        "outcome",
        "provider",
        "state",
        "status",
        "stored",
        "verdict",
    };

    /// <summary>"hasSeat" reads as "Has a seat", "configuration.capacity.seats" as "Capacity seats".</summary>
    public static string Name(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Names.TryGetValue(path, out var name))
        {
            return name;
        }

        var text = path.StartsWith("configuration.", StringComparison.Ordinal) ? path["configuration.".Length..] : path;
        var words = Spaced(text);
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>
    /// A value as people read it; null for what says nothing to them: an id whose name nobody knows any more. The names that people gave
    /// stay as they are.
    /// </summary>
    /// <param name="path">The field.</param>
    /// <param name="text">The value.</param>
    /// <param name="names">Names by id.</param>
    public static string? Value(string path, string text, IReadOnlyDictionary<Guid, string> names)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(names);
        return Guid.TryParseExact(text, "D", out var id) ? names.GetValueOrDefault(id)
            : path == "groupIds" ? Groups(text, names)
            : Moment().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? TimeText.Absolute(at)
            : path == "localBlock" && text == "none" ? "no"
            : Words.Contains(path) ? Spaced(text)
            : text;
    }

    /// <summary>"notYetKnown" as "not yet known".</summary>
    internal static string Spaced(string text)
    {
        var words = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (char.IsUpper(c))
            {
                if (words.Length > 0 && words[^1] != ' ')
                {
                    words.Append(' ');
                }

                words.Append(char.ToLowerInvariant(c));
            }
            else
            {
                words.Append(c == '.' ? ' ' : c);
            }
        }

        return words.ToString();
    }

    private static string? Groups(string text, IReadOnlyDictionary<Guid, string> names)
    {
        var ids = text.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries);
        var known = ids.Select(i => Guid.TryParse(i, out var id) ? names.GetValueOrDefault(id) : null).OfType<string>().ToList();
        return ids.Length == 0 ? null
            : known.Count > 0 ? string.Join(", ", known)
            : ids.Length.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)$")]
    private static partial Regex Moment();
}
