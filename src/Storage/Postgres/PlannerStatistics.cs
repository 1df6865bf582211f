using System.Globalization;
using Npgsql;

namespace UserManagement.Storage.Postgres;

/// <summary>
/// Has tables analyzed of which the planner knows nothing yet: those of a new database, and of one that was read back from a dump.
/// Until then PostgreSQL takes all indexes that begin with the workspace for equally good, and a search by a unique key may go along
/// another of them, through everybody in the workspace; autovacuum comes once a minute, in which the first cycle of a directory brings
/// thousands. A server looks after 64 writes and after each fourfold of that; a table is analyzed once, the rest is autovacuum's.
/// Where tables are cut by Citus each machine's own autovacuum does it.
/// </summary>
internal sealed class PlannerStatistics(NpgsqlDataSource data) : IAsyncDisposable
{
    private const int First = 64;
    private const int Fewest = 4 * 8192; // bytes: whatever is read of four pages is cheap

    private static readonly string Unknown = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT string_agg(quote_ident(c.relname), ', ') FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND pg_relation_size(c.oid) > {Fewest}
            AND NOT EXISTS (SELECT 1 FROM pg_stats s WHERE s.schemaname = current_schema() AND s.tablename = c.relname)
        """
    );

    private readonly CancellationTokenSource _end = new();
    private long _writes;
    private long _next = First;
    private Task _look = Task.CompletedTask;

    /// <summary>A write was done.</summary>
    public void Wrote()
    {
        var next = Volatile.Read(ref _next);
        if (Interlocked.Increment(ref _writes) >= next && Interlocked.CompareExchange(ref _next, next * 4, next) == next)
        {
            _look = LookAsync(_look);
        }
    }

    /// <summary>Gives up what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _look;
        _end.Dispose();
    }

    private async Task LookAsync(Task before)
    {
        await before;
        try
        {
            await using var session = await data.OpenConnectionAsync(_end.Token);
            await using var ask = new NpgsqlCommand(Unknown, session);
            if (await ask.ExecuteScalarAsync(_end.Token) is string tables)
            {
                // what somebody else is at, as a migration, is theirs
                await using var analyze = new NpgsqlCommand($"ANALYZE (SKIP_LOCKED) {tables}", session);
                await analyze.ExecuteNonQueryAsync(_end.Token);
            }
        }
        catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException)
        {
            // nothing hangs on it: it is looked at again, and autovacuum comes too
        }
    }
}
