using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using UserManagement.Membership;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Builds the two forms of a letter side by side. What people chose (names) is text in both: encoded in the HTML, and with
/// blanks where a mail program would make a link of it. Addresses and sign-in names stand as they are, for people copy them.
/// </summary>
internal sealed class LetterBody
{
    private const int MostShown = 120;
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _html = new();

    /// <summary>A paragraph of our own words, with names put in by <see cref="Name"/>.</summary>
    public LetterBody Say(FormattableString sentence)
    {
        var names = sentence.GetArguments().Select(a => a is SignInName login ? login.Shown : Name(a?.ToString() ?? "")).ToArray();
        _text.Append(string.Format(CultureInfo.InvariantCulture, sentence.Format, names)).Append("\n\n");
        _html
            .Append("<p>")
            .Append(
                string.Format(CultureInfo.InvariantCulture, Encode(sentence.Format), [.. names.Select(n => "<b>" + Encode(n) + "</b>")])
            )
            .Append("</p>\n");
        return this;
    }

    /// <summary>The one link of the letter.</summary>
    public LetterBody Link(string label, string url)
    {
        _text.Append(url).Append("\n\n");
        _html
            .Append("<p><a href=\"")
            .Append(Encode(url))
            .Append("\">")
            .Append(Encode(label))
            .Append("</a></p>\n<p><small>")
            .Append(Encode(url))
            .Append("</small></p>\n");
        return this;
    }

    /// <summary>The letter.</summary>
    public Letter To(string address, string subject) =>
        new(
            address,
            subject,
            _text.ToString().TrimEnd() + "\n",
            $"<!doctype html>\n<html lang=\"en\"><head><meta "
                + $"charset=\"utf-8\"><title>{Encode(subject)}</title></head>\n<body>\n{_html}</body></html>\n"
        );

    /// <summary>
    /// A name as nobody's link: on one line, cut to 120 characters, and where a word looks like a web address with a blank
    /// after each dot, slash and colon in it. A mail address stays whole. No character is put in that nobody sees.
    /// </summary>
    public static string Name(string name) =>
        string.Join(
            ' ',
            Line(name)
                .Split(' ')
                .Select(word => LooksLikeLink(word) && !EmailAddress.IsValid(word.Trim('<', '>', '(', ')', ',', ';')) ? Broken(word) : word)
        );

    private static string Line(string name) =>
        Key.Shown(name) is { } line
            ? line.Length > MostShown
                ? Key.Cut(line, MostShown) + "…"
                : line
            : "";

    private static bool LooksLikeLink(string word) => word.AsSpan().TrimEnd("./:").ContainsAny("./:");

    private static string Broken(string word)
    {
        var text = new StringBuilder();
        for (var i = 0; i < word.Length; i++)
        {
            text.Append(word[i]);
            if (word[i] is '.' or '/' or ':' && i + 1 < word.Length)
            {
                text.Append(' ');
            }
        }

        return text.ToString();
    }

    /// <summary>A time for people, in UTC, for a mail is read anywhere.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    /// <summary>A name to sign in with, which people copy: as it is, unless it is written like the address of a page.</summary>
    /// <param name="Name">The user name.</param>
    internal readonly record struct SignInName(string Name)
    {
        /// <summary>As it stands in the letter.</summary>
        public string Shown => Name.AsSpan().ContainsAny('/', ':') ? LetterBody.Name(Name) : Line(Name);
    }
}
