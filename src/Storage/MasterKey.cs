using System.Security.Cryptography;

namespace UserManagement.Storage;

/// <summary>
/// The installation's master key, at least 32 bytes. It seals what the database keeps secret, so it never stands in the
/// database: made into the data folder for SQLite, given by the operator for PostgreSQL.
/// </summary>
public static class MasterKey
{
    /// <summary>The file in the data folder.</summary>
    public const string FileName = "master.key";

    /// <summary>The file with the second key, there while master keys are changed.</summary>
    public const string OtherFileName = "master.key.other";

    /// <summary>Finds the key: the one given, the one in the file given, else the data folder's own.</summary>
    /// <param name="given">The key in base64, or null.</param>
    /// <param name="file">A file that holds it in base64, or null.</param>
    /// <param name="folder">The data folder in which one may be made; null where the operator must give one.</param>
    /// <exception cref="StorageException">There is none, or it is none.</exception>
    public static byte[] Find(string? given, string? file, string? folder)
    {
        if (given is not null)
        {
            return Read(given, "MasterKey");
        }

        if (file is not null)
        {
            return Read(Text(file), $"The file {file}");
        }

        return folder is null
            ? throw new StorageException(
                "PostgreSQL needs a master key, and there is none. Make one with `openssl rand -base64 32`, keep it apart from "
                    + "the database and its "
                    + "backups, and give it as --MasterKeyFile FILE or as the environment variable USERMANAGEMENT_MASTERKEY. "
                    + "All servers of one database share it."
            )
            : OfFolder(folder);
    }

    /// <summary>Finds the second key, which opens what it sealed and seals nothing; null where there is none.</summary>
    /// <param name="given">The key in base64, or null.</param>
    /// <param name="file">A file that holds it in base64, or null.</param>
    /// <param name="folder">The data folder in which one may lie; null where the operator gives keys.</param>
    /// <exception cref="StorageException">It is none.</exception>
    public static byte[]? FindOther(string? given, string? file, string? folder) =>
        given is not null ? Read(given, "MasterKeyOther")
        : file is not null ? Read(Text(file), $"The file {file}")
        : folder is not null && Path.Combine(folder, OtherFileName) is var own && File.Exists(own) ? Read(Text(own), $"The file {own}")
        : null;

    /// <summary>Makes a new key in the data folder; the one before stays beside it as the second one.</summary>
    /// <exception cref="StorageException">There is no key, or a change is under way.</exception>
    public static void Renew(string folder)
    {
        var (file, other) = (Path.Combine(folder, FileName), Path.Combine(folder, OtherFileName));
        if (!File.Exists(file))
        {
            throw new StorageException($"There is no {file}: a master key is made there at the first start.");
        }

        if (File.Exists(other))
        {
            throw new StorageException(
                $"A change is under way: {other} is there. Start the server, run `key rotate`, and delete that file once it says that nothing is left."
            );
        }

        var unfinished = Write(folder);
        File.Move(file, other, overwrite: false);
        File.Move(unfinished, file, overwrite: false); // a stop between the two: the next start makes a key, and both are valid
    }

    /// <summary>A new key under a name of its own.</summary>
    private static string Write(string folder)
    {
        var unfinished = Path.Combine(folder, $".{FileName}.{Environment.ProcessId}");
        var open = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(unfinished, open);
        using var writer = new StreamWriter(stream);
        writer.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        writer.Flush();
        stream.Flush(flushToDisk: true);
        return unfinished;
    }

    private static byte[] OfFolder(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(folder);
            var unfinished = Write(folder);

            try
            {
                File.Move(unfinished, file, overwrite: false); // whole or not there; of two starts the first one's key stays
            }
            catch (IOException) when (File.Exists(file))
            {
                File.Delete(unfinished);
            }
        }

        return Read(Text(file), $"The file {file}");
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The file {file} with the master key cannot be read: {e.Message}", e);
        }
    }

    private static byte[] Read(string text, string where)
    {
        var trimmed = text.Trim();
        var key = new byte[trimmed.Length];
        return Convert.TryFromBase64String(trimmed, key, out var length) && length >= 32
            ? key[..length]
            : throw new StorageException(
                $"{where} holds no master key: at least 32 bytes in base64 are wanted, as `openssl rand -base64 32` prints them."
            );
    }
}
