using Microsoft.Playwright;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>The system's own browser. Nothing is downloaded: <c>./test</c> installs Debian's package.</summary>
public static class Chromium
{
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

    /// <summary>The first browser on PATH. The one without windows draws the same pages for a third of the work.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Executable { get; } = Find();

    /// <summary>
    /// How it is started: as root in a container there is no sandbox, and a browser that looks for updates or speaks QUIC
    /// makes a test depend on the network.
    /// </summary>
    public static BrowserTypeLaunchOptions LaunchOptions =>
        new()
        {
            ExecutablePath = Executable,
            Headless = true,
            Args =
            [
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        };

    private static string Find() =>
        Names
            .SelectMany(name =>
                (Environment.GetEnvironmentVariable("PATH") ?? "")
                    .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                    .Select(folder => Path.Combine(folder, name))
            )
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            "No chromium on PATH. ./test installs it; by hand: apt-get install chromium-headless-shell."
        );
}
