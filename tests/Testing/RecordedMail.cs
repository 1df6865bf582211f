using System.Text;
using System.Text.RegularExpressions;

namespace UserManagement.Testing;

/// <summary>One message as a mail program would show it, with its envelope. Reads <c>.eml</c> files too.</summary>
public sealed partial record RecordedMail
{
    /// <summary>The envelope's sender (MAIL FROM); empty for a file.</summary>
    public string Sender { get; init; } = "";

    /// <summary>The envelope's recipients (RCPT TO), in order; empty for a file.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>Whether the sender was told 250. False: taken, and the line cut before the reply.</summary>
    public bool Acknowledged { get; init; } = true;

    /// <summary>Header fields in order, unfolded, encoded words (RFC 2047) decoded.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>The text/plain body, transfer encoding undone; null without one.</summary>
    public string? Text { get; private init; }

    /// <summary>The text/html body, transfer encoding undone; null without one.</summary>
    public string? Html { get; private init; }

    /// <summary>The message as it came, one character for each byte.</summary>
    public required string Raw { get; init; }

    /// <summary>The subject; empty without one.</summary>
    public string Subject => Header("Subject") ?? "";

    /// <summary>All links in the plain body, or in the HTML one where there is no plain body.</summary>
    public IReadOnlyList<string> Links =>
        [.. Link().Matches(Text ?? System.Net.WebUtility.HtmlDecode(Html) ?? "").Select(match => match.Value.TrimEnd('.', ','))];

    /// <summary>The first header of that name, letter case ignored; null without one.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Reads a message (RFC 5322, RFC 2045), one character for each byte, line ends CRLF or LF.</summary>
    public static RecordedMail Parse(string raw)
    {
        var (headers, body) = Split(raw);
        var parts = Leaves(headers, body).ToList();
        return new RecordedMail
        {
            Raw = raw,
            Headers = [.. headers.Select(header => KeyValuePair.Create(header.Key, DecodeWords(header.Value)))],
            Text = parts.Find(part => part.Type == "text/plain").Content,
            Html = parts.Find(part => part.Type == "text/html").Content,
        };
    }

    private static (List<KeyValuePair<string, string>> Headers, string Body) Split(string raw)
    {
        var text = raw.ReplaceLineEndings("\n");
        var end = text.StartsWith('\n') ? 0 : text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = end < 0 ? text : text[..end];
        var body = end < 0 ? "" : text[end..].TrimStart('\n');
        var headers = Fold()
            .Replace(head, " ")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .Select(pair => KeyValuePair.Create(pair[0].Trim(), pair[1].Trim()))
            .ToList();
        return (headers, body);
    }

    private static IEnumerable<(string Type, string Content)> Leaves(List<KeyValuePair<string, string>> headers, string body)
    {
        string Field(string name) => headers.Find(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

        var contentType = Field("Content-Type");
        var type = contentType.Split(';')[0].Trim().ToLowerInvariant();
        if (type.StartsWith("multipart/", StringComparison.Ordinal) && Parameter(contentType, "boundary") is { } boundary)
        {
            // Before the first boundary stands a preamble, after the closing one an epilogue.
            foreach (
                var part in ("\n" + body)
                    .Split("\n--" + boundary)
                    .Skip(1)
                    .TakeWhile(part => !part.StartsWith("--", StringComparison.Ordinal))
            )
            {
                var (inner, content) = Split(part.StartsWith('\n') ? part[1..] : part);
                foreach (var leaf in Leaves(inner, content))
                {
                    yield return leaf;
                }
            }

            yield break;
        }

        var bytes = Field("Content-Transfer-Encoding").ToLowerInvariant() switch
        {
            "base64" => Convert.FromBase64String(body),
            "quoted-printable" => UnquotePrintable(body, underscoreIsSpace: false),
            _ => Encoding.Latin1.GetBytes(body),
        };
        yield return (type.Length == 0 ? "text/plain" : type, Charset(Parameter(contentType, "charset")).GetString(bytes));
    }

    private static byte[] UnquotePrintable(string text, bool underscoreIsSpace)
    {
        var joined = text.Replace("=\n", "", StringComparison.Ordinal);
        // Before the pairs are undone: "=5F" is an underscore that stays.
        var spaced = underscoreIsSpace ? joined.Replace('_', ' ') : joined;
        return Encoding.Latin1.GetBytes(HexPair().Replace(spaced, match => ((char)Convert.ToByte(match.Groups[1].Value, 16)).ToString()));
    }

    // Neighbouring words of one charset are joined as bytes first: a sender may cut a character in two.
    private static string DecodeWords(string value) =>
        WordRun()
            .Replace(
                value,
                run =>
                {
                    var words = Word().Matches(run.Value);
                    List<byte> bytes = [];
                    foreach (Match word in words)
                    {
                        bytes.AddRange(
                            word.Groups[2].Value is "b" or "B"
                                ? Convert.FromBase64String(word.Groups[3].Value)
                                : UnquotePrintable(word.Groups[3].Value, underscoreIsSpace: true)
                        );
                    }

                    return Charset(words[0].Groups[1].Value).GetString([.. bytes]);
                }
            );

    private static string? Parameter(string header, string name)
    {
        var match = Regex.Match(header, $@";\s*{name}\s*=\s*(?:""([^""]*)""|([^;\s]+))", RegexOptions.IgnoreCase);
        return match.Success ? match.Groups[1].Value + match.Groups[2].Value : null;
    }

    private static Encoding Charset(string? name) =>
        name?.ToLowerInvariant() switch
        {
            "iso-8859-1" or "latin1" => Encoding.Latin1,
            _ => Encoding.UTF8,
        };

    [GeneratedRegex(@"\n[ \t]+")]
    private static partial Regex Fold();

    [GeneratedRegex("=([0-9A-Fa-f]{2})")]
    private static partial Regex HexPair();

    [GeneratedRegex(@"=\?([^?]+)\?([bBqQ])\?([^?]*)\?=")]
    private static partial Regex Word();

    [GeneratedRegex(@"=\?[^?]+\?[bBqQ]\?[^?]*\?=(?:\s*=\?[^?]+\?[bBqQ]\?[^?]*\?=)*")]
    private static partial Regex WordRun();

    [GeneratedRegex(@"https?://[^\s<>""')\]]+")]
    private static partial Regex Link();
}
