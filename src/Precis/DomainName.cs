using System.Text;

namespace UserManagement.Precis;

/// <summary>
/// The ASCII form of an international domain (RFC 5891, Punycode of RFC 3492), worked out here and not by the platform, so
/// that a stored key is the same on every machine. It judges nothing: what cannot be mapped stays as it is.
/// </summary>
internal static class DomainName
{
    private const int LongestDomain = 253;
    private const int LongestLabel = 63;

    /// <summary>Whether a text could be a domain: a dot, nothing blank, no second @.</summary>
    public static bool IsLikely(ReadOnlySpan<char> text) =>
        text.Length is > 2 and <= LongestDomain && text.ContainsAny('.', '\u3002') && !text.ContainsAny(' ', '@');

    /// <summary>The domain with each label that is not ASCII in its <c>xn--</c> form; the text comes folded and in NFKC.</summary>
    public static string Ascii(string folded)
    {
        var labels = folded.Replace('\u3002', '.').Split('.');
        for (var i = 0; i < labels.Length; i++)
        {
            if (!System.Text.Ascii.IsValid(labels[i]) && "xn--" + Punycode(labels[i]) is { Length: <= LongestLabel } mapped)
            {
                labels[i] = mapped;
            }
        }

        return string.Join('.', labels);
    }

    /// <summary>RFC 3492 section 6.3 with the parameters of section 5.</summary>
    private static string Punycode(string label)
    {
        var points = label.EnumerateRunes().Select(r => r.Value).ToArray();
        var text = new StringBuilder();
        foreach (var point in points.Where(p => p < 0x80))
        {
            text.Append((char)point);
        }

        var basic = text.Length;
        if (basic > 0)
        {
            text.Append('-');
        }

        var (next, delta, bias) = (0x80, 0, 72);
        var done = basic;
        while (done < points.Length)
        {
            var least = points.Where(p => p >= next).Min();
            delta += (least - next) * (done + 1);
            next = least;
            foreach (var point in points)
            {
                if (point < next)
                {
                    delta++;
                }
                else if (point == next)
                {
                    AppendNumber(text, delta, bias);
                    bias = Adapt(delta, done + 1, isFirst: done == basic);
                    delta = 0;
                    done++;
                }
            }

            delta++;
            next++;
        }

        return text.ToString();
    }

    private static void AppendNumber(StringBuilder text, int number, int bias)
    {
        for (var k = 36; ; k += 36)
        {
            var threshold = Math.Clamp(k - bias, 1, 26);
            if (number < threshold)
            {
                text.Append(Digit(number));
                return;
            }

            text.Append(Digit(threshold + ((number - threshold) % (36 - threshold))));
            number = (number - threshold) / (36 - threshold);
        }
    }

    private static char Digit(int digit) => (char)(digit < 26 ? 'a' + digit : '0' + digit - 26);

    private static int Adapt(int delta, int points, bool isFirst)
    {
        delta = isFirst ? delta / 700 : delta / 2;
        delta += delta / points;
        var k = 0;
        for (; delta > 455; k += 36)
        {
            delta /= 35;
        }

        return k + (36 * delta / (delta + 38));
    }
}
