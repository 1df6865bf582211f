using Microsoft.Extensions.Logging;

namespace UserManagement.Storage;

/// <summary>The databases on which the product runs.</summary>
public enum StorageProvider
{
    /// <summary>The embedded default: one file, one server.</summary>
    Sqlite,

    /// <summary>The production store: any number of servers.</summary>
    Postgres,
}

/// <summary>Which database, and how patient to be with it.</summary>
public sealed record StorageSettings
{
    /// <summary>Which product.</summary>
    public required StorageProvider Provider { get; init; }

    /// <summary>In the product's own syntax: <c>Data Source=FILE</c>, or what Npgsql reads.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>After how long a statement is given up. Whole seconds, at least one.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a migration waits for another process that is migrating.</summary>
    public TimeSpan MigrationWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where PostgreSQL's driver tells what it does, statement by statement; null for nowhere, as for a server.</summary>
    public ILoggerFactory? DriverLog { get; init; }
}

/// <summary>Something about the store that a person must mend. The message is a sentence for that person, without secrets.</summary>
public sealed class StorageException(string message, Exception? inner = null) : Exception(message, inner);
