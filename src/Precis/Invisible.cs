using System.Globalization;
using System.Text;

namespace UserManagement.Precis;

/// <summary>
/// Characters that nobody sees: Default_Ignorable_Code_Point (DerivedCoreProperties.txt, Unicode 15.0), the bidirectional
/// and interlinear controls, the object replacement that mail programs paste, and the noncharacters. They never tell one name from another.
/// </summary>
public static class Invisible
{
    // first and last of each range, in order
    private static readonly int[] Ranges =
    [
        0xAD,
        0xAD,
        0x34F,
        0x34F,
        0x61C,
        0x61C,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        0x180B,
        0x180F,
        0x200B,
        0x200F,
        0x202A,
        0x202E,
        0x2060,
        0x206F,
        0x3164,
        0x3164,
        0xFE00,
        0xFE0F,
        0xFDD0,
        0xFDEF,
        0xFEFF,
        0xFEFF,
        0xFFA0,
        0xFFA0,
        0xFFF0,
        0xFFFC,
        0x1BCA0,
        0x1BCA3,
        0x1D173,
        0x1D17A,
        0xE0000,
        0xE0FFF,
    ];

    /// <summary>Whether nobody sees it.</summary>
    public static bool Is(Rune rune)
    {
        if (rune.Value < 0xAD)
        {
            return false;
        }

        if ((rune.Value & 0xFFFE) == 0xFFFE)
        {
            return true; // a noncharacter; the platform's normalization throws at U+FFFE
        }

        for (var i = 0; i < Ranges.Length && Ranges[i] <= rune.Value; i += 2)
        {
            if (rune.Value <= Ranges[i + 1])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether any is in the text.</summary>
    public static bool IsIn(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return false;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (Is(rune))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether it only keeps letters apart: a space of any width, a control character, a line or paragraph separator, the empty Braille
    /// pattern.
    /// </summary>
    public static bool IsBlank(Rune rune) =>
        rune.Value switch
        {
            ' ' => true,
            < ' ' or 0x7F => true,
            < 0x7F => false,
            0x2800 => true,
            _ => Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control,
        };

    /// <summary>
    /// Whether it belongs to what stands before it, and shows in scripts and pictures that need it: joiners, variation selectors, tags.
    /// </summary>
    internal static bool Joins(Rune rune) =>
        rune.Value is 0x200C or 0x200D or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0020 and <= 0xE01EF);
}
