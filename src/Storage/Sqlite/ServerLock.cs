using System.Globalization;

namespace UserManagement.Storage.Sqlite;

/// <summary>
/// The claim of one server on a SQLite file: an operating-system lock on a file beside it, which ends with the process
/// even when that is killed. A second file tells the number of the process that holds it, for people.
/// </summary>
internal sealed class ServerLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _pidFile;

    private ServerLock(FileStream held, string pidFile)
    {
        _lock = held;
        _pidFile = pidFile;
    }

    /// <summary>Takes the claim on a database file.</summary>
    /// <exception cref="StorageException">Another server has it, or the folder cannot be written.</exception>
    public static ServerLock Take(string databaseFile)
    {
        var file = Path.GetFullPath(databaseFile);
        var pidFile = file + ".pid";
        FileStream held;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            // FileShare.None is flock(LOCK_EX) here: given up by the kernel, never left behind by a crash.
            held = new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageException(
                $"The folder of {file} cannot be written. Give the server a data folder of its own with --data DIR.",
                e
            );
        }
        catch (IOException e)
        {
            throw new StorageException(
                $"Another server{Holder(pidFile)} holds {file}. One server at a time may use a SQLite file: stop that one, "
                    + "give this one another folder with --data DIR, or use PostgreSQL for several servers.",
                e
            );
        }

        File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new(held, pidFile);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_pidFile);
        _lock.Dispose();
    }

    private static string Holder(string pidFile)
    {
        try
        {
            return int.TryParse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture, out var pid) ? $" (process {pid})" : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
