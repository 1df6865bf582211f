using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace UserManagement.Storage.Sqlite;

/// <summary>
/// Puts what a tracking context saves into the line of writers (<see cref="WriteGate"/>), so that a library's own stores neither
/// starve nor make others wait in the lock of the file. Within a transaction that somebody began, that one's lock holds and the line
/// is not entered: to wait there for who waits for the lock would be for ever.
/// </summary>
internal static class SavesInTurn
{
    private const int Busy = 5;
    private static readonly ConditionalWeakTable<DbContext, SemaphoreSlim> Held = [];

    /// <summary>Enters the line, unless this context is in it or has a transaction.</summary>
    /// <returns>Whether it was entered: whoever did gives the turn back by <see cref="Leave"/>.</returns>
    public static async Task<bool> EnterAsync(DbContext? context, CancellationToken ct)
    {
        if (context is not SqliteDb db || db.Database.CurrentTransaction is not null || Held.TryGetValue(db, out _))
        {
            return false;
        }

        var gate = WriteGate.Of(db.Database.GetDbConnection().DataSource);
        if (!await gate.WaitAsync(db.CommandTimeout, ct))
        {
            throw new SqliteException("The line of writers did not move in time.", Busy);
        }

        Held.Add(db, gate);
        return true;
    }

    /// <summary>Gives the turn back, if this context has it.</summary>
    public static void Leave(DbContext? context)
    {
        if (context is not null && Held.TryGetValue(context, out var gate) && Held.Remove(context))
        {
            gate.Release();
        }
    }
}

/// <summary>The same for an UPDATE or DELETE of many rows, which goes past the tracker.</summary>
internal sealed class StatementsInTurn : DbCommandInterceptor
{
    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        if (IsOfMany(eventData))
        {
            await SavesInTurn.EnterAsync(eventData.Context, cancellationToken);
        }

        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(
        DbCommand command,
        CommandExecutedEventData eventData,
        int result,
        CancellationToken cancellationToken = default
    )
    {
        Leave(eventData);
        return ValueTask.FromResult(result);
    }

    public override Task CommandFailedAsync(
        DbCommand command,
        CommandErrorEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Leave(eventData);
        return Task.CompletedTask;
    }

    public override Task CommandCanceledAsync(
        DbCommand command,
        CommandEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Leave(eventData);
        return Task.CompletedTask;
    }

    private static bool IsOfMany(CommandEventData data) => data.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete;

    private static void Leave(CommandEventData data)
    {
        if (IsOfMany(data))
        {
            SavesInTurn.Leave(data.Context);
        }
    }
}
