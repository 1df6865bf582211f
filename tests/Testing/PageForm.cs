using System.Net;
using System.Text.RegularExpressions;

namespace UserManagement.Testing;

/// <summary>
/// A form of a page with what it would send as it stands: what a browser without scripts does when somebody presses its button.
/// </summary>
/// <param name="Action">The path it posts to.</param>
/// <param name="Fields">Names and values, in their order.</param>
public sealed partial record PageForm(string Action, IReadOnlyList<(string Name, string Value)> Fields)
{
    /// <summary>The forms of a page that post.</summary>
    public static IReadOnlyList<PageForm> Of(string page) =>
        [
            .. Forms()
                .Matches(page)
                .Where(f => Attribute(f.Groups[1].Value, "method") is "post")
                .Select(f => new PageForm(Attribute(f.Groups[1].Value, "action") ?? "", [.. Sent(f.Groups[2].Value)])),
        ];

    /// <summary>The paths on this server to which the links of a page lead.</summary>
    public static IReadOnlyList<string> Links(string page) =>
        [
            .. Anchors()
                .Matches(page)
                .Select(a => Attribute(a.Value, "href"))
                .OfType<string>()
                .Where(h => h.StartsWith('/') && !h.StartsWith("//", StringComparison.Ordinal))
                .Select(h => h.Split('#')[0])
                .Distinct(),
        ];

    /// <summary>The same form with some fields filled in otherwise; null takes a field away.</summary>
    public PageForm With(params (string Name, string? Value)[] over) =>
        this with
        {
            Fields =
            [
                .. Fields.Where(f => over.All(o => o.Name != f.Name)),
                .. over.Where(o => o.Value is not null).Select(o => (o.Name, o.Value!)),
            ],
        };

    /// <summary>What is sent.</summary>
    public FormUrlEncodedContent Content() => new(Fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));

    private static IEnumerable<(string Name, string Value)> Sent(string form)
    {
        foreach (Match control in Controls().Matches(form))
        {
            var tag = control.Groups["tag"].Value;
            if (Attribute(tag, "name") is not { } name || Is(tag, "disabled"))
            {
                continue;
            }

            if (control.Groups["text"].Success)
            {
                yield return (name, WebUtility.HtmlDecode(control.Groups["text"].Value));
            }
            else if (control.Groups["options"].Success)
            {
                var options = Options().Matches(control.Groups["options"].Value).Select(o => o.Value).ToList();
                if ((options.FirstOrDefault(o => Is(o, "selected")) ?? options.FirstOrDefault()) is { } chosen)
                {
                    yield return (name, Attribute(chosen, "value") ?? "");
                }
            }
            else if (Attribute(tag, "type") is not ("checkbox" or "radio") || Is(tag, "checked"))
            {
                yield return (name, Attribute(tag, "value") ?? "");
            }
        }
    }

    private static bool Is(string tag, string name) => Regex.IsMatch(tag, $@"\s{name}(?=[\s=/>])");

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $"\\s{name}=\"([^\"]*)\"") is { Success: true } found ? WebUtility.HtmlDecode(found.Groups[1].Value) : null;

    [GeneratedRegex("<form([^>]*)>(.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<a\\s[^>]*>")]
    private static partial Regex Anchors();

    [GeneratedRegex(
        "(?<tag><textarea[^>]*>)(?<text>.*?)</textarea>|(?<tag><select[^>]*>)(?<options>.*?)</select>|(?<tag><input[^>]*>)",
        RegexOptions.Singleline
    )]
    private static partial Regex Controls();

    [GeneratedRegex("<option[^>]*>")]
    private static partial Regex Options();
}
