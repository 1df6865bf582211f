using System.Text;

namespace UserManagement.Precis;

/// <summary>
/// Full case folding without a culture (Unicode 15.0 section 3.13, CaseFolding.txt classes C and F), for text in
/// compatibility decomposition. There only sharp s is left to become two letters: every other entry of class F decomposes.
/// </summary>
internal static class CaseFolding
{
    /// <summary>Adds the folded form of one decomposed character.</summary>
    /// <param name="to">Where it goes.</param>
    /// <param name="rune">The character.</param>
    /// <param name="isDomain">Whether it is of a domain, where ß and ς are letters of their own (RFC 5892 appendix A).</param>
    public static void Append(StringBuilder to, Rune rune, bool isDomain)
    {
        var value = rune.Value;
        if (value is 0x1E9E || (value is 0xDF && !isDomain))
        {
            to.Append("ss");
        }
        else if (value is 0xDF || (value is 0x3C2 && isDomain))
        {
            to.Append((char)value);
        }
        else
        {
            AppendRune(to, Simple(rune));
        }
    }

    /// <summary>Adds a character.</summary>
    public static void AppendRune(StringBuilder to, Rune rune)
    {
        Span<char> units = stackalloc char[2];
        to.Append(units[..rune.EncodeToUtf16(units)]);
    }

    /// <summary>Class C: the lower case of the upper case, but Cherokee, whose capitals came first.</summary>
    private static Rune Simple(Rune rune) =>
        rune.Value switch
        {
            >= 0x13A0 and <= 0x13F5 => rune,
            >= 0x13F8 and <= 0x13FD => new(rune.Value - 8),
            >= 0xAB70 and <= 0xABBF => new(rune.Value - 0xAB70 + 0x13A0),
            0x345 => new(0x3B9),
            0x3C2 => new(0x3C3),
            _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)),
        };
}
