using System.Text;

namespace UserManagement.Precis;

/// <summary>
/// What is kept of a text that somebody typed or pasted, or that a directory or provider sent. Nobody means what nobody
/// sees, so it is cut rather than refused, in every door alike. Each gives back the same text where nothing is to be cut.
/// </summary>
public static class Entered
{
    /// <summary>
    /// A user name or an address: without invisible characters and without blanks around it. Control characters stay, for
    /// whoever checks the name to refuse.
    /// </summary>
    public static string Identifier(string text) => Cut(text, isShown: false);

    /// <summary>
    /// A name to show: control characters and line ends are blanks, none around it; invisible characters are cut, but those that join
    /// letters of other scripts and the parts of an emoji.
    /// </summary>
    public static string Shown(string text) => Cut(text, isShown: true);

    private static string Cut(string text, bool isShown)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsPlain(text, isShown))
        {
            return text.Trim(' ');
        }

        var kept = new StringBuilder(text.Length);
        foreach (var c in text.EnumerateRunes())
        {
            if (isShown && Invisible.IsBlank(c) && Rune.GetUnicodeCategory(c) is not System.Globalization.UnicodeCategory.SpaceSeparator)
            {
                kept.Append(' ');
            }
            else if (!Invisible.Is(c) || (isShown && Invisible.Joins(c) && kept.Length > 0 && (kept[^1] > 0x7F || c.Value == 0xFE0F)))
            {
                CaseFolding.AppendRune(kept, c);
            }
        }

        return Trimmed(kept.ToString(), isShown);
    }

    // what joins letters joins nothing at the end
    private static string Trimmed(string text, bool isShown)
    {
        var (first, last) = (0, text.Length);
        while (first < last && IsEdge(text[first]))
        {
            first++;
        }

        while (last > first && (IsEdge(text[last - 1]) || (isShown && text[last - 1] is '\u200C' or '\u200D')))
        {
            last--;
        }

        return text[first..last];
    }

    private static bool IsEdge(char c) =>
        c == '\u2800' || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.SpaceSeparator;

    // half a character is left for the check to refuse: taking it for another one would change the name
    private static bool IsPlain(string text, bool isShown)
    {
        var isPlain = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsSurrogate(c))
            {
                if (!char.IsSurrogatePair(text, i))
                {
                    return true;
                }

                i++;
                isPlain = false;
            }
            else if (c > 0x7E || (isShown && c < ' '))
            {
                isPlain = false;
            }
        }

        return isPlain;
    }
}
