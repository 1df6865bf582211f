using System.Text;

namespace UserManagement.Membership;

/// <summary>
/// Keys for attributes that are compared without regard to case (RFC 7643 section 2.2, caseExact false):
/// stored beside the value under the index, so that no database collation decides who is who.
/// </summary>
public static class Key
{
    /// <summary>How many characters a user name, an external id or a name may have.</summary>
    public const int MaxLength = 512;

    /// <summary>How many characters of a word are kept for searching.</summary>
    public const int MaxWord = 64;

    /// <summary>The key of a value: compatibility forms folded (NFKC), lower case, blanks around it cut.</summary>
    public static string Of(string value) => IsText(value) ? value.Normalize(NormalizationForm.FormKC).Trim().ToLowerInvariant() : "";

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

        if (!IsText(value) || value.AsSpan().ContainsAny('\r', '\n', '\t'))
        {
            return Refusal.Invalid(field, $"{field} holds a character that no name can hold.");
        }

        // One character may fold to eighteen, and an index holds only so much.
        return Of(value).Length is > 0 and <= MaxLength ? null : Refusal.Invalid(field, $"{field} cannot be read as a name.");
    }

    /// <summary>The beginning of a text, never half of a character that takes two places.</summary>
    public static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>The words of names and addresses by which people search: lower case, in the order found, each once.</summary>
    public static IEnumerable<string> Words(params IEnumerable<string?> texts) =>
        texts.Where(t => !string.IsNullOrEmpty(t))
            .SelectMany(t => SplitWords(Of(t!)))
            .Where(w => w.Length > 0)
            .Select(w => Cut(w, MaxWord))
            .Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> SplitWords(string text)
    {
        yield return text.Contains('@', StringComparison.Ordinal) ? text : "";
        foreach (var word in text.Split([' ', '\t', '\n', '\r', '@', '.', '-', '_', '+', ',', '\'', '’', '(', ')', '/'], StringSplitOptions.RemoveEmptyEntries))
        {
            yield return word;
        }
    }
}
