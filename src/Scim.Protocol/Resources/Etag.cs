using System.Globalization;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>Weak entity tags made from a version number (RFC 7644, section 3.14; RFC 9110, section 13.1).</summary>
public static class Etag
{
    /// <summary>The tag of a version: <c>W/"7"</c>. It is also <c>meta.version</c>.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");

    /// <summary>
    /// True when the write may go on: no If-Match at all, <c>*</c>, or the version in the list. False means 412.
    /// Compared weakly, since all our tags are weak: by the letter of RFC 9110 (section 13.1.1) no weak tag ever
    /// matches here, and what RFC 7644 shows in section 3.14 would never succeed.
    /// </summary>
    public static bool IfMatchAllows(string? header, long version) => string.IsNullOrWhiteSpace(header) || Lists(header, version);

    /// <summary>True when the client already holds this version (If-None-Match), which means 304 for a read and 412 for a write.</summary>
    public static bool IfNoneMatchHolds(string? header, long version) => !string.IsNullOrWhiteSpace(header) && Lists(header, version);

    private static bool Lists(string header, long version)
    {
        var wanted = version.ToString(CultureInfo.InvariantCulture);
        var rest = header.AsSpan().Trim();
        if (rest is "*")
        {
            return true;
        }
        while (!rest.IsEmpty)
        {
            if (Next(ref rest).SequenceEqual(wanted))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Takes the next tag off a list and gives what is between its quotes; some clients lose the quotes.</summary>
    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("W/", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[2..];
        }
        // a comma may stand between quotes
        var isQuoted = rest.StartsWith('"');
        var end = isQuoted ? rest[1..].IndexOf('"') + 1 : rest.IndexOf(',');
        var tag =
            isQuoted && end > 0 ? rest[1..end]
            : end < 0 ? rest
            : rest[..end];
        var comma = end < 0 ? -1 : rest[end..].IndexOf(',');
        rest = comma < 0 ? default : rest[(end + comma + 1)..].TrimStart();
        return tag.Trim();
    }
}
