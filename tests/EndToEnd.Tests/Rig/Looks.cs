using System.Collections.Concurrent;
using Microsoft.Playwright;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>A page seen as people see it: in a wide window of light colours, and in a narrow one of dark colours.</summary>
public static class Looks
{
    private const int Height = 800;

    private static readonly ConcurrentDictionary<string, (string Test, Database Kind)> Seen = new();

    // A transition, however short, goes on with the next frame that is drawn, and where nobody looks none is.
    private const string Settle =
        "() => { for (let i = 0; i < 10 && document.getAnimations().length; i++) document.getAnimations().forEach(a => a.finish()); }";

    private const string Overflow = """
        () => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return '';
          return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1)
            .slice(0, 5).map(e => `${e.tagName.toLowerCase()}.${e.className}`).join(', ') || 'something';
        }
        """;

    /// <summary>
    /// Pictures the page wide and light, narrow and dark (see <see cref="Artifacts.Wanted"/>), and fails where axe finds something, where it is wider than the window, or
    /// where the browser complained. (Nothing but colours differs between the two schemes: <c>UiAssetsTests</c>.) The same page of the
    /// same test on the other database is not looked at again, for it is made of the same rows.
    /// </summary>
    /// <param name="site">The site.</param>
    /// <param name="page">The page as it stands, in a wide light window; it is not loaded anew.</param>
    /// <param name="name">Name of the pictures.</param>
    public static async Task Good(Site site, IPage page, string name)
    {
        var test = TestContext.Current.TestMethod?.MethodName ?? "";
        var first = Seen.GetOrAdd(name, (test, site.Database.Kind));
        Assert.True(first.Test == test, $"{name} is the name of another test's page, of {first.Test}");
        if (first.Kind == site.Database.Kind)
        {
            await LookAsync(page, name);
        }

        Assert.Empty(site.Complaints(page));
    }

    private static async Task LookAsync(IPage page, string name)
    {
        await page.WaitForLoadStateAsync(); // a press that leads on returns when the next page begins
        try
        {
            var height = await page.EvaluateAsync<int>("() => document.documentElement.scrollHeight");
            await LookAsync(page, name, 1280, Math.Clamp(height, Height, Artifacts.Tallest), ColorScheme.Light);
            await LookAsync(page, name, 375, Artifacts.Tallest, ColorScheme.Dark);
        }
        finally
        {
            await TurnAsync(page, 1280, Height, ColorScheme.Light);
        }
    }

    private static async Task LookAsync(IPage page, string name, int width, int height, ColorScheme scheme)
    {
        await TurnAsync(page, width, height, scheme);
        await page.EvaluateAsync(Settle);
        var picture = $"{name}-{width}-{(scheme == ColorScheme.Light ? "light" : "dark")}";
        await Artifacts.Screenshot(page, picture);
        try
        {
            var over = await page.EvaluateAsync<string>(Overflow);
            Assert.True(over.Length == 0, $"{name} is wider than {width} pixels: {over}");
            await AxeCheck.NoViolations(page);
        }
        catch
        {
            await Artifacts.Screenshot(page, picture, always: true);
            throw;
        }
    }

    // At once, and only where something changes: each change lays the page out and draws it anew.
    private static async Task TurnAsync(IPage page, int width, int height, ColorScheme scheme)
    {
        if (page.ViewportSize is not { } now || now.Width != width || now.Height != height)
        {
            await Task.WhenAll(page.SetViewportSizeAsync(width, height), page.EmulateMediaAsync(new() { ColorScheme = scheme }));
        }
    }
}
