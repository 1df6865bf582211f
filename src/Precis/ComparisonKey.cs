using System.Buffers;
using System.Text;

namespace UserManagement.Precis;

/// <summary>
/// The one definition of "the same text" where case does not count (RFC 7643 section 2.2): two texts are the same when their
/// keys are equal by code point. A key is in full case folding and NFKC, without what nobody sees, each run of blanks one
/// space and none around it, the domain of an address in its ASCII form (RFC 8265 section 3.3, RFC 8266 section 2, RFC 5891).
/// The key of a key is the key itself. A text in ASCII keeps its characters: its key is its lower case.
/// </summary>
public static class ComparisonKey
{
    private const int MostRounds = 4; // a key settles in two; the bound is there for whatever a later Unicode brings
    private static readonly SearchValues<char> Controls = SearchValues.Create([
        .. Enumerable.Range(0, ' ').Append(0x7F).Select(c => (char)c),
    ]);

    /// <summary>The key of a whole value; empty for a text that holds nothing to see, or half a character.</summary>
    public static string Of(string text) => Make(text, keepsEdges: false);

    /// <summary>
    /// The key of a part of a value, for <c>co</c>, <c>sw</c> and <c>ew</c> (RFC 7644 section 3.4.2.2): a blank at its
    /// ends counts. The part is in the value when its key is in the value's key.
    /// </summary>
    public static string Piece(string text) => Make(text, keepsEdges: true);

    private static string Make(string text, bool keepsEdges)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text))
        {
            // the same text where nothing changes
            return Spaced((text.AsSpan().ContainsAny(Controls) ? Blanked(text) : text).ToLowerInvariant(), keepsEdges);
        }

        if (!IsHealthy(text))
        {
            return "";
        }

        for (var round = 0; round < MostRounds; round++)
        {
            var next = Spaced(Mapped(text), keepsEdges);
            if (next == text)
            {
                break;
            }

            text = next;
        }

        return text;
    }

    private static string Blanked(string ascii) =>
        string.Create(
            ascii.Length,
            ascii,
            static (to, from) =>
            {
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = char.IsControl(from[i]) ? ' ' : from[i];
                }
            }
        );

    /// <summary>One round: the part before the domain folded in full, the domain by the rules of domains.</summary>
    private static string Mapped(string text)
    {
        var plain = Visible(text).Normalize(NormalizationForm.FormKC);
        var at = plain.LastIndexOf('@');
        return at < 0 || !DomainName.IsLikely(plain.AsSpan(at + 1)) || Ascii.IsValid(plain.AsSpan(at + 1))
            ? Folded(plain, isDomain: false)
            : Folded(plain[..at], isDomain: false) + "@" + DomainName.Ascii(Folded(plain[(at + 1)..], isDomain: true));
    }

    private static string Folded(string text, bool isDomain)
    {
        var folded = new StringBuilder(text.Length + 4);
        foreach (var rune in text.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (!Invisible.Is(rune))
            {
                CaseFolding.Append(folded, rune, isDomain);
            }
        }

        return folded.ToString().Normalize(NormalizationForm.FormKC);
    }

    private static string Visible(string text)
    {
        var seen = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Invisible.IsBlank(rune))
            {
                seen.Append(' ');
            }
            else if (!Invisible.Is(rune))
            {
                CaseFolding.AppendRune(seen, rune);
            }
        }

        return seen.ToString();
    }

    /// <summary>One space for many, and none at the ends unless they count; the same text where nothing changes.</summary>
    private static string Spaced(string text, bool keepsEdges)
    {
        if (!keepsEdges)
        {
            text = text.Trim(' ');
        }

        if (!text.Contains("  ", StringComparison.Ordinal))
        {
            return text;
        }

        var spaced = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c != ' ' || spaced.Length == 0 || spaced[^1] != ' ')
            {
                spaced.Append(c);
            }
        }

        return spaced.ToString();
    }

    private static bool IsHealthy(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (!char.IsSurrogatePair(text, i) || i++ < 0))
            {
                return false;
            }
        }

        return true;
    }
}
