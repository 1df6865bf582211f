using Xunit;
using Xunit.Sdk;

namespace UserManagement.EndToEnd.Tests.Rig;

public class BrowserSessionTests(BrowserSession browser)
{
    private const string Sound =
        "<!doctype html><html lang='en'><head><title>Sound</title></head><body><main><h1>People</h1><label>Name <input></label></main></body></html>";

    [Fact]
    public async Task A_sound_page_passes_axe_and_leaves_a_picture()
    {
        var page = await browser.NewPageAsync();
        await page.SetContentAsync(Sound);
        await AxeCheck.NoViolations(page);
        var picture = new FileInfo(await Artifacts.Screenshot(page, "rig-sound-page", always: true));
        Assert.True(picture.Length > 1000);
        Assert.Empty(browser.Complaints(page));
    }

    [Fact]
    public async Task An_input_without_a_label_fails_axe()
    {
        var page = await browser.NewPageAsync();
        await page.SetContentAsync(Sound.Replace("<label>Name <input></label>", "<input>", StringComparison.Ordinal));
        var failure = await Assert.ThrowsAsync<TrueException>(() => AxeCheck.NoViolations(page));
        Assert.Contains("label", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_error_is_kept_as_a_complaint()
    {
        var page = await browser.NewPageAsync();
        await page.SetContentAsync("<script>throw new Error('spilled')</script>");
        Assert.Contains(browser.Complaints(page), complaint => complaint.Contains("spilled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_share_no_cookies_and_follow_the_wished_window()
    {
        var first = await browser.NewPageAsync(width: 390, dark: true);
        await first.Context.AddCookiesAsync([
            new()
            {
                Name = "a",
                Value = "1",
                Url = "http://localhost/",
            },
        ]);
        var second = await browser.NewPageAsync();
        Assert.Empty(await second.Context.CookiesAsync());
        Assert.Equal(390, await first.EvaluateAsync<int>("innerWidth"));
        Assert.True(await first.EvaluateAsync<bool>("matchMedia('(prefers-color-scheme: dark)').matches"));
    }
}
