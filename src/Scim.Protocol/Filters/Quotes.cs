namespace UserManagement.Scim.Protocol.Filters;

/// <summary>
/// The marks that programs and word processors put around a value in place of JSON's quotation mark. A tolerant reading
/// takes the text between two of one kind; it never takes a mark at an edge for a part of the value.
/// </summary>
internal static class Quotes
{
    // each string is one kind, whatever the direction of the mark
    private static readonly string[] Kinds =
    [
        "'",
        "`\u00b4", // back-tick and acute accent
        "\u2018\u2019\u201a\u201b", // curly, single
        "\u201c\u201d\u201e\u201f", // curly, double
        "\u00ab\u00bb", // guillemets
        "\u2039\u203a", // guillemets, single
        "\u2032\u2035", // primes
        "\u2033\u2036", // double primes
        "\u300c\u300d", // corner brackets
        "\uff07", // full width, single
        "\uff02", // full width, double
    ];

    /// <summary>The marks that close what this one opens; null for a character that is none.</summary>
    public static string? KindOf(char mark) => Array.Find(Kinds, kind => kind.Contains(mark, StringComparison.Ordinal));

    /// <summary>True for every quotation mark, JSON's own with them.</summary>
    public static bool IsMark(char c) => c == '"' || KindOf(c) is not null;

    /// <summary>True when a bare word can be a value: its marks are apostrophes within it (O'Brien).</summary>
    public static bool IsPlainWord(string word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (IsMark(word[i]) && !(word[i] is '\'' or '\u2019' && i > 0 && i < word.Length - 1 && char.IsLetterOrDigit(word[i - 1]) && char.IsLetterOrDigit(word[i + 1])))
            {
                return false;
            }
        }
        return true;
    }
}
