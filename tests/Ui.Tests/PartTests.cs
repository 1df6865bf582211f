using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using UserManagement.Ui.Parts;

namespace UserManagement.Ui.Tests;

/// <summary>Single parts whose markup depends on their values.</summary>
public sealed class PartTests
{
    [Theory]
    [InlineData(12, 25L, "meter-accent", "width=\"48\"")]
    [InlineData(23, 25L, "meter-warning", "width=\"92\"")]
    [InlineData(25, 25L, "meter-danger", "width=\"100\"")]
    [InlineData(30, 25L, "meter-danger", "width=\"100\"")]
    [InlineData(0, 0L, "meter-danger", "width=\"0\"")]
    public async Task A_meter_turns_amber_near_and_red_at_its_limit(long used, long? limit, string css, string width)
    {
        var html = await Render<Meter>(
            new()
            {
                ["Label"] = "Seats",
                ["Used"] = used,
                ["Limit"] = limit,
            }
        );
        Assert.Contains(css, html, StringComparison.Ordinal);
        Assert.Contains(width, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_meter_without_a_limit_shows_the_number_alone()
    {
        var html = await Render<Meter>(new() { ["Label"] = "Members", ["Used"] = 1204L });
        Assert.Contains("1,204", html, StringComparison.Ordinal);
        Assert.DoesNotContain("role=\"meter\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada@example.com", "<bdi>ada<wbr>@example.com</bdi>")]
    [InlineData("ada", "<bdi>ada</bdi>")]
    [InlineData("@ada", "<bdi>@ada</bdi>")]
    [InlineData("<b>@x", "<bdi>&lt;b&gt;<wbr>@x</bdi>")]
    public async Task An_address_breaks_before_its_at_sign(string address, string html) =>
        Assert.Equal(
            html,
            (await Render<Address>(new() { ["Of"] = address })).Trim().Replace("<wbr />", "<wbr>", StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("Ask us.", "Ask us.")]
    [InlineData(
        "See https://acme.test/prices.",
        "See <a href=\"https://acme.test/prices\" rel=\"noopener noreferrer\">acme.test/prices</a>."
    )]
    [InlineData(
        "(https://acme.test/a?b=1&c) or so",
        "(<a href=\"https://acme.test/a?b=1&amp;c\" rel=\"noopener noreferrer\">acme.test/a?b=1&amp;c</a>) or so"
    )]
    [InlineData("http://acme.test and javascript:alert(1)", "http://acme.test and javascript:alert(1)")]
    [InlineData("https://a\"onclick=x <b>", "<a href=\"https://a\" rel=\"noopener noreferrer\">a</a>&quot;onclick=x &lt;b&gt;")]
    public async Task An_address_in_a_sentence_is_a_link_and_nothing_else_is(string text, string html) =>
        Assert.Equal(html, (await Render<LinkedText>(new() { ["Text"] = text })).Trim());

    [Fact]
    public async Task An_unsorted_column_has_no_aria_sort()
    {
        Assert.DoesNotContain(
            "aria-sort",
            await Render<SortHeader>(new() { ["Label"] = "Name", ["Href"] = "?" }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "aria-sort=\"descending\"",
            await Render<SortHeader>(
                new()
                {
                    ["Label"] = "Name",
                    ["Href"] = "?",
                    ["Direction"] = SortDirection.Descending,
                }
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_moment_reads_in_UTC_without_script_and_null_has_its_word()
    {
        var at = new DateTimeOffset(2026, 3, 1, 23, 30, 0, TimeSpan.FromHours(-5));
        Assert.Contains(
            "datetime=\"2026-03-02T04:30:00.000Z\"",
            await Render<RelativeTime>(new() { ["At"] = at }),
            StringComparison.Ordinal
        );
        Assert.Contains("2 Mar 2026, 04:30 UTC", await Render<RelativeTime>(new() { ["At"] = at }), StringComparison.Ordinal);
        Assert.Contains("Never", await Render<RelativeTime>(new() { ["At"] = null }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_never_written_into_the_page()
    {
        var html = await Render<PasswordInput>(
            new()
            {
                ["Name"] = "password",
                ["Id"] = "p",
                ["Value"] = "correct horse",
            }
        );
        Assert.DoesNotContain("correct horse", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_area_keeps_a_first_empty_line()
    {
        var html = await Render<TextArea>(
            new()
            {
                ["Name"] = "n",
                ["Id"] = "n",
                ["Value"] = "\nsecond",
            }
        );
        Assert.Contains(">\n\nsecond</textarea>", System.Net.WebUtility.HtmlDecode(html), StringComparison.Ordinal);
    }

    private static async Task<string> Render<T>(Dictionary<string, object?> parameters)
        where T : IComponent
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString()
        );
    }
}
