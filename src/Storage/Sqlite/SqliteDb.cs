using System.Data.Common;
using System.Text;
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
        var limit = patience ?? CommandTimeout;
        var began = TimeProvider.System.GetTimestamp();
        var gate = await EnterAsync(limit, ct);
        try
        {
            await Database.OpenConnectionAsync(ct);
            try
            {
                return new(
                    Begin(connection, limit - TimeProvider.System.GetElapsedTime(began)),
                    () =>
                    {
                        Database.CloseConnection();
                        gate.Release();
                    }
                );
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

    /// <summary>Whether what is saved through the tracker waits in line, too: see <see cref="SavesInTurn"/>.</summary>
    internal bool IsInTurn { get; init; }

    /// <inheritdoc/>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var entered = IsInTurn && await SavesInTurn.EnterAsync(this, cancellationToken);
        try
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        finally
        {
            if (entered)
            {
                SavesInTurn.Leave(this); // not by an interceptor: of a lost race (DbUpdateConcurrencyException) none is told that it failed
            }
        }
    }

    /// <summary>Takes the write lock and gives it back.</summary>
    public override async Task TryWriteAsync(TimeSpan patience, CancellationToken ct)
    {
        await using var turn = await BeginWriteAsync(patience, ct);
        await turn.Transaction.RollbackAsync(CancellationToken.None);
    }

    /// <summary>One after the other on a kept connection, without a way to go.</summary>
    public override async Task ReadAsync(IReadOnlyList<BatchedRead> reads, CancellationToken ct)
    {
        using var pooled = SqliteConnectionPool.ToRead(Database.GetConnectionString()!).Take();
        foreach (var read in reads)
        {
            ct.ThrowIfCancellationRequested();
            var command = pooled.Prepared(read.Sql);
            for (var i = 0; i < read.Values.Count; i++)
            {
                command.Parameters.AddWithValue(PositionalName.Of(i), read.Values[i]);
            }

            await using var reader = await command.ExecuteReaderAsync(ct);
            await read.TakeAsync(reader, ct);
        }

        pooled.IsHealthy = true;
    }

    /// <summary>One after the other in a transaction on a kept connection, in the line of writers.</summary>
    public override async Task<FailedGuard?> WriteAsync(IReadOnlyList<Step> steps, TimeSpan? patience, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        var limit = patience ?? CommandTimeout;
        var gate = await EnterAsync(limit, ct);
        try
        {
            using var pooled = SqliteConnectionPool.ToWrite(Database.GetConnectionString()!).Take();
            using var transaction = Begin(pooled.Connection, limit - TimeProvider.System.GetElapsedTime(began));
            var missed = steps.Select(step => Run(pooled, transaction, step)).FirstOrDefault(m => m is not null);
            if (missed is null)
            {
                transaction.Commit();
            }
            else
            {
                transaction.Rollback();
            }

            pooled.IsHealthy = true;
            return missed;
        }
        finally
        {
            gate.Release();
        }
    }

    private static FailedGuard? Run(PooledConnection pooled, SqliteTransaction transaction, Step step)
    {
        switch (step)
        {
            case Statement statement:
                return Run(pooled, transaction, statement);
            case Question question:
                return Run(pooled, transaction, question);
            case CountChanges counts:
                return counts.Counts.Select(count => Run(pooled, transaction, counts.One(count))).FirstOrDefault(m => m is not null);
            case RowInsert insert:
                var command = pooled.Prepared(RowTexts.Insert(insert));
                command.Transaction = transaction;
                foreach (var row in insert.Rows)
                {
                    command.Parameters.Clear();
                    for (var i = 0; i < insert.Columns.Count; i++)
                    {
                        command.Parameters.Add(insert.Columns[i].Parameter(command, PositionalName.Of(i), row));
                    }

                    command.ExecuteNonQuery();
                }

                return null;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, null);
        }
    }

    private static FailedGuard? Run(PooledConnection pooled, SqliteTransaction transaction, Statement statement)
    {
        var command = pooled.Prepared(statement.Sql);
        command.Transaction = transaction;
        foreach (var parameter in statement.Parameters)
        {
            command.Parameters.Add(parameter(command));
        }

        return command.ExecuteNonQuery() is var touched && statement.Rows is { } rows && touched != rows && statement.OnFailure is { } miss
            ? new(miss, statement.Counter)
            : null;
    }

    private static FailedGuard? Run(PooledConnection pooled, SqliteTransaction transaction, Question question)
    {
        var command = pooled.Prepared($"SELECT count(*) FROM ({question.Sql})");
        command.Transaction = transaction;
        foreach (var parameter in question.Parameters)
        {
            command.Parameters.Add(parameter(command));
        }

        return command.ExecuteScalar() is long found && found == question.Rows ? null : new(question.OnFailure, null, question.Refusal);
    }

    /// <inheritdoc/>
    public override string IsAmong(string workspace, string workspacePosition, string column, string position) =>
        // said apart, it would go along the workspace alone: without statistics it believes in ten rows there
        $"({workspace}, {column}) IN (SELECT {workspacePosition}, value FROM json_each({position}))";

    /// <summary>A JSON list of the ids as this driver stores them: text in upper case.</summary>
    public override object IdList(ReadOnlySpan<Guid> ids)
    {
        const int each = 36 + 3;
        return ids.Length == 0
            ? "[]"
            : string.Create(
                (ids.Length * each) + 1,
                ids,
                static (text, ids) =>
                {
                    for (var i = 0; i < ids.Length; i++)
                    {
                        var one = text.Slice(i * each, each);
                        (one[0], one[1], one[^1]) = (i == 0 ? '[' : ',', '"', '"');
                        _ = ids[i].TryFormat(one[2..], out _);
                        _ = Ascii.ToUpperInPlace(one, out _);
                    }

                    text[^1] = ']';
                }
            );
    }

    /// <inheritdoc/>
    public override bool WritesInTurn => true;

    /// <inheritdoc/>
    public override WriteFault Classify(DbException fault) =>
        fault is not SqliteException sqlite ? WriteFault.Other : Classify(sqlite.SqliteErrorCode, sqlite.SqliteExtendedErrorCode);

    private async Task<SemaphoreSlim> EnterAsync(TimeSpan limit, CancellationToken ct)
    {
        var gate = WriteGate.Of(Database.GetDbConnection().DataSource);
        return await gate.WaitAsync(limit, ct) ? gate : throw new SqliteException("The line of writers did not move in time.", Busy);
    }

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
    internal static WriteFault Classify(int code, int extended) =>
        (code, extended) switch
        {
            (Constraint, 1555 or 2067 or 2579) => WriteFault.Duplicate, // primary key, unique, rowid
            (Constraint, 787) => WriteFault.MissingReference,
            (Busy or Locked, _) => WriteFault.Contention,
            (8 or 10 or 13 or 14, _) => WriteFault.Unavailable, // read-only, disk fault, disk full, cannot open
            _ => WriteFault.Other,
        };
}
