using Microsoft.Data.Sqlite;
using UserManagement.Membership.Data;
using UserManagement.Storage.Sqlite;

namespace UserManagement.Storage;

/// <summary>A backup that was made.</summary>
/// <param name="Bytes">The file's length.</param>
/// <param name="Sum">Its SHA-256 in hexadecimal, which also stands beside it as <c>FILE.sha256</c>.</param>
public sealed record MadeBackup(long Bytes, string Sum);

/// <summary>
/// Backups of the SQLite database. PostgreSQL has tools of its own for that, which know more than a server could: see
/// <c>docs/operations.md</c>.
/// </summary>
public static class DatabaseBackup
{
    /// <summary>
    /// Makes one while a server runs, of one moment; what is acknowledged before that moment is in it.
    /// </summary>
    /// <param name="settings">Which database.</param>
    /// <param name="file">The backup's file.</param>
    /// <param name="at">The time that is written into it.</param>
    /// <exception cref="StorageException">The database is no SQLite file, there is none, the file is there already, or it cannot be
    /// written.</exception>
    public static MadeBackup Make(StorageSettings settings, string file, DateTimeOffset at)
    {
        var database = FileOf(settings, "backed up", "`pg_dump --format=custom --file FILE`, or pg_basebackup with an archive of the log");
        var sums = file + ".sha256";
        if (!File.Exists(database))
        {
            throw new StorageException($"There is no database {database}.");
        }

        if (new[] { file, sums }.FirstOrDefault(f => Path.Exists(f)) is { } there)
        {
            throw new StorageException($"{there} is there already. A backup overwrites nothing: name another file.");
        }

        var unfinished = file + ".unfinished";
        try
        {
            SqliteFileCopy.Make(database, unfinished);
            SqliteFileCopy.Run(
                unfinished,
                "INSERT INTO marks (name, value, at) VALUES ($name, '', $at) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
                ("$name", Mark.BackedUp),
                ("$at", at.ToUnixTimeMilliseconds())
            );
            SqliteFileCopy.Finish(unfinished);
            var made = new MadeBackup(new FileInfo(unfinished).Length, SqliteFileCopy.Sum(unfinished));
            File.WriteAllText(sums, $"{made.Sum}  {Path.GetFileName(file)}\n");
            File.Move(unfinished, file, overwrite: false);
            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            SqliteFileCopy.Remove(unfinished);
            throw new StorageException($"The backup {file} cannot be written: {e.Message}", e);
        }
        catch
        {
            SqliteFileCopy.Remove(unfinished);
            throw;
        }
    }

    /// <summary>
    /// Puts a backup where the database is, once it was looked through, brought to this version's schema and prepared. Whatever goes
    /// wrong before, the database is as it was; then it takes its place in one step.
    /// </summary>
    /// <param name="settings">Which database.</param>
    /// <param name="file">The backup.</param>
    /// <param name="replaces">Whether it may take the place of a database that is there; that one is kept beside it.</param>
    /// <param name="prepare">What is to be done to it before it is served.</param>
    /// <param name="ct">Stops it before it takes the database's place.</param>
    /// <returns>Where the database that was there is kept; null when there was none.</returns>
    /// <exception cref="StorageException">See the message; nothing was changed.</exception>
    public static async Task<string?> RestoreAsync(
        StorageSettings settings,
        string file,
        bool replaces,
        Func<MembershipSource, Task> prepare,
        CancellationToken ct
    )
    {
        var database = FileOf(
            settings,
            "restored",
            "`createdb NAME`, `pg_restore --dbname NAME --exit-on-error --single-transaction FILE`, `usermanagement migrate`, and then "
                + "`usermanagement restored`, before a server serves it"
        );
        CheckSum(file);
        using var held = ServerLock.Take(database);
        if (File.Exists(database) && !replaces)
        {
            throw new StorageException($"{database} is there. To put the backup in its place give --replace; it is kept beside it.");
        }

        var coming = database + ".restoring";
        try
        {
            SqliteFileCopy.Remove(coming);
            SqliteFileCopy.NewFile(coming);
            File.Copy(file, coming, overwrite: true);
            SqliteFileCopy.Finish(coming);
            await using (
                var source = MembershipSource.Of(
                    settings with
                    {
                        ConnectionString = new SqliteConnectionStringBuilder { DataSource = coming }.ConnectionString,
                    }
                )
            )
            {
                await PrepareAsync(source, file, prepare, ct);
            }

            SqliteFileCopy.Finish(coming);
            ct.ThrowIfCancellationRequested();
            return Replace(database, coming);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{file} cannot be restored: {e.Message} The database is as it was.", e);
        }
        finally
        {
            SqliteFileCopy.Remove(coming);
            File.Delete(coming + ".lock");
        }
    }

    private static async Task PrepareAsync(MembershipSource source, string file, Func<MembershipSource, Task> prepare, CancellationToken ct)
    {
        await using (var db = source.Open())
        {
            if (!(await LaterShape.AppliedAsync(db, ct)).Any(name => name.EndsWith("_Initial", StringComparison.Ordinal)))
            {
                throw new StorageException($"{file} is no backup of this product: it has not its tables.");
            }
        }

        await source.LaterAsync(ct);
        await source.MigrateAsync(ct);
        await source.RekeyAsync(again: false, null, ct);
        await prepare(source);
    }

    private static void CheckSum(string file)
    {
        if (!File.Exists(file))
        {
            throw new StorageException($"There is no file {file}.");
        }

        var sums = file + ".sha256";
        if (!File.Exists(sums))
        {
            throw new StorageException(
                $"There is no {sums}: `backup` wrote the backup's SHA-256 there. If it is lost and you trust the file, make it with `sha256sum`."
            );
        }

        if (!File.ReadAllText(sums).StartsWith(SqliteFileCopy.Sum(file), StringComparison.OrdinalIgnoreCase))
        {
            throw new StorageException($"{file} is not what was backed up: its SHA-256 is another than {sums} says. Nothing was changed.");
        }
    }

    /// <summary>The one that was there is kept as a copy, so that the new one takes its place in one step of the file system.</summary>
    private static string? Replace(string database, string coming)
    {
        string? kept = null;
        if (File.Exists(database))
        {
            try
            {
                SqliteFileCopy.Finish(database); // its log in it: the one file is all of it until the step
            }
            catch (StorageException)
            {
                // it is damaged, which may be why a backup is restored: its log is kept beside it
            }

            kept = $"{database}.before-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}";
            foreach (var end in ((string[])["", "-wal"]).Where(end => File.Exists(database + end)))
            {
                File.Copy(database + end, kept + end, overwrite: false);
            }
        }

        foreach (var end in (string[])["-wal", "-shm", "-journal"])
        {
            File.Delete(database + end); // of the one before, not of the one that comes
        }

        File.Move(coming, database, overwrite: true);
        return kept;
    }

    private static string FileOf(StorageSettings settings, string done, string how) =>
        settings.Provider == StorageProvider.Sqlite
            ? Path.GetFullPath(new SqliteConnectionStringBuilder(settings.ConnectionString).DataSource)
            : throw new StorageException(
                $"PostgreSQL is {done} by its own tools: {how}. docs/operations.md has each step, also for a point in time."
            );
}
