namespace UserManagement.Testing;

/// <summary>Folders for a test's files, below one folder per process that goes when the process ends.</summary>
public static class TestFolder
{
    private static readonly Lazy<string> Made = new(() =>
    {
        var root = Directory.CreateTempSubdirectory("usermanagement-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                Directory.Delete(root, recursive: true);
            }
            catch (IOException)
            {
                // A server that still writes there: the system's own temp cleaning takes the rest.
            }
        };
        return root;
    });

    /// <summary>The process's own folder.</summary>
    public static string Root => Made.Value;

    /// <summary>A new empty folder, as a data folder for a server under test.</summary>
    public static string New() => Directory.CreateDirectory(Path.Combine(Root, Guid.CreateVersion7().ToString("N"))).FullName;
}
