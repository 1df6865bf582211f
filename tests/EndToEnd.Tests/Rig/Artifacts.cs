using Microsoft.Playwright;
using UserManagement.Testing;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>What a run leaves to be looked at: <c>test-artifacts/</c> at the root of the repository, not committed.</summary>
public static class Artifacts
{
    /// <summary>Where artifacts go; made when it is missing.</summary>
    public static string Folder { get; } = Directory.CreateDirectory(Repository.At("test-artifacts")).FullName;

    private const int Tallest = 1800;

    /// <summary>Pictures the page, below the fold too up to 1,800 pixels, and overwrites an older picture of that name.</summary>
    /// <param name="page">What to picture.</param>
    /// <param name="name">File name without extension, such as <c>member-page-dark</c>.</param>
    /// <returns>The file.</returns>
    public static async Task<string> Screenshot(IPage page, string name)
    {
        var file = Path.Combine(Folder, name + ".png");
        var picture = await PictureAsync(page);
        var own = Path.Combine(Folder, Path.GetRandomFileName()); // the same page is pictured on each database, perhaps at the same time
        await File.WriteAllBytesAsync(own, picture);
        File.Move(own, file, overwrite: true);
        return file;
    }

    // A window of the page's height is drawn whole before anything is cut from it: for a page of a hundred thousand pixels that takes a minute.
    private static async Task<byte[]> PictureAsync(IPage page)
    {
        var whole = new PageScreenshotOptions { FullPage = true, Animations = ScreenshotAnimations.Disabled };
        var height = await page.EvaluateAsync<int>("() => document.documentElement.scrollHeight");
        if (height <= Tallest)
        {
            return await page.ScreenshotAsync(whole);
        }

        var size = page.ViewportSize!;
        await page.SetViewportSizeAsync(size.Width, Tallest);
        var picture = await page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled });
        await page.SetViewportSizeAsync(size.Width, size.Height);
        return picture;
    }
}
