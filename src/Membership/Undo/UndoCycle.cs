using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>
/// An admin undoes a cycle of a directory as a whole: people, facts, groups and who is in them become what they were, where nobody has
/// changed them since. Begun here, worked off by <see cref="WorkCycleUndo"/>. Where the directory said otherwise, its word is kept in mind
/// and not carried out (<see cref="Members.HeldAs"/>). Refusals: <c>forbidden</c>, <c>notFound</c>, <c>alreadyUndone</c>,
/// <c>undoRunning</c>, <c>nothingToUndo</c>, <c>confirmUndo</c>.
/// </summary>
public sealed class UndoCycle(Store store)
{
    /// <summary>The act in the audit log.</summary>
    public const string Act = "cycle.undone";

    /// <summary>More people and groups than these are undone only by whoever says how many they are.</summary>
    public const int MostUnconfirmed = 10;

    /// <summary>Begins.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ManageDirectory"/>, <see cref="Permission.ManageMembers"/> and
    /// <see cref="Permission.ManageGroups"/>. Nobody is touched beyond their reach.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The cycle.</param>
    /// <param name="confirmed">How many people and groups it is about (<see cref="UndoPreview.Total"/>); null where they are few.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<CycleUndo>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<ProvisioningCycle> id,
        int? confirmed,
        CancellationToken ct
    ) =>
        store.ChangeAsync<CycleUndo>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (MayUndo(actor, workspaceId) is { } refused)
                {
                    return refused;
                }

                var db = attempt.Db;
                if (await FindAsync(db, workspaceId, id, ct) is not { } cycle)
                {
                    return Refusal.NotFound("cycle");
                }

                if ((await AgainstAsync(db, workspaceId, id, ct) ?? await RunningAsync(db, workspaceId, ct)) is { } against)
                {
                    return against;
                }

                var span = CycleSpan.Of(cycle, attempt.Time);
                var total = await span.CountAsync(db, workspaceId, ct);
                if (
                    (
                        total == 0 ? Nothing()
                        : total > MostUnconfirmed && confirmed != total ? Unconfirmed(total)
                        : null
                    ) is
                    { } not
                )
                {
                    return not;
                }

                var run = new CycleUndo
                {
                    WorkspaceId = workspaceId,
                    Id = id,
                    ClientId = cycle.ClientId,
                    Client = cycle.Client,
                    Number = cycle.Number,
                    AskedKind = actor.Kind,
                    AskedById = actor.Id,
                    AskedBy = actor.Name,
                    AskedAs = actor.Role,
                    Door = actor.Door,
                    FirstLine = span.First,
                    EndLine = span.End,
                    Phase = UndoPhase.Groups,
                    Cursor = span.End,
                    Total = total,
                    StartedAt = attempt.At,
                    Version = 1,
                };
                attempt.Changes.Add(run);
                attempt.Changes.TellFacts(
                    Act,
                    workspaceId,
                    ("cycle", id.Value, $"Cycle {cycle.Number} of {cycle.Client}"),
                    null,
                    new
                    {
                        client = cycle.Client,
                        number = cycle.Number,
                        concerns = total,
                    }
                );
                Queue(attempt, run);
                return run;
            },
            ct
        );

    /// <summary>Whether the actor may undo cycles.</summary>
    internal static Refusal? MayUndo(Actor actor, Id<Workspace> workspace) =>
        actor.Demand(workspace, Permission.ManageDirectory)
        ?? actor.Demand(workspace, Permission.ManageMembers)
        ?? actor.Demand(workspace, Permission.ManageGroups);

    /// <summary>The cycle; null where it is not there, or was swept.</summary>
    internal static Task<ProvisioningCycle?> FindAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<ProvisioningCycle> id,
        CancellationToken ct
    ) => db.ProvisioningCycles.AsNoTracking().FirstOrDefaultAsync(c => c.WorkspaceId == workspace && c.Id == id, ct);

    /// <summary>Why it is not undone once more; null where it never was.</summary>
    internal static async Task<Refusal?> AgainstAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<ProvisioningCycle> id,
        CancellationToken ct
    ) =>
        await db.CycleUndos.AsNoTracking().FirstOrDefaultAsync(u => u.WorkspaceId == workspace && u.Id == id, ct) is not { } run
            ? null
            : new(
                RefusalKind.Conflict,
                "alreadyUndone",
                run.DoneAt is null
                    ? $"Cycle {run.Number} of {run.Client} is being undone; {run.AskedBy} asked for it."
                    : $"Cycle {run.Number} of {run.Client} was undone by {run.AskedBy} at {Time(run.StartedAt)}. It is undone once."
            );

    /// <summary>Queues the next turns.</summary>
    internal static void Queue(Attempt attempt, CycleUndo run) =>
        attempt.Changes.Send(OutboxKind.CycleUndo, run.Id.Value, $"cycleUndo:{run.WorkspaceId}", run.WorkspaceId);

    private static async Task<Refusal?> RunningAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        await db.CycleUndos.AsNoTracking().FirstOrDefaultAsync(u => u.WorkspaceId == workspace && u.DoneAt == null, ct) is { } other
            ? new(
                RefusalKind.Conflict,
                "undoRunning",
                $"Cycle {other.Number} of {other.Client} is being undone. Undo this one when that is done."
            )
            : null;

    private static Refusal Nothing() => new(RefusalKind.Conflict, "nothingToUndo", "This cycle changed nothing that could be undone.");

    /// <summary>Asks for the number.</summary>
    public static Refusal Unconfirmed(int total) =>
        new(
            RefusalKind.Conflict,
            "confirmUndo",
            $"This concerns {total.ToString("N0", CultureInfo.InvariantCulture)} people and groups. Say that number to undo them.",
            "confirm"
        );

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
