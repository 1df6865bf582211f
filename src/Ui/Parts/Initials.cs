using System.Globalization;

namespace UserManagement.Ui.Parts;

/// <summary>Initials and colour of an <see cref="Avatar"/>.</summary>
public static class Initials
{
    private const int Hues = 8;

    /// <summary>
    /// First letter of the first and of the last word, in capitals; one letter for one word; "?" when there is no letter or digit.
    /// Of an address only what stands before the at sign counts, for behind it many people share the same: AL for
    /// ada.lovelace@example.com, A for ada@example.com.
    /// </summary>
    public static string Of(string name)
    {
        var at = name.Any(char.IsWhiteSpace) ? -1 : name.LastIndexOf('@');
        var words = (at > 0 ? name[..at] : name).Split([' ', '\t', '\u00a0', '.', '_'], StringSplitOptions.RemoveEmptyEntries);
        string[] letters = [.. words.Select(First).Where(l => l is not null).Select(l => l!)];
        return letters switch
        {
            [] => "?",
            [var only] => only,
            [var first, .., var last] => first + last,
        };
    }

    /// <summary>A number from 0 to 7 that is the same for the same text in every process.</summary>
    public static int Hue(string seed)
    {
        var hash = 2166136261u;
        foreach (var c in seed)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)((hash ^ (hash >> 15)) % Hues);
    }

    /// <summary>Whole text elements, not chars: half a surrogate pair is not a letter.</summary>
    private static string? First(string word)
    {
        foreach (var rune in word.EnumerateRunes())
        {
            if (System.Text.Rune.IsLetterOrDigit(rune))
            {
                return System.Text.Rune.ToUpper(rune, CultureInfo.InvariantCulture).ToString();
            }
        }

        return null;
    }
}
