using System.Globalization;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>Which part of a list is wanted (RFC 7644, section 3.4.2.4).</summary>
/// <param name="StartIndex">The first result, counted from 1.</param>
/// <param name="Count">How many at most; 0 asks for the total alone.</param>
public sealed record Paging(int StartIndex, int Count)
{
    /// <summary>Page size when the client names none.</summary>
    public const int DefaultCount = 100;

    /// <summary>Largest page.</summary>
    public const int MaxCount = 1000;

    /// <summary>How many results to skip.</summary>
    public int Offset => StartIndex - 1;

    /// <summary>
    /// Reads the query parameters; null or empty means not given. A start below 1 is 1, a count below 0 is 0, a count
    /// above the largest page is that. Refusal: 400 invalidValue for what is not a whole number.
    /// </summary>
    public static ScimResult<Paging> Read(string? startIndex, string? count, int defaultCount = DefaultCount, int maxCount = MaxCount)
    {
        if (!Whole(startIndex, 1, out var start))
        {
            return ScimError.InvalidValue("'startIndex' must be a whole number.");
        }
        if (!Whole(count, defaultCount, out var size))
        {
            return ScimError.InvalidValue("'count' must be a whole number.");
        }
        return new Paging(Math.Max(start, 1), Math.Clamp(size, 0, maxCount));
    }

    /// <summary>
    /// Reads a whole number; text that is null or blank gives the other one. Numbers too wide for an int are cut to its ends.
    /// </summary>
    internal static bool Whole(string? text, int otherwise, out int number)
    {
        number = otherwise;
        if (string.IsNullOrWhiteSpace(text))
        {
            return true;
        }
        if (
            text.Length > 64
            || !System.Numerics.BigInteger.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture,
                out var wide
            )
        )
        {
            return false;
        }
        number = (int)System.Numerics.BigInteger.Max(int.MinValue, System.Numerics.BigInteger.Min(int.MaxValue, wide));
        return true;
    }
}
