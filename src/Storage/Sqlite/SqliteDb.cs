using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Storage.Sqlite;

/// <summary>The core's tables in a SQLite file.</summary>
public sealed class SqliteDb(DbContextOptions<SqliteDb> options) : MembershipDb(options)
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Constraint = 19;

    /// <summary>
    /// Waits in line with the other writers of this process, then begins with the write lock (BEGIN IMMEDIATE): a
    /// transaction that reads first and asks for the lock later would fail where a waiting one succeeds. Line and lock
    /// share one patience, so that a line behind another process's lock ends as soon as its head does.
    /// </summary>
    public override async Task<WriteTurn> BeginWriteAsync(TimeSpan? patience, CancellationToken ct)
    {
        var connection = (SqliteConnection)Database.GetDbConnection();
        var gate = WriteGate.Of(connection.DataSource);
        var limit = patience ?? CommandTimeout;
        var began = TimeProvider.System.GetTimestamp();
        if (!await gate.WaitAsync(limit, ct))
        {
            throw new SqliteException("The line of writers did not move in time.", Busy);
        }

        try
        {
            await Database.OpenConnectionAsync(ct);
            try
            {
                return new(Begin(connection, limit - TimeProvider.System.GetElapsedTime(began)), () =>
                {
                    Database.CloseConnection();
                    gate.Release();
                });
            }
            catch
            {
                await Database.CloseConnectionAsync();
                throw;
            }
        }
        catch
        {
            gate.Release();
            throw;
        }
    }

    /// <summary>Takes the write lock and gives it back.</summary>
    public override async Task TryWriteAsync(TimeSpan patience, CancellationToken ct)
    {
        await using var turn = await BeginWriteAsync(patience, ct);
        await turn.Transaction.RollbackAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public override WriteFault Classify(DbException fault) => fault is not SqliteException sqlite ? WriteFault.Other : Classify(sqlite.SqliteErrorCode, sqlite.SqliteExtendedErrorCode);

    /// <summary>BEGIN IMMEDIATE, which asks for the lock again and again; whole seconds, at least one.</summary>
    private static SqliteTransaction Begin(SqliteConnection connection, TimeSpan left)
    {
        var usual = connection.DefaultTimeout;
        connection.DefaultTimeout = Math.Max(1, (int)Math.Ceiling(left.TotalSeconds));
        try
        {
            return connection.BeginTransaction(deferred: false);
        }
        finally
        {
            connection.DefaultTimeout = usual;
        }
    }

    /// <summary>By SQLite's result codes: SQLITE_BUSY and so on, the extended code in the higher bits.</summary>
    internal static WriteFault Classify(int code, int extended) => (code, extended) switch
    {
        (Constraint, 1555 or 2067 or 2579) => WriteFault.Duplicate, // primary key, unique, rowid
        (Constraint, 787) => WriteFault.MissingReference,
        (Busy or Locked, _) => WriteFault.Contention,
        (8 or 10 or 13 or 14, _) => WriteFault.Unavailable, // read-only, disk fault, disk full, cannot open
        _ => WriteFault.Other,
    };
}
