using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// Where acts meet the database: reads are open to all, a change is planned, written in one transaction, and planned
/// anew when somebody else was faster.
/// </summary>
/// <param name="open">Opens a context from the provider's pool; it must not track.</param>
/// <param name="time">The clock.</param>
/// <param name="box">Seals secrets at rest.</param>
public sealed class Store(Func<MembershipDb> open, TimeProvider time, SecretBox box)
{
    private const int MostTries = 40;
    private static readonly TimeSpan NotePatience = TimeSpan.FromSeconds(1);
    private static readonly ConcurrentDictionary<string, string> GuardedTexts = new(StringComparer.Ordinal);

    /// <summary>The clock of the installation.</summary>
    public TimeProvider Time => time;

    /// <summary>Seals secrets at rest.</summary>
    public SecretBox Box => box;

    /// <summary>Raised when an act that committed left something to be done outside.</summary>
    public OutboxSignal Outbox { get; } = new();

    /// <summary>Opens the database for reading; the caller disposes.</summary>
    public MembershipDb Read() => open();

    /// <summary>
    /// Runs an act. The plan reads through the attempt, decides, and puts what is to be written into
    /// <see cref="Attempt.Changes"/>; a refusal writes nothing but, where it was the actor who lacked the right, a line
    /// in the audit log. A database that is away is no refusal but the driver's own exception, for after a lost COMMIT
    /// nobody knows what was done; doors answer it with 503.
    /// </summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspace">Where; null for the installation.</param>
    /// <param name="act">The act's name in the audit log.</param>
    /// <param name="plan">The act itself; may run several times.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<T>> ChangeAsync<T>(Actor actor, Id<Workspace>? workspace, string act, Func<Attempt, Task<Outcome<T>>> plan, CancellationToken ct)
    {
        var full = new HashSet<Pool>();
        var began = TimeProvider.System.GetTimestamp(); // real time: a database that lets nobody write must not hold the caller for all the tries
        for (var tries = 1; ; tries++)
        {
            await using var db = open();
            var attempt = new Attempt(db, actor, time, box, full);
            var planned = await plan(attempt);
            if (planned.Refusal is { } refusal)
            {
                await TellAsync(actor, workspace, act, refusal, ct);
                return planned;
            }

            if (attempt.Changes.IsEmpty)
            {
                return planned;
            }

            var (end, pool) = await CommitAsync(db, attempt.Changes, ct);
            if (end == End.Done)
            {
                if (attempt.Changes.Sends)
                {
                    Outbox.Raise();
                }

                return planned;
            }

            if (end == End.LastAdmin)
            {
                return Seats.LastAdmin();
            }

            if ((end == End.Full && !full.Add(pool)) || tries >= MostTries || TimeProvider.System.GetElapsedTime(began) > db.CommandTimeout)
            {
                return Refusal.Busy();
            }

            if (end == End.Again && tries > 2)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * Math.Min(tries, 10))), ct); // real time: it makes room for a rival, whatever the clock says
            }
        }
    }

    /// <summary>
    /// Writes a note beside the facts (last use, last activity): one statement, no audit line, nothing that depends on it.
    /// When rivals or a lame database keep it from being written it is left out; the next one will come.
    /// </summary>
    internal async Task NoteAsync(string sql, IReadOnlyList<Func<DbCommand, DbParameter>> parameters, CancellationToken ct)
    {
        await using var db = open();
        try
        {
            List<Statement> statements = [new(sql, parameters)];
            await (db.Database.GetDbConnection().CanCreateBatch ? RunAtOnceAsync(db, statements, ct) : RunInTurnAsync(db, statements, NotePatience, ct));
        }
        catch (DbException fault) when (db.Classify(fault) != WriteFault.Other)
        {
            // a note, no fact
        }
    }

    private enum End
    {
        Done,
        Again,
        Full,
        LastAdmin,
    }

    private static async Task<(End End, Pool Pool)> CommitAsync(MembershipDb db, Changes changes, CancellationToken ct)
    {
        List<Statement> statements = [.. changes.Statements()];
        try
        {
            if (await (db.Database.GetDbConnection().CanCreateBatch ? RunAtOnceAsync(db, statements, ct) : RunInTurnAsync(db, statements, null, ct)) is { } missed)
            {
                return missed.OnMiss switch
                {
                    Miss.Full => (End.Full, missed.Pool!.Value),
                    Miss.LastAdmin => (End.LastAdmin, default),
                    _ => (End.Again, default),
                };
            }

            return (End.Done, default);
        }
        catch (DbException fault) when (db.Classify(fault) is WriteFault.Duplicate or WriteFault.Contention or WriteFault.MissingReference)
        {
            return (End.Again, default);
        }
    }

    /// <summary>
    /// One batch that is a transaction by itself: it goes there and back once, and the locks it takes end with it, not a
    /// journey later. A statement that must touch one row fails where it touches none, which undoes them all. Gives back
    /// that statement.
    /// </summary>
    private static async Task<Statement?> RunAtOnceAsync(MembershipDb db, List<Statement> statements, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            var connection = db.Database.GetDbConnection();
            await using var scratch = connection.CreateCommand();
            await using var batch = connection.CreateBatch();
            foreach (var statement in statements)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = statement.IsGuarded ? Guarded(statement.Sql) : statement.Sql;
                foreach (var parameter in statement.Parameters)
                {
                    var bound = parameter(scratch);
                    if (bound.ParameterName is ['$', ..])
                    {
                        bound.ParameterName = ""; // by position, so that the driver need not read the text
                    }

                    command.Parameters.Add(bound);
                }

                batch.BatchCommands.Add(command);
            }

            ct.ThrowIfCancellationRequested();
            try
            {
                await batch.ExecuteNonQueryAsync(CancellationToken.None); // from here on it is done or not, whoever still waits for it
                return null;
            }
            catch (DbException fault) when (db.Classify(fault) == WriteFault.Missed && fault.BatchCommand is { } failed)
            {
                return statements[batch.BatchCommands.IndexOf(failed)];
            }
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>The text that fails, by a division by zero, where the statement touches no row.</summary>
    private static string Guarded(string sql) => GuardedTexts.GetOrAdd(sql, static sql => $"WITH touched AS ({sql} RETURNING 1) SELECT 1 / count(*) FROM touched");

    /// <summary>One statement after the other in a transaction, in the line of writers. Gives back the first that missed; nothing is written then.</summary>
    private static async Task<Statement?> RunInTurnAsync(MembershipDb db, List<Statement> statements, TimeSpan? patience, CancellationToken ct)
    {
        await using var turn = await db.BeginWriteAsync(patience, ct);
        await using var command = turn.Transaction.Connection!.CreateCommand();
        command.Transaction = turn.Transaction;
        foreach (var statement in statements)
        {
            command.CommandText = statement.Sql;
            command.Parameters.Clear();
            command.Parameters.AddRange(statement.Parameters.Select(p => p(command)).ToArray());
            var touched = await command.ExecuteNonQueryAsync(ct);
            if (statement.Rows is { } rows && touched != rows)
            {
                await turn.Transaction.RollbackAsync(CancellationToken.None);
                return statement;
            }
        }

        await turn.Transaction.CommitAsync(CancellationToken.None);
        return null;
    }

    private async Task TellAsync(Actor actor, Id<Workspace>? workspace, string act, Refusal refusal, CancellationToken ct)
    {
        if (refusal.Kind != RefusalKind.Forbidden || actor.Workspace is null || actor.Workspace != workspace)
        {
            return;
        }

        await using var db = open();
        var changes = new Changes(db, actor, time);
        changes.TellRefused(act, workspace.Value, refusal);
        var began = TimeProvider.System.GetTimestamp();
        for (var tries = 1; (await CommitAsync(db, changes, ct)).End == End.Again && tries < MostTries && TimeProvider.System.GetElapsedTime(began) < db.CommandTimeout; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 20)), ct);
        }
    }
}
