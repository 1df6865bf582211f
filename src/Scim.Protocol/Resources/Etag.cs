using System.Globalization;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>Weak entity tags made from a version number (RFC 7644, section 3.14; RFC 9110, section 13.1).</summary>
public static class Etag
{
    /// <summary>The tag of a version: <c>W/"7"</c>. It is also <c>meta.version</c>.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");

    /// <summary>
    /// True when the write may go on: no If-Match at all, <c>*</c>, or the version in the list. False means 412.
    /// Compared weakly, since all our tags are weak.
    /// </summary>
    public static bool IfMatchAllows(string? header, long version) => string.IsNullOrWhiteSpace(header) || Lists(header, version);

    /// <summary>True when the client already holds this version (If-None-Match), which means 304 for a read and 412 for a write.</summary>
    public static bool IfNoneMatchHolds(string? header, long version) => !string.IsNullOrWhiteSpace(header) && Lists(header, version);

    private static bool Lists(string header, long version)
    {
        var wanted = version.ToString(CultureInfo.InvariantCulture);
        foreach (var range in header.AsSpan().Split(','))
        {
            var tag = header.AsSpan(range).Trim();
            if (tag is "*")
            {
                return true;
            }
            if (tag.StartsWith("W/", StringComparison.OrdinalIgnoreCase))
            {
                tag = tag[2..];
            }
            // some clients lose the quotes
            if (tag.Trim('"').SequenceEqual(wanted))
            {
                return true;
            }
        }
        return false;
    }
}
