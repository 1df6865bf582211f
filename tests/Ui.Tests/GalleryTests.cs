using System.Net;
using System.Text.RegularExpressions;

namespace UserManagement.Ui.Tests;

/// <summary>The rendered HTML of every part keeps the rules of the room.</summary>
public sealed partial class GalleryTests(GalleryServer server) : IClassFixture<GalleryServer>
{
    private static readonly string Hostile = Uri.EscapeDataString(GalleryApp.HostileName);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Pages =>
        [
            "/gallery",
            $"/gallery?name={Hostile}",
            "/gallery?dir=rtl&theme=dark",
            "/gallery/signin?error=Wrong",
            $"/gallery/remove?name={Hostile}",
            "/error/404",
            "/error/410?expired=true",
            "/error/500",
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Nothing_inline_that_the_policy_would_stop(string path)
    {
        var html = await Html(path);

        Assert.StartsWith("<!DOCTYPE html>", html.TrimStart(), StringComparison.Ordinal);
        Assert.DoesNotMatch(@"<style|\sstyle=", html);
        Assert.DoesNotMatch(@"<[^>]*\son[a-z]+\s*=", WithoutValues(html));
        Assert.DoesNotContain("javascript:", html, StringComparison.OrdinalIgnoreCase);
        var script = Assert.Single(Scripts().Matches(html));
        Assert.Equal($"""<script type="module" src="{UiAssets.Url("ui.js")}"></script>""", script.Value);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Ids_are_unique_and_every_reference_finds_its_element(string path)
    {
        var html = await Html(path);
        var ids = Ids().Matches(html).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());

        var wanted = References().Matches(html).SelectMany(m => m.Groups[1].Value.Split(' ')).Distinct().ToList();
        Assert.NotEmpty(ids);
        Assert.Empty(wanted.Except(ids));
    }

    [Fact]
    public async Task A_hostile_name_is_text_wherever_it_stands()
    {
        var html = await Html($"/gallery?name={Hostile}");
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.True(html.Split("&lt;script&gt;alert(1)&lt;/script&gt;").Length > 10, "The name should stand in more than ten places.");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_page_has_one_h1_or_more_a_title_a_language_and_a_main(string path)
    {
        var html = await Html(path);
        Assert.Matches("<html lang=\"en\" dir=\"(ltr|rtl)\"", html);
        Assert.Matches("<title>[^<]+</title>", html);
        Assert.Contains("<h1>", html, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(html, "<main "));
        Assert.Contains("href=\"#main\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_input_has_a_name_for_screen_readers()
    {
        var html = await Html("/gallery");
        var labelled = Regex.Matches(html, "<label[^>]* for=\"([^\"]+)\"").Select(m => m.Groups[1].Value).ToHashSet();
        foreach (Match input in Regex.Matches(html, "<(input|select|textarea)[^>]*>"))
        {
            if (
                input.Value.Contains("type=\"hidden\"", StringComparison.Ordinal)
                || input.Value.Contains("aria-label=", StringComparison.Ordinal)
            )
            {
                continue;
            }

            var id = Regex.Match(input.Value, " id=\"([^\"]+)\"").Groups[1].Value;
            Assert.Contains(id, labelled);
        }
    }

    [Theory]
    [InlineData("um-theme=dark", "data-theme=\"dark\"")]
    [InlineData("um-theme=light", "data-theme=\"light\"")]
    public async Task The_chosen_theme_is_in_the_first_paint(string cookie, string attribute)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/gallery");
        request.Headers.Add("Cookie", cookie);
        using var answer = await server.Client.SendAsync(request, Stop);
        Assert.Contains(attribute, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_theme_cookie_with_other_words_is_ignored()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/gallery");
        request.Headers.Add("Cookie", "um-theme=%22%3E%3Cscript%3E");
        using var answer = await server.Client.SendAsync(request, Stop);
        Assert.DoesNotContain("data-theme=", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_passes_with_its_token_and_cookie_and_not_without()
    {
        using var page = await server.Client.GetAsync("/gallery", Stop);
        var cookie = Assert.Single(page.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith(UiSetup.AntiforgeryCookie + "=", cookie, StringComparison.Ordinal);
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        var token = Regex
            .Match(await page.Content.ReadAsStringAsync(Stop), "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")
            .Groups[1]
            .Value;

        Assert.Equal(HttpStatusCode.Redirect, await Post(cookie.Split(';')[0], token));
        Assert.Equal(HttpStatusCode.BadRequest, await Post(null, token));
        Assert.Equal(HttpStatusCode.BadRequest, await Post(cookie.Split(';')[0], ""));

        async Task<HttpStatusCode> Post(string? withCookie, string withToken)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/gallery/save")
            {
                Content = new FormUrlEncodedContent([new("__RequestVerificationToken", withToken)]),
            };
            if (withCookie is not null)
            {
                request.Headers.Add("Cookie", withCookie);
            }

            using var answer = await server.Client.SendAsync(request, Stop);
            return answer.StatusCode;
        }
    }

    private async Task<string> Html(string path)
    {
        using var answer = await server.Client.GetAsync(path, Stop);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    /// <summary>Attribute values out, so that encoded text that only looks like an attribute is not taken for one.</summary>
    private static string WithoutValues(string html) => Regex.Replace(html, "=\"[^\"]*\"", "=");

    [GeneratedRegex("<script[^>]*>.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("<[^>]*? id=\"([^\"]*)\"")]
    private static partial Regex Ids();

    [GeneratedRegex("(?:popovertarget|aria-labelledby|aria-describedby|aria-controls|data-dialog-open|data-live-search| for)=\"([^\"]+)\"")]
    private static partial Regex References();
}
