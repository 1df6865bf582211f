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
    /// transaction that reads first and asks for the lock later would fail where a waiting one succeeds.
    /// </summary>
    public override async Task<WriteTurn> BeginWriteAsync(CancellationToken ct)
    {
        var connection = (SqliteConnection)Database.GetDbConnection();
        var gate = WriteGate.Of(connection.DataSource);
        await gate.WaitAsync(ct);
        try
        {
            await Database.OpenConnectionAsync(ct);
            try
            {
                return new(connection.BeginTransaction(deferred: false), () =>
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

    /// <inheritdoc/>
    public override WriteFault Classify(DbException fault) => fault is not SqliteException sqlite ? WriteFault.Other : Classify(sqlite.SqliteErrorCode, sqlite.SqliteExtendedErrorCode);

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
