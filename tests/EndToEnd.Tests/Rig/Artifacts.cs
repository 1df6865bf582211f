using Microsoft.Playwright;
using UserManagement.Testing;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>What a run leaves to be looked at: <c>test-artifacts/</c> at the root of the repository, not committed.</summary>
public static class Artifacts
{
    /// <summary>Where artifacts go; made when it is missing.</summary>
    public static string Folder { get; } = Directory.CreateDirectory(Repository.At("test-artifacts")).FullName;

    /// <summary>Pictures the whole page, below the fold too, and overwrites an older picture of that name.</summary>
    /// <param name="page">What to picture.</param>
    /// <param name="name">File name without extension, such as <c>member-page-dark</c>.</param>
    /// <returns>The file.</returns>
    public static async Task<string> Screenshot(IPage page, string name)
    {
        var file = Path.Combine(Folder, name + ".png");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = file, FullPage = true, Animations = ScreenshotAnimations.Disabled });
        return file;
    }
}
