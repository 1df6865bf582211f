using System.Text;

namespace UserManagement.Testing;

/// <summary>A secret found in a text. The secret itself is not repeated: a test's message is a log too.</summary>
/// <param name="Secret">Its position in the given list, from 0.</param>
/// <param name="Form">How it was written: clear, percent, base64, base64url, hex.</param>
/// <param name="Position">Where in the text the find begins.</param>
public sealed record Leak(int Secret, string Form, int Position);

/// <summary>Looks for secrets in logs, pages, database files and messages, in the forms in which they slip through.</summary>
public static class SecretScan
{
    // Shorter ones would be found anywhere by chance.
    private const int ShortestSecret = 6;

    /// <summary>Every find, at most one for each secret and form.</summary>
    /// <param name="text">What may hold a secret.</param>
    /// <param name="secrets">In clear, each at least six characters long.</param>
    public static IReadOnlyList<Leak> Find(string text, params IReadOnlyList<string> secrets)
    {
        List<Leak> leaks = [];
        for (var number = 0; number < secrets.Count; number++)
        {
            if (secrets[number].Length < ShortestSecret)
            {
                throw new ArgumentException($"Secret {number} is too short to be told from chance.", nameof(secrets));
            }

            foreach (var (form, written, comparison) in Forms(secrets[number]))
            {
                var position = text.IndexOf(written, comparison);
                if (position >= 0 && !leaks.Exists(leak => leak.Secret == number && leak.Form == form))
                {
                    leaks.Add(new Leak(number, form, position));
                }
            }
        }

        return leaks;
    }

    /// <summary>Reads bytes, such as a database file, as Latin-1, so that no byte is lost, and looks there.</summary>
    public static IReadOnlyList<Leak> Find(ReadOnlySpan<byte> bytes, params IReadOnlyList<string> secrets) =>
        Find(Encoding.Latin1.GetString(bytes), secrets);

    private static IEnumerable<(string Form, string Written, StringComparison Comparison)> Forms(string secret)
    {
        yield return ("clear", secret, StringComparison.Ordinal);
        var escaped = Uri.EscapeDataString(secret);
        if (escaped != secret)
        {
            yield return ("percent", escaped, StringComparison.OrdinalIgnoreCase);
        }

        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return ("hex", Convert.ToHexString(bytes), StringComparison.OrdinalIgnoreCase);
        foreach (var core in Base64Cores(bytes))
        {
            yield return ("base64", core, StringComparison.Ordinal);
            yield return ("base64url", core.Replace('+', '-').Replace('/', '_'), StringComparison.Ordinal);
        }
    }

    // Inside a longer text ("user:secret") the secret starts at any of three places of a base64 group. What depends on
    // the neighbours, the first and last characters, is cut off.
    private static IEnumerable<string> Base64Cores(byte[] secret)
    {
        for (var before = 0; before < 3; before++)
        {
            var encoded = Convert.ToBase64String([.. new byte[before], .. secret]).TrimEnd('=');
            var first = before == 0 ? 0 : before + 1;
            var complete = (before + secret.Length) * 8 / 6;
            yield return encoded[first..complete];
        }
    }
}
