using System.Text;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>
/// The text of an uploaded file: UTF-8, or UTF-16 as spreadsheets write "Unicode text", with or without the mark at the beginning.
/// Anything else is refused rather than guessed: a wrong guess would invite somebody else.
/// </summary>
internal static class CsvText
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding Little = new(false, false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding Big = new(true, false, throwOnInvalidBytes: true);

    /// <summary>The text without its mark.</summary>
    public static Outcome<string> Of(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("PK\u0003\u0004"u8))
        {
            return Wrong("This is a spreadsheet's workbook. Save it as CSV (in Excel: CSV UTF-8) and upload that file.");
        }

        string text;
        try
        {
            text = Encoding(file).GetString(file).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return Wrong("The file is not written in UTF-8. Save it as CSV UTF-8 and upload it again.");
        }

        return text.AsSpan().ContainsAnyExceptInText() ? Wrong("This is no text file. Upload the CSV template with your rows.") : text;
    }

    private static Encoding Encoding(ReadOnlySpan<byte> file)
    {
        if (file is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return file[0] == 0xFF ? Little : Big;
        }

        // Plain addresses in UTF-16 have a zero in every second byte and no other.
        var (even, odd) = (0, 0);
        var head = file[..Math.Min(file.Length, 64)];
        for (var i = 0; i < head.Length; i++)
        {
            _ =
                head[i] != 0 ? 0
                : i % 2 == 0 ? even++
                : odd++;
        }

        return file.Length % 2 != 0 || Math.Max(even, odd) < head.Length / 3 || Math.Min(even, odd) > 0 || head.Length < 8 ? Utf8
            : odd > 0 ? Little
            : Big;
    }

    private static bool ContainsAnyExceptInText(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) && c is not ('\t' or '\r' or '\n'))
            {
                return true;
            }
        }

        return false;
    }

    private static Refusal Wrong(string sentence) => Refusal.Invalid("csv", sentence);
}
