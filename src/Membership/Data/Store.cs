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

            if ((end == End.Full && !full.Add(pool)) || tries >= MostTries)
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
            await using var turn = await db.BeginWriteAsync(ct);
            await RunAsync(turn.Transaction, [new(sql, parameters)], ct);
            await turn.Transaction.CommitAsync(CancellationToken.None);
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
        try
        {
            await using var turn = await db.BeginWriteAsync(ct);
            if (await RunAsync(turn.Transaction, [.. changes.Statements()], ct) is { } missed)
            {
                await turn.Transaction.RollbackAsync(CancellationToken.None);
                return missed.OnMiss switch
                {
                    Miss.Full => (End.Full, missed.Pool!.Value),
                    Miss.LastAdmin => (End.LastAdmin, default),
                    _ => (End.Again, default),
                };
            }

            await turn.Transaction.CommitAsync(CancellationToken.None);
            return (End.Done, default);
        }
        catch (DbException fault) when (db.Classify(fault) is WriteFault.Duplicate or WriteFault.Contention or WriteFault.MissingReference)
        {
            return (End.Again, default);
        }
    }

    /// <summary>Runs the statements: one batch where the database has batches. Gives back the first that missed.</summary>
    private static async Task<Statement?> RunAsync(DbTransaction transaction, List<Statement> statements, CancellationToken ct)
    {
        var connection = transaction.Connection!;
        await using var scratch = connection.CreateCommand();
        if (!connection.CanCreateBatch)
        {
            scratch.Transaction = transaction;
            foreach (var statement in statements)
            {
                scratch.CommandText = statement.Sql;
                scratch.Parameters.Clear();
                scratch.Parameters.AddRange(statement.Parameters.Select(p => p(scratch)).ToArray());
                if (await scratch.ExecuteNonQueryAsync(ct) != (statement.Rows ?? -2) && statement.Rows is not null)
                {
                    return statement;
                }
            }

            return null;
        }

        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var statement in statements)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = statement.Sql;
            foreach (var parameter in statement.Parameters)
            {
                command.Parameters.Add(parameter(scratch));
            }

            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(ct);
        for (var i = 0; i < statements.Count; i++)
        {
            if (statements[i].Rows is { } rows && batch.BatchCommands[i].RecordsAffected != rows)
            {
                return statements[i];
            }
        }

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
        for (var tries = 1; (await CommitAsync(db, changes, ct)).End == End.Again && tries < MostTries; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 20)), ct);
        }
    }
}
