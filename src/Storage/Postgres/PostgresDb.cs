using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using UserManagement.Membership.Data;

namespace UserManagement.Storage.Postgres;

/// <summary>The core's tables in PostgreSQL.</summary>
public sealed class PostgresDb(DbContextOptions<PostgresDb> options) : MembershipDb(options)
{
    /// <summary>What its source learned of the database; null for a context of a tool.</summary>
    internal Distribution? Distribution { get; set; }

    /// <summary>Where its source counts writes; null for a context that does not write by <see cref="WriteAsync"/>.</summary>
    internal PlannerStatistics? Statistics { get; set; }

    /// <inheritdoc/>
    public override bool IsDistributed => Distribution is { IsDistributed: true };

    /// <summary>Begins at READ COMMITTED: conditional statements re-check their condition on the row they waited for.</summary>
    public override async Task<WriteTurn> BeginWriteAsync(TimeSpan? patience, CancellationToken ct)
    {
        await Database.OpenConnectionAsync(ct);
        try
        {
            var transaction = await Database.GetDbConnection().BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, ct);
            return new(transaction, Database.CloseConnection);
        }
        catch
        {
            await Database.CloseConnectionAsync();
            throw;
        }
    }

    /// <summary>
    /// A message in the log of writes that nobody reads: its COMMIT waits for the disk and for standbys, as one of an act does.
    /// </summary>
    public override Task TryWriteAsync(TimeSpan patience, CancellationToken ct) =>
        // a change of no row is refused where transactions may only read; the message is a commit that must reach the log, and a standby
        Database.ExecuteSqlRawAsync(
            "UPDATE marks SET value = value WHERE false; SELECT pg_logical_emit_message(true, 'usermanagement', '')",
            ct
        );

    /// <summary>One batch: all reads go there and back once.</summary>
    public override async Task ReadAsync(IReadOnlyList<BatchedRead> reads, CancellationToken ct)
    {
        await Database.OpenConnectionAsync(ct);
        var connection = (NpgsqlConnection)Database.GetDbConnection();
        try
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var read in reads)
            {
                var command = new NpgsqlBatchCommand(read.Sql);
                foreach (var value in read.Values)
                {
                    // without a name: by position, so that the driver need not read the text
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                }

                batch.BatchCommands.Add(command);
            }

            await using var reader = await batch.ExecuteReaderAsync(ct);
            foreach (var read in reads)
            {
                await read.TakeAsync(reader, ct);
                await reader.NextResultAsync(ct);
            }
        }
        catch (Exception fault) when (IsUnreadable(fault, connection))
        {
            throw new NpgsqlException("The answer to a read could not be understood.", fault);
        }
        finally
        {
            await Database.CloseConnectionAsync();
        }
    }

    /// <summary>
    /// One batch that is one transaction: it goes there and back once, and the locks it takes end with it, not a
    /// round trip later. A step that must touch a row fails where it touches none, which undoes them all.
    /// </summary>
    public override async Task<FailedGuard?> WriteAsync(IReadOnlyList<Step> steps, TimeSpan? patience, CancellationToken ct)
    {
        await Database.OpenConnectionAsync(ct);
        try
        {
            var connection = (NpgsqlConnection)Database.GetDbConnection();
            await using var batch = new NpgsqlBatch(connection) { Timeout = (int)Math.Ceiling(CommandTimeout.TotalSeconds) };
            var before = PostgresSteps.Fill(batch, steps, patience, IsDistributed);
            ct.ThrowIfCancellationRequested();
            var isAlone = false;
            void Hear(object sender, NpgsqlNoticeEventArgs said) => isAlone |= said.Notice.Routine == "SyncRepWaitForLSN";
            connection.Notice += Hear;
            try
            {
                await batch.ExecuteNonQueryAsync(CancellationToken.None);
                Statistics?.Wrote();
                return isAlone
                    ? throw new NpgsqlException(
                        "The wait for a standby was cancelled: nobody knows whether the write outlives this server."
                    )
                    : null;
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.DivisionByZero && fault.BatchCommand is { } failed)
            {
                var at = batch.BatchCommands.IndexOf(failed) - before;
                switch (steps[at])
                {
                    case Statement { OnFailure: { } miss } statement:
                        return new(miss, statement.Counter);
                    case Question question:
                        return new(question.OnFailure, null, question.Refusal);
                    case CountChanges counts when counts.Limits.Take(2).ToList() is [var only]:
                        var one = counts.One(only);
                        return new(one.OnFailure!.Value, one.Counter);
                    case CountChanges counts:
                        // nothing was written; asked one by one they tell which it was
                        return await WriteAsync(
                            [.. steps.Take(at), .. counts.Counts.Select(counts.One), .. steps.Skip(at + 1)],
                            patience,
                            ct
                        );
                    default:
                        throw;
                }
            }
            catch (PostgresException fault) when (Classify(fault) is WriteFault.Unavailable or WriteFault.Other)
            {
                ForgetPrepared(connection);
                throw;
            }
            catch (Exception fault) when (IsUnreadable(fault, connection))
            {
                throw new NpgsqlException("The answer to a write could not be understood: nobody knows whether it was done.", fault);
            }
            finally
            {
                connection.Notice -= Hear;
            }
        }
        finally
        {
            await Database.CloseConnectionAsync();
        }
    }

    /// <summary>
    /// After an error that is none of the data's, as of a node that takes no writes yet: the driver keeps a statement that failed when its
    /// values were bound as prepared, and does not know what it gives back (see <see cref="IsUnreadable"/>).
    /// </summary>
    private static void ForgetPrepared(NpgsqlConnection connection)
    {
        try
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                connection.UnprepareAll();
            }
        }
        catch (NpgsqlException)
        {
            // the session is over, and what it had prepared with it
        }
    }

    /// <summary>
    /// Whether the driver lost its place in the server's answers and broke the connection. It says so by a plain exception, as for a
    /// value that cannot be sent; but there the connection stays. (Npgsql 10.0.3 forgets to ask what a statement gives back, where its
    /// first use as a prepared one failed before that was told: <c>findings/npgsql-prepared-after-failed-bind.sh</c>.)
    /// </summary>
    private static bool IsUnreadable(Exception fault, NpgsqlConnection connection) =>
        fault is not (DbException or OperationCanceledException) && connection.State != System.Data.ConnectionState.Open;

    /// <inheritdoc/>
    public override string KeepingKeys => "FOR KEY SHARE";

    /// <inheritdoc/>
    public override string SkippingKept => "FOR UPDATE OF m SKIP LOCKED";

    /// <inheritdoc/>
    public override bool KeepsAnywhere(string table) => !IsDistributed || TablePlaces.Of(table) is null or TablePlace.Local;

    /// <inheritdoc/>
    public override string IsAmong(string workspace, string workspacePosition, string column, string position) =>
        $"{workspace} = {workspacePosition} AND {column} = ANY({position})";

    /// <summary>An array.</summary>
    public override object IdList(ReadOnlySpan<Guid> ids) => ids.ToArray();

    /// <inheritdoc/>
    public override string KeepingRows => "FOR SHARE";

    /// <inheritdoc/>
    public override WriteFault Classify(DbException fault) =>
        fault switch
        {
            // A coordinator tells of a worker that went away amid a transaction as of an internal error, and of a shard that is just moving
            // as of a table that is not there.
            PostgresException { SqlState: PostgresErrorCodes.InternalError or PostgresErrorCodes.UndefinedTable } when IsDistributed =>
                WriteFault.Unavailable,
            PostgresException known => Classify(known.SqlState),
            // What is no answer of the server: no connection, a broken one, no answer in time, no free one in the pool.
            NpgsqlException => WriteFault.Unavailable,
            _ => WriteFault.Other,
        };

    /// <summary>By SQLSTATE, PostgreSQL's appendix A.</summary>
    internal static WriteFault Classify(string state) =>
        state switch
        {
            PostgresErrorCodes.UniqueViolation => WriteFault.Duplicate,
            PostgresErrorCodes.ForeignKeyViolation => WriteFault.MissingReference,
            PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable =>
                WriteFault.Contention,
            PostgresErrorCodes.QueryCanceled => WriteFault.Unavailable, // not in time
            PostgresErrorCodes.ReadOnlySqlTransaction => WriteFault.Unavailable, // a standby, amid a failover
            PostgresErrorCodes.InvalidCatalogName => WriteFault.Unavailable, // the database itself is not there
            // connection, resources, shutdown, disk, log-in
            ['0', '8', ..] or ['5', '3', ..] or ['5', '7', 'P', ..] or ['5', '8', ..] or ['2', '8', ..] => WriteFault.Unavailable,
            _ => WriteFault.Other,
        };

    /// <summary>
    /// Text compares byte by byte, whatever the cluster's locale: the same order on both databases, and prefixes are
    /// found under the ordinary indexes.
    /// </summary>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
