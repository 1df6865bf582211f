using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace UserManagement.Scim.Protocol.Filters;

/// <summary>
/// The marks that programs and word processors put around a value in place of JSON's quotation mark. A tolerant reading
/// takes the text between two of one kind; it never takes a mark at an edge for a part of the value.
/// </summary>
internal static partial class Quotes
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
        "\u300e\u300f", // corner brackets, white
        "\ufe41\ufe42", // corner brackets, vertical
        "\ufe43\ufe44", // corner brackets, vertical and white
        "\uff62\uff63", // corner brackets, half width
        "\u301d\u301e\u301f", // double primes of East Asia
        "\u275b\u275c\u275f", // heavy, single
        "\u275d\u275e\u2760", // heavy, double
        "\u02bc", // the apostrophe that is a letter
        "\uff40", // full width, back-tick
        "\uff07", // full width, single
        "\uff02", // full width, double
    ];

    /// <summary>The marks that close what this one opens; null for a character that is none.</summary>
    public static string? KindOf(char mark) => Array.Find(Kinds, kind => kind.Contains(mark, StringComparison.Ordinal));

    /// <summary>True for every quotation mark, JSON's own with them.</summary>
    public static bool IsMark(char c) =>
        c == '"'
        || KindOf(c) is not null
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
        || c == '\u2e42';

    /// <summary>
    /// True when a bare word can be a value: its marks are apostrophes within it (O'Brien), and it has none at an edge that an encoder hid.
    /// </summary>
    public static bool IsPlainWord(string word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (
                IsMark(word[i])
                && !(
                    word[i] is '\'' or '\u2019' or '\u02bc'
                    && i > 0
                    && i < word.Length - 1
                    && char.IsLetterOrDigit(word[i - 1])
                    && char.IsLetterOrDigit(word[i + 1])
                )
            )
            {
                return false;
            }
        }
        var decoded = Decoded(word);
        return decoded == word || decoded.Length == 0 || (!IsMark(decoded[0]) && !IsMark(decoded[^1]));
    }

    /// <summary>A word without the encodings of HTML, of addresses and of JSON: <c>&amp;quot;</c>, <c>%22</c>, <c>\u0022</c>.</summary>
    private static string Decoded(string word) =>
        word.AsSpan().IndexOfAny('&', '%', '\\') < 0
            ? word
            : Escape()
                .Replace(
                    Uri.UnescapeDataString(WebUtility.HtmlDecode(word)),
                    escape =>
                        ((char)ushort.Parse(escape.ValueSpan[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString()
                );

    [GeneratedRegex(@"\\u[0-9A-Fa-f]{4}", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
