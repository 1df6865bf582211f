using System.Collections.Concurrent;
using Microsoft.Playwright;
using UserManagement.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(UserManagement.EndToEnd.Tests.Rig.BrowserSession))]

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>
/// One browser for the whole test project; each page gets a context of its own, so cookies are never shared. Take it as a
/// constructor parameter. What the browser complains about (script errors, refused content, failed loads) is kept per page.
/// </summary>
public sealed class BrowserSession : IAsyncLifetime
{
    private static readonly float Longest = (float)Until.Longest.TotalMilliseconds;
    private readonly ConcurrentDictionary<IPage, ConcurrentQueue<string>> complaints = new();
    private readonly Lazy<Task<(IPlaywright Driver, IBrowser Browser)>> started = new(async () =>
    {
        var driver = await Playwright.CreateAsync();
        return (driver, await driver.Chromium.LaunchAsync(Chromium.LaunchOptions));
    });

    /// <summary>Nothing yet: the browser starts with the first page.</summary>
    public ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Longest);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// A page in a fresh context. Close it with <c>await page.Context.CloseAsync()</c>, or leave it to the end of the run.
    /// </summary>
    /// <param name="baseUrl">What relative addresses stand under; null for none.</param>
    /// <param name="width">Window width in CSS pixels.</param>
    /// <param name="height">Window height in CSS pixels.</param>
    /// <param name="dark">Whether the person prefers dark colours.</param>
    /// <param name="script">Whether JavaScript runs.</param>
    public async Task<IPage> NewPageAsync(string? baseUrl = null, int width = 1280, int height = 800, bool dark = false, bool script = true)
    {
        var (_, browser) = await started.Value;
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = baseUrl,
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
                JavaScriptEnabled = script,
                Locale = "en-GB",
                TimezoneId = "UTC",
            }
        );
        context.SetDefaultTimeout(Longest); // a loaded machine is slow, not wrong
        var page = await context.NewPageAsync();
        var heard = complaints[page] = new ConcurrentQueue<string>();
        var visited = new ConcurrentDictionary<string, bool>();
        page.Response += (_, answer) =>
        {
            if (answer.Request.IsNavigationRequest)
            {
                visited[answer.Url] = true;
            }
        };
        page.Console += (_, message) =>
        {
            // The status of a page is the test's own business; what the page loads is not.
            var isPage =
                message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
                && visited.Keys.Any(url => message.Location.StartsWith(url + ":", StringComparison.Ordinal));
            if (message.Type == "error" && !isPage)
            {
                heard.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => heard.Enqueue(error);
        return page;
    }

    /// <summary>
    /// What the browser complained about on this page so far: script errors, refusals by the content security policy, failed loads.
    /// </summary>
    public IReadOnlyList<string> Complaints(IPage page) => complaints.TryGetValue(page, out var heard) ? [.. heard] : [];

    /// <summary>Closes the browser, if it was ever started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated)
        {
            var (driver, browser) = await started.Value;
            await browser.CloseAsync();
            driver.Dispose();
        }
    }
}
