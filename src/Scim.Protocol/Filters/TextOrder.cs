using UserManagement.Precis;

namespace UserManagement.Scim.Protocol.Filters;

/// <summary>
/// The order of texts: by code point, as UTF-8 bytes stand in a database column (collation C, BINARY), where case counts
/// or of the keys where it does not (<see cref="ComparisonKey"/>). So memory and SQL give the same order.
/// </summary>
internal static class TextOrder
{
    public static int Compare(string a, string b)
    {
        var shared = Math.Min(a.Length, b.Length);
        for (var i = 0; i < shared; i++)
        {
            if (a[i] != b[i])
            {
                return Weight(a[i]).CompareTo(Weight(b[i]));
            }
        }
        return a.Length.CompareTo(b.Length);
    }

    /// <summary>The text as it is compared where case does not count.</summary>
    public static string Fold(string text) => ComparisonKey.Of(text);

    // surrogates stand for code points above all others, though their own number is below U+E000
    private static int Weight(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
