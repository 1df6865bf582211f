using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using UserManagement.Testing;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>What a run leaves to be looked at: <c>test-artifacts/</c> at the root of the repository, not committed.</summary>
public static class Artifacts
{
    /// <summary>The most of a page that is pictured, in CSS pixels from its top.</summary>
    public const int Tallest = 1800;

    /// <summary>Where artifacts go; made when it is missing.</summary>
    public static string Folder { get; } = Directory.CreateDirectory(Repository.At("test-artifacts")).FullName;

    /// <summary>
    /// Whether pictures are taken that nobody asked for by name: a whole run of <c>./test</c> takes none but of what fails, for each costs as
    /// much as the page.
    /// </summary>
    public static bool Wanted { get; } = Environment.GetEnvironmentVariable("USERMANAGEMENT_TEST_PICTURES") != "0";

    private static readonly ConcurrentDictionary<string, bool> Taken = new();
    private static readonly ConditionalWeakTable<IPage, Task<ICDPSession>> Tools = [];

    /// <summary>
    /// Pictures what the window shows, and overwrites an older run's picture of that name. A second one of the same name is not taken:
    /// it is the same page on the other database.
    /// </summary>
    /// <param name="page">What to picture.</param>
    /// <param name="name">File name without extension, such as <c>member-page-dark</c>.</param>
    /// <param name="always">Whether it is taken where none are <see cref="Wanted"/> too.</param>
    /// <returns>The file, which is there where the picture was taken.</returns>
    public static async Task<string> Screenshot(IPage page, string name, bool always = false)
    {
        var file = Path.Combine(Folder, name + ".png");
        if ((Wanted || always) && Taken.TryAdd(name, true))
        {
            await File.WriteAllBytesAsync(file, await PictureAsync(page));
        }

        return file;
    }

    // Asked of the browser itself. Playwright's own picture stops animations first, of which there are none here (reduced motion), and waits
    // for fonts: styles and layout are computed anew, which costs ten times as much as the picture.
    private static async Task<byte[]> PictureAsync(IPage page)
    {
        // One for a page's life: the end of a session takes the virtual authenticator of another with it.
        var tools = await Tools.GetValue(page, p => p.Context.NewCDPSessionAsync(p));
        var answer = await tools.SendAsync("Page.captureScreenshot", new() { ["format"] = "png", ["optimizeForSpeed"] = true });
        return answer!.Value.GetProperty("data").GetBytesFromBase64();
    }
}
