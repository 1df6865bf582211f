using System.Globalization;
using UserManagement.Precis;

namespace UserManagement.Membership;

/// <summary>
/// Strict reading of a mail address: one recipient, nothing that a header or a list could be made of.
/// Plus addresses are different people; the domain is what stands after the last @, compared in its ASCII form.
/// </summary>
public static class EmailAddress
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>Whether this is an address that mail may be sent to.</summary>
    public static bool IsValid(string? text)
    {
        if (text is null || text.Length is < 3 or > 254 || !Key.IsText(text) || Invisible.IsIn(text))
        {
            return false;
        }

        var at = text.LastIndexOf('@');
        if (at is < 1 or > 64 || at == text.Length - 1)
        {
            return false;
        }

        foreach (var c in text.AsSpan(0, at))
        {
            if (char.IsWhiteSpace(c) || c is '\u2800' or '@' or '"' or '(' or ')' or '<' or '>' or '[' or ']' or ':' or ';' or ',' or '\\')
            {
                return false;
            }
        }

        var local = text[..at];
        return local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal) && Domain(text) is not null;
    }

    /// <summary>
    /// The domain, without what nobody sees, in its ASCII form and lower case, or null when it is none (no dot, empty label, odd
    /// characters).
    /// </summary>
    public static string? Domain(string address)
    {
        try
        {
            var domain = Entered.Identifier(address[(address.LastIndexOf('@') + 1)..]).Normalize(System.Text.NormalizationForm.FormKC);
            return domain.Length is 0 or > 253 || domain[^1] == '.' || !domain.AsSpan().ContainsAny('.', '\u3002')
                ? null
                : Idn.GetAscii(domain).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
