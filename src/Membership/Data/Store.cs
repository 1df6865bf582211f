using System.Data.Common;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// Where acts meet the database: reads are open to all, a change is planned, written in one transaction (with others that
/// are ready at the same moment, see <see cref="Lanes"/>), and planned anew when somebody else was faster.
/// </summary>
/// <param name="open">Opens a context from the provider's pool; it must not track.</param>
/// <param name="time">The clock.</param>
/// <param name="box">Seals secrets at rest.</param>
public sealed class Store(Func<MembershipDb> open, TimeProvider time, SecretBox box)
{
    private const int MostTries = 40;
    private static readonly TimeSpan NotePatience = TimeSpan.FromSeconds(1);
    private readonly Lanes _lanes = new(open);

    /// <summary>The clock of the installation.</summary>
    public TimeProvider Time => time;

    /// <summary>Seals secrets at rest.</summary>
    public SecretBox Box => box;

    /// <summary>Raised when an act that committed left something to be done outside.</summary>
    public OutboxSignal Outbox { get; } = new();

    /// <summary>What the log was told of things that directories sent and nobody keeps.</summary>
    internal PassedOverNotes PassedOver { get; } = new();

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
        var began = TimeProvider.System.GetTimestamp();
        var outcome = await TryAsync(actor, workspace, act, plan, ct);
        MembershipMeter.Ended(act, actor.Door, outcome.Refusal, TimeProvider.System.GetElapsedTime(began));
        return outcome;
    }

    private async Task<Outcome<T>> TryAsync<T>(Actor actor, Id<Workspace>? workspace, string act, Func<Attempt, Task<Outcome<T>>> plan, CancellationToken ct)
    {
        var full = new HashSet<Pool>();
        var began = TimeProvider.System.GetTimestamp(); // real time: a database that lets nobody write must not hold the caller for all the tries
        for (var tries = 1; ; tries++)
        {
            await using var db = open();
            var attempt = new Attempt(db, actor, time, box, full, tries == 1);
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

            var left = await _lanes.LeaveAsync(workspace, attempt.Changes, ct);
            if (left.IsDone)
            {
                if (attempt.Changes.Sends)
                {
                    Outbox.Raise();
                }

                return planned;
            }

            switch (left.Missed?.Meaning)
            {
                case Miss.LastAdmin:
                    return Seats.LastAdmin();
                case Miss.Refused:
                    return left.Missed.Refusal!;
                case Miss.Configuration:
                    attempt.Changes.RestsOn.ToList().ForEach(OpenWorkspace.Forget);
                    break;
            }

            if (left.Missed?.Meaning != Miss.Full)
            {
                full.Clear(); // somebody was faster: perhaps there is room by now
            }

            if ((left.Missed is { Meaning: Miss.Full, Pool: { } pool } && !full.Add(pool)) || tries >= MostTries || TimeProvider.System.GetElapsedTime(began) > db.CommandTimeout)
            {
                return Refusal.Busy();
            }

            if (left.Missed?.Meaning != Miss.Full && tries > 2)
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
            await db.WriteAsync([new Statement(sql, parameters)], NotePatience, ct);
        }
        catch (DbException fault) when (db.Classify(fault) != WriteFault.Other)
        {
            // a note, no fact
        }
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
        for (var tries = 1; !(await _lanes.LeaveAsync(workspace, changes, ct)).IsDone && tries < MostTries; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 20)), ct);
        }
    }
}
