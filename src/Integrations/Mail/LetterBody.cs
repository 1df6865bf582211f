using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Builds the two forms of a letter side by side. What people chose (names) is text in both: encoded in the HTML, and
/// broken in the plain form where a mail program would make a link of it.
/// </summary>
internal sealed class LetterBody
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _html = new();

    /// <summary>A paragraph of our own words, with names put in by <see cref="Name"/>.</summary>
    public LetterBody Say(FormattableString sentence)
    {
        var names = sentence.GetArguments().Select(a => a?.ToString() ?? "").ToArray();
        _text.Append(string.Format(CultureInfo.InvariantCulture, sentence.Format, [.. names.Select(Name)])).Append("\n\n");
        _html.Append("<p>").Append(string.Format(CultureInfo.InvariantCulture, Encode(sentence.Format), [.. names.Select(n => "<b>" + Encode(Name(n)) + "</b>")])).Append("</p>\n");
        return this;
    }

    /// <summary>The one link of the letter.</summary>
    public LetterBody Link(string label, string url)
    {
        _text.Append(url).Append("\n\n");
        _html.Append("<p><a href=\"").Append(Encode(url)).Append("\">").Append(Encode(label)).Append("</a></p>\n<p><small>").Append(Encode(url)).Append("</small></p>\n");
        return this;
    }

    /// <summary>The letter.</summary>
    public Letter To(string address, string subject) => new(
        address,
        subject,
        _text.ToString().TrimEnd() + "\n",
        $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Encode(subject)}</title></head>\n<body>\n{_html}</body></html>\n");

    /// <summary>
    /// A name as nobody's link: on one line, cut to 120 characters, and with a zero-width break after each dot, slash,
    /// colon and at sign, by which mail programs tell an address.
    /// </summary>
    public static string Name(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name.Length > 120 ? name[..120] + "…" : name)
        {
            text.Append(char.IsControl(c) ? ' ' : c);
            if (c is '.' or '/' or ':' or '@')
            {
                text.Append('\u200B');
            }
        }

        return text.ToString();
    }

    /// <summary>A time for people, in UTC, for a mail is read anywhere.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
