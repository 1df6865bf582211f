using Microsoft.Playwright;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>A page seen as people see it: wide and narrow, light and dark.</summary>
public static class Looks
{
    private const string Overflow = """
        () => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return '';
          return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1)
            .slice(0, 5).map(e => `${e.tagName.toLowerCase()}.${e.className}`).join(', ') || 'something';
        }
        """;

    /// <summary>
    /// Pictures the page in four looks and fails where axe finds something, where it is wider than the window, or where
    /// the browser complained.
    /// </summary>
    /// <param name="site">The site.</param>
    /// <param name="page">The page as it stands; it is not loaded anew.</param>
    /// <param name="name">Name of the pictures.</param>
    public static async Task Good(Site site, IPage page, string name)
    {
        foreach (var width in (int[])[1280, 375])
        {
            await page.SetViewportSizeAsync(width, 800);
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                await Artifacts.Screenshot(page, $"{name}-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}");
                var over = await page.EvaluateAsync<string>(Overflow);
                Assert.True(over.Length == 0, $"{name} is wider than {width} pixels: {over}");
                if (scheme == ColorScheme.Light == (width == 1280))
                {
                    await AxeCheck.NoViolations(page); // both widths and both schemes, in two runs instead of four
                }
            }
        }

        await page.SetViewportSizeAsync(1280, 800);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        Assert.Empty(site.Complaints(page));
    }
}
