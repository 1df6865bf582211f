namespace UserManagement.Membership.Apps;

/// <summary>
/// What an address of an app must be (RFC 6749 section 3.1.2, RFC 9700 section 2.1, RFC 8252 section 7), a sentence for each no.
/// </summary>
public static class ClientAddress
{
    private const int Longest = 2000;

    /// <summary>What is wrong with an address; null when nothing is.</summary>
    /// <param name="text">The address as it was typed.</param>
    /// <param name="ownSchemes">Whether a scheme of the app's own is taken (<c>com.example.app:/cb</c>): of what runs at its user's.</param>
    public static string? WhatIsWrong(string text, bool ownSchemes)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length is 0 or > Longest)
        {
            return $"An address has 1 to {Longest} characters.";
        }

        var shown = Key.IsText(text) ? Key.Cut(text, 80) : "This";
        return text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || !Key.IsText(text)
                ? $"{shown} has a blank or a control character in it."
            : text.Contains('*', StringComparison.Ordinal) ? $"{shown} has a * in it: each address is named in full, without a wildcard."
            : text.Contains('#', StringComparison.Ordinal) ? $"{shown} has a # in it: an address has no fragment."
            : text.Contains('\\', StringComparison.Ordinal) ? $"{shown} has a backslash in it."
            : !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.OriginalString != text
            || !text.Contains(':', StringComparison.Ordinal)
                ? $"{shown} is no full address. It begins with https://."
            : uri.UserInfo.Length > 0 ? $"{shown} names a user before the host."
            : text.Contains("/..", StringComparison.Ordinal) ? $"{shown} has .. in its path."
            : Scheme(uri, ownSchemes, shown);
    }

    private static string? Scheme(Uri uri, bool ownSchemes, string shown) =>
        uri.Scheme == Uri.UriSchemeHttps ? null
        : uri.Scheme == Uri.UriSchemeHttp
            // .NET reads the name loopback as localhost; in a browser it is a name like any other
            ? uri.IsLoopback && !uri.OriginalString.Contains("//loopback", StringComparison.OrdinalIgnoreCase) ? null
                : $"{shown} begins with http://, which others can read on the way. Use https://; http is for localhost alone."
        : uri.Scheme.Contains('.', StringComparison.Ordinal)
            ? ownSchemes ? null
                : $"{shown} has a scheme of its own, which is for apps on their users' machines."
        : $"{shown} does not begin with https://.";
}
