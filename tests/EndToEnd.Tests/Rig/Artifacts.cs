using Microsoft.Playwright;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>What a run leaves to be looked at: <c>test-artifacts/</c> at the root of the repository, not committed.</summary>
public static class Artifacts
{
    /// <summary>The repository's root: the folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where artifacts go; made when it is missing.</summary>
    public static string Folder { get; } = Directory.CreateDirectory(Path.Combine(Root, "test-artifacts")).FullName;

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

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "UserManagement.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run below the folder of UserManagement.sln.");
    }
}
