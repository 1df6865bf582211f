using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace UserManagement.Storage.Sqlite;

/// <summary>
/// Copies of a whole SQLite database as one file. A copy is made under a name of its own, looked through (<c>PRAGMA integrity_check</c>),
/// brought to the disk, and only then bears its name: there is a whole one or none.
/// </summary>
internal static class SqliteFileCopy
{
    /// <summary>Copies the database as it is at one moment, while others write (SQLite's online backup).</summary>
    /// <param name="database">The database's file.</param>
    /// <param name="copy">The copy's file, which is made or overwritten.</param>
    public static void Make(string database, string copy)
    {
        Remove(copy);
        NewFile(copy);
        using (var from = Open(database, SqliteOpenMode.ReadWrite)) // reading a log that nobody has opened makes its index
        using (var to = Open(copy, SqliteOpenMode.ReadWriteCreate))
        {
            from.BackupDatabase(to);
        }
    }

    /// <summary>Runs a statement on a file that nobody else has open.</summary>
    public static void Run(string file, string sql, params (string Name, object Value)[] values)
    {
        using var connection = Open(file, SqliteOpenMode.ReadWrite);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        values.ToList().ForEach(v => command.Parameters.AddWithValue(v.Name, v.Value));
        command.ExecuteNonQuery();
    }

    /// <summary>Makes the file whole without a log beside it, looks it through, and brings it to the disk.</summary>
    /// <exception cref="StorageException">It is damaged, or no SQLite database.</exception>
    public static void Finish(string file)
    {
        try
        {
            using var connection = Open(file, SqliteOpenMode.ReadWrite);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            command.ExecuteNonQuery();
            command.CommandText = "PRAGMA journal_mode = DELETE";
            command.ExecuteNonQuery();
            command.CommandText = "PRAGMA integrity_check(1)";
            if (command.ExecuteScalar() is not "ok")
            {
                throw new StorageException($"{file} is damaged: SQLite's integrity check finds a fault.");
            }
        }
        catch (DbException e)
        {
            throw new StorageException($"{file} is no whole SQLite database: {e.Message}", e);
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The SHA-256 of a file, in hexadecimal.</summary>
    public static string Sum(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Takes a database's file away with its log.</summary>
    public static void Remove(string file)
    {
        foreach (var end in (string[])["", "-wal", "-shm", "-journal"])
        {
            File.Delete(file + end);
        }
    }

    /// <summary>An empty file that its owner alone may read.</summary>
    public static void NewFile(string file)
    {
        var open = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var made = new FileStream(file, open);
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = mode,
                Pooling = false,
            }.ConnectionString
        );
        connection.Open();
        return connection;
    }
}
