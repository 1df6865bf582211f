using System.Collections.Concurrent;

namespace UserManagement.Storage.Sqlite;

/// <summary>
/// One line of writers for each file in this process. SQLite lets one write at a time and makes the others poll for
/// the lock, which starves some for seconds; waiting here is in order and costs no thread.
/// </summary>
internal static class WriteGate
{
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Gates = new(StringComparer.Ordinal);

    /// <summary>The gate of a file; its waiters are served first come, first served.</summary>
    public static SemaphoreSlim Of(string file) => Gates.GetOrAdd(Path.GetFullPath(file), static _ => new SemaphoreSlim(1, 1));
}
