using System.Text.RegularExpressions;

namespace UserManagement.Ui.Requests;

/// <summary>
/// What a plus in a query means. In a form's encoding it is a blank, and form encoders write a plus as <c>%2B</c> and an at
/// sign as <c>%40</c>; by RFC 3986 it is a plus, and a blank is <c>%20</c>. Both encodings arrive, and each parameter says itself
/// which one it has: with <c>%20</c> in it its plus signs are plus signs. Without, a plus is a blank (as Entra writes filters),
/// unless it stands in a mail address whose at sign is not encoded, where no form has been and no blank can be.
/// </summary>
public static partial class PlusSign
{
    /// <summary>The query with each plus that is a plus as <c>%2B</c>; the same string where it has none.</summary>
    /// <param name="query">The raw query, with its question mark or without.</param>
    public static string Read(string query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!query.Contains('+', StringComparison.Ordinal))
        {
            return query;
        }

        var meant = string.Join('&', query.Split('&').Select(ReadParameter));
        return meant == query ? query : meant;
    }

    private static string ReadParameter(string parameter) =>
        !parameter.Contains('+', StringComparison.Ordinal) ? parameter
        : parameter.Contains("%20", StringComparison.Ordinal) ? parameter.Replace("+", "%2B", StringComparison.Ordinal)
        : parameter.Contains('@', StringComparison.Ordinal)
            ? Address().Replace(parameter, address => address.Value.Replace("+", "%2B", StringComparison.Ordinal))
        : parameter;

    // a whole value (of a filter only what stands between quotation marks): local part with a plus, at sign, domain
    [GeneratedRegex(
        @"(?<=\A(?!\??filter=)[^=&]*=|""|'|%22|%27)[^\s""'%&=+@]+(\+[^\s""'%&=+@]+)+@[^\s""'%&=+@]+(?=&|""|'|%22|%27|\z)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Address();
}
