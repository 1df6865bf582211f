using System.Net;
using System.Text.RegularExpressions;

namespace UserManagement.Ui.Tests;

/// <summary>Assets reach the browser whole, with a type it accepts under nosniff, and stay cached.</summary>
public sealed partial class UiAssetsTests(GalleryServer server) : IClassFixture<GalleryServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. UiAssets.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_asset_answers_with_its_bytes_and_type_and_may_be_kept_for_ever(string name)
    {
        using var answer = await server.Client.GetAsync(UiAssets.Url(name), Stop);
        var body = await answer.Content.ReadAsByteArrayAsync(Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(body.Length > 50, $"{name} has {body.Length} bytes");
        Assert.Equal(
            Path.GetExtension(name) switch
            {
                ".css" => "text/css",
                ".js" => "text/javascript",
                _ => "image/svg+xml",
            },
            answer.Content.Headers.ContentType?.MediaType
        );
        Assert.Contains("immutable", answer.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_browser_that_takes_brotli_gets_the_same_bytes_packed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, UiAssets.Url("parts.css"));
        request.Headers.Add("Accept-Encoding", "gzip, br");
        using var answer = await server.Client.SendAsync(request, Stop);
        Assert.Equal("br", answer.Content.Headers.ContentEncoding.Single());

        await using var unpacked = new System.IO.Compression.BrotliStream(
            await answer.Content.ReadAsStreamAsync(Stop),
            System.IO.Compression.CompressionMode.Decompress
        );
        using var reader = new StreamReader(unpacked);
        Assert.Equal(await server.Client.GetStringAsync(UiAssets.Url("parts.css"), Stop), await reader.ReadToEndAsync(Stop));
    }

    [Fact]
    public async Task A_page_of_another_version_still_finds_its_files_but_does_not_keep_them()
    {
        using var answer = await server.Client.GetAsync("/ui/0000000000000000/ui.js", Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoCache);
    }

    [Theory]
    [InlineData("nothing.css")]
    [InlineData("../UiAssets.cs")]
    [InlineData("%2e%2e/appsettings.json")]
    public async Task A_name_that_is_no_asset_is_not_found(string name)
    {
        using var answer = await server.Client.GetAsync($"/ui/{UiAssets.Version}/{name}", Stop);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Throws<ArgumentException>(() => UiAssets.Url(name));
    }

    [Fact]
    public async Task Every_import_and_url_inside_an_asset_names_an_asset()
    {
        foreach (var name in UiAssets.Names)
        {
            var text = await server.Client.GetStringAsync(UiAssets.Url(name), Stop);
            foreach (Match reference in Reference().Matches(text))
            {
                Assert.Contains(reference.Groups[1].Value, UiAssets.Names);
            }
        }
    }

    [Fact]
    public async Task Every_colour_token_that_a_style_sheet_uses_is_defined()
    {
        var sheets = new List<string>();
        foreach (var name in UiAssets.Names.Where(n => n.EndsWith(".css", StringComparison.Ordinal)))
        {
            sheets.Add(await server.Client.GetStringAsync(UiAssets.Url(name), Stop));
        }

        var all = string.Join('\n', sheets);
        var defined = TokenDefinition().Matches(all).Select(m => m.Groups[1].Value).ToHashSet();
        var used = TokenUse().Matches(all).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(used);
        Assert.Empty(used.Except(defined));
    }

    /// <summary>So that who looks at a layout in one scheme has seen it in both: light-dark() is for colours alone.</summary>
    [Fact]
    public async Task Nothing_but_colours_differs_between_the_light_and_the_dark_scheme()
    {
        foreach (var name in UiAssets.Names.Where(n => n.EndsWith(".css", StringComparison.Ordinal)))
        {
            var sheet = await server.Client.GetStringAsync(UiAssets.Url(name), Stop);
            Assert.DoesNotContain("prefers-color-scheme", sheet, StringComparison.Ordinal);
            Assert.All(ThemeRule().Matches(sheet), rule => Assert.Equal(rule.Groups[1].Value, rule.Groups[2].Value));
            Assert.Equal(ThemeRule().Count(sheet), Regex.Count(sheet, "data-theme"));
        }
    }

    [GeneratedRegex("(?:from |import |url\\()\"\\./([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex(@"(--[a-z0-9-]+)\s*:")]
    private static partial Regex TokenDefinition();

    [GeneratedRegex("(?m)^:root\\[data-theme=\"(light|dark)\"\\] \\{ color-scheme: (light|dark); \\}$")]
    private static partial Regex ThemeRule();

    [GeneratedRegex(@"var\((--[a-z0-9-]+)")]
    private static partial Regex TokenUse();
}
