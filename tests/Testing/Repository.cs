using System.Diagnostics;

namespace UserManagement.Testing;

/// <summary>The working tree that the tests were built from.</summary>
public static class Repository
{
    private static readonly HashSet<string> Made = ["bin", "obj", "data", "node_modules", "TestResults", "test-artifacts"];

    /// <summary>Full path of the folder that holds <c>UserManagement.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Full path of something in the tree.</summary>
    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>
    /// Paths of all committed and all new unignored files, relative to the root, with forward slashes. Where the tree came
    /// without its history, every file outside the folders that builds and runs make.
    /// </summary>
    public static async Task<IReadOnlyList<string>> FilesAsync()
    {
        if (!Path.Exists(At(".git")))
        {
            return
            [
                .. Directory
                    .EnumerateFiles(Root, "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                    .Where(file => !file.Split('/').Any(Made.Contains)),
            ];
        }

        // The tree may belong to another user than the one who tests, as on build machines; listing it is harmless.
        var start = new ProcessStartInfo(
            "git",
            ["-c", "safe.directory=*", "-c", "core.quotePath=off", "-C", Root, "ls-files", "--cached", "--others", "--exclude-standard"]
        )
        {
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        var listed = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return git.ExitCode == 0
            ? [.. listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(file => File.Exists(At(file)))]
            : throw new InvalidOperationException($"git ls-files ended with {git.ExitCode}");
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
