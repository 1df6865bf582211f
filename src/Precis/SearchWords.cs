using System.Buffers;
using System.Globalization;
using System.Text;

namespace UserManagement.Precis;

/// <summary>
/// The words by which a text is found as one types: what is stored and what is typed are split and folded by the same
/// rules. Beyond <see cref="ComparisonKey"/> an accent does not count, so that <c>muller</c> finds Müller.
/// </summary>
public static class SearchWords
{
    private static readonly SearchValues<char> Between = SearchValues.Create(" @.-_+,'()/");

    /// <summary>The words of a text in their order.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var folded = Plain(ComparisonKey.Of(Named(text)));
        var start = 0;
        for (var i = 0; i <= folded.Length; i++)
        {
            if (i == folded.Length || Splits(folded[i]))
            {
                if (i > start)
                {
                    yield return folded[start..i];
                }

                start = i + 1;
            }
        }
    }

    /// <summary>The whole of an address as one word; null for a text that is none.</summary>
    public static string? Address(string text)
    {
        var key = ComparisonKey.Of(text);
        var at = key.LastIndexOf('@');
        return at > 0 && at < key.Length - 1 && !key.Contains(' ', StringComparison.Ordinal) ? Plain(key) : null;
    }

    /// <summary>The same of a text in ASCII, without making its words: whether one begins so, or its whole address does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="low">A beginning in lower case: letters without what stands between words, or the beginning of an address.</param>
    public static bool Begins(string text, string low)
    {
        if (low.AsSpan().ContainsAny(Between))
        {
            return text.StartsWith(low, StringComparison.OrdinalIgnoreCase) && Address(text) is not null;
        }

        for (var at = 0; (at = text.IndexOf(low, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            if (at == 0 || Splits(text[at - 1]))
            {
                return true;
            }
        }

        return false;
    }

    // a domain's own letters are searched for, not their ASCII form
    private static string Named(string text) => text.Replace('@', ' ').Replace('\uFF20', ' ').Replace('\uFE6B', ' ');

    private static bool Splits(char c) =>
        c < 0x80
            ? Between.Contains(c)
            : c is '\u02BC' or '\u02BB' or '\u02B9'
                || char.GetUnicodeCategory(c)
                    is UnicodeCategory.ConnectorPunctuation
                        or UnicodeCategory.DashPunctuation
                        or UnicodeCategory.OpenPunctuation
                        or UnicodeCategory.ClosePunctuation
                        or UnicodeCategory.InitialQuotePunctuation
                        or UnicodeCategory.FinalQuotePunctuation
                        or UnicodeCategory.OtherPunctuation
                        or UnicodeCategory.SpaceSeparator;

    /// <summary>The text without the accents of European scripts.</summary>
    private static string Plain(string key)
    {
        if (Ascii.IsValid(key))
        {
            return key;
        }

        var plain = new StringBuilder(key.Length);
        foreach (var c in key.Normalize(NormalizationForm.FormD))
        {
            _ = c switch
            {
                >= '\u0300' and <= '\u036F' => plain,
                'ø' => plain.Append('o'),
                'đ' or 'ð' => plain.Append('d'),
                'ł' => plain.Append('l'),
                'ħ' => plain.Append('h'),
                'ŧ' => plain.Append('t'),
                'ı' => plain.Append('i'),
                'ŋ' => plain.Append('n'),
                'æ' => plain.Append("ae"),
                'œ' => plain.Append("oe"),
                'þ' => plain.Append("th"),
                _ => plain.Append(c),
            };
        }

        return plain.ToString().Normalize(NormalizationForm.FormC);
    }
}
