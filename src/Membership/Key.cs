using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using UserManagement.Precis;

namespace UserManagement.Membership;

/// <summary>
/// Keys for attributes that are compared without regard to case (RFC 7643 section 2.2, caseExact false):
/// stored beside the value under the index, so that no database collation decides who is who.
/// </summary>
public static class Key
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\t\u2028\u2029");

    /// <summary>How many characters a user name, an external id or a name may have.</summary>
    public const int MaxLength = 512;

    /// <summary>How many characters of a word are kept for searching.</summary>
    public const int MaxWord = 64;

    /// <summary>
    /// The version of the rules by which keys are made. Raise it when <see cref="Of"/> or <see cref="Words"/> makes another key of any
    /// name: then the next start brings the stored ones up, see <see cref="Data.RekeyNames"/>.
    /// </summary>
    public const string Rules = "2";

    /// <summary>The key of a value, see <see cref="ComparisonKey"/>: the one definition of "the same name" everywhere.</summary>
    public static string Of(string value) => ComparisonKey.Of(value);

    /// <summary>The key of a part of a value, see <see cref="ComparisonKey.Piece"/>.</summary>
    public static string PieceOf(string value) => ComparisonKey.Piece(value);

    /// <summary>What is kept of a user name or an address: see <see cref="Entered.Identifier"/>. Null for null.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public static string? Identifier(string? value) => value is null ? null : Entered.Identifier(value);

    /// <summary>What is kept of a name to show: see <see cref="Entered.Shown"/>. Null for null and for what shows nothing.</summary>
    public static string? Shown(string? value) => value is not null && Entered.Shown(value) is { Length: > 0 } shown ? shown : null;

    /// <summary>Null for null, otherwise the key.</summary>
    public static string? OfOrNull(string? value) => value is null ? null : Of(value);

    /// <summary>Whether the text is whole: no lone surrogate, no NUL or other control character but tab and line ends.</summary>
    public static bool IsText(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsSurrogate(c))
            {
                if (!char.IsHighSurrogate(c) || i + 1 == value.Length || !char.IsLowSurrogate(value[i + 1]))
                {
                    return false;
                }

                i++;
            }
            else if (char.IsControl(c) && c is not ('\t' or '\n' or '\r'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The one check of a name that identifies: not empty, whole text on one line, not longer than <see cref="MaxLength"/>.
    /// </summary>
    /// <returns>Null when it is good.</returns>
    public static Refusal? Check(string field, string? value, bool required = true)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return required ? Refusal.Invalid(field, $"{field} is required.") : null;
        }

        if (value.Length > MaxLength)
        {
            return Refusal.Invalid(field, $"{field} is longer than {MaxLength} characters.");
        }

        if (!IsText(value) || value.AsSpan().ContainsAny(LineEnds))
        {
            return Refusal.Invalid(field, $"{field} holds a character that no name can hold.");
        }

        // One character may fold to eighteen, and an index holds only so much.
        return Of(value).Length is > 0 and <= MaxLength ? null : Refusal.Invalid(field, $"{field} cannot be read as a name.");
    }

    /// <summary>The beginning of a text, never half of a character that takes two places.</summary>
    public static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>
    /// The words of names and addresses by which people are found, in the order found, each once; an address is a word too.
    /// </summary>
    public static IEnumerable<string> Words(params IEnumerable<string?> texts) =>
        texts
            .OfType<string>()
            .SelectMany(t => SearchWords.Address(t) is { } address ? SearchWords.Of(t).Prepend(address) : SearchWords.Of(t))
            .Select(w => Cut(w, MaxWord))
            .Distinct(StringComparer.Ordinal);

    /// <summary>
    /// The beginnings of words that somebody typed to find people: split as <see cref="Words"/> are; an address in ASCII is looked for as
    /// one.
    /// </summary>
    public static IEnumerable<string> Typed(string? search) =>
        Of(search ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(t => Ascii.IsValid(t) && SearchWords.Address(t) is { } address ? [address] : SearchWords.Of(t))
            .Select(w => Cut(w, MaxWord))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Whether one of the <see cref="Words"/> of a text begins so.</summary>
    /// <param name="text">A name or an address; null for none.</param>
    /// <param name="low">One of those that <see cref="Typed"/> gives.</param>
    public static bool Begins(string? text, string low) =>
        text is { Length: > 0 }
        && (
            Ascii.IsValid(text) && Ascii.IsValid(low)
                ? SearchWords.Begins(text, low)
                : Words(text).Any(w => w.StartsWith(low, StringComparison.Ordinal))
        );
}
