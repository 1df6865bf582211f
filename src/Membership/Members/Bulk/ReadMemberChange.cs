using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>What a run has done so far.</summary>
/// <param name="Change">The change.</param>
/// <param name="Changed">How many were changed.</param>
/// <param name="Unchanged">How many had it already.</param>
/// <param name="Refused">How many were refused.</param>
/// <param name="Ended">How many of the changed were only invited and are gone for good.</param>
/// <param name="Reasons">The first of the refused by name, and why.</param>
/// <param name="Undone">How many have again what they had.</param>
/// <param name="Kept">How many could not be given it back.</param>
/// <param name="Standing">How many could be given back what they had.</param>
/// <param name="UndoUntil">Until when.</param>
public sealed record MemberChangeReport(
    BulkChange Change,
    int Changed,
    int Unchanged,
    int Refused,
    int Ended,
    IReadOnlyList<(Id<Member> Id, string Name, string Reason)> Reasons,
    int Undone,
    int Kept,
    int Standing,
    DateTimeOffset UndoUntil
)
{
    /// <summary>The job that it is; null where it was done at once.</summary>
    public MemberChangeRun? Job { get; init; }

    /// <summary>How many it has come to.</summary>
    public int Seen => Changed + Unchanged + Refused;
}

/// <summary>Tells whoever made a change of several members what became of it. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ReadMemberChange(Store store)
{
    private const int Shown = 200;
    private const int MostTurns = 50;

    /// <summary>Reads it.</summary>
    public async Task<Outcome<MemberChangeReport>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<BulkChange> run,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkMemberChange.ReadAsync(db, workspaceId, run) is { } job)
        {
            return actor.Unlimited || (job.ActorKind == actor.Kind && job.ActorId == actor.Id)
                ? await OfJobAsync(db, job, ct)
                : Refusal.NotFound("change");
        }

        if (await MemberChangeLines.ReadAsync(db, actor, workspaceId, run, ct) is not { } lines)
        {
            return Refusal.NotFound("change");
        }

        var reasons = await ReasonsAsync(db, workspaceId, lines.Turns.Select(t => t.Facts), ct);
        return new MemberChangeReport(
            lines.Change,
            lines.Turns.Sum(t => t.Facts.Members.Count + (t.Facts.Ended?.Count ?? 0)),
            lines.Turns.Sum(t => t.Facts.Unchanged),
            lines.Turns.Sum(t => t.Facts.Refused?.Count ?? 0),
            lines.Turns.Sum(t => t.Facts.Ended?.Count ?? 0),
            reasons,
            lines.Undone.Sum(u => u.Undone),
            lines.Undone.Sum(u => u.Kept),
            lines.Standing.Sum(t => t.Facts.Members.Count),
            lines.UndoUntil
        );
    }

    /// <summary>How far a job is stands in its row; who was refused, in the lines of its first turns.</summary>
    private static async Task<Outcome<MemberChangeReport>> OfJobAsync(MembershipDb db, MemberChangeRun job, CancellationToken ct)
    {
        if (BulkChange.Read(job.Change) is not { } change)
        {
            return Refusal.NotFound("change"); // begun by a later version
        }

        var target = job.Id.Value;
        var turns =
            job.Refused == 0
                ? []
                : await db
                    .AuditEntries.AsNoTracking()
                    .Where(a => a.WorkspaceId == job.WorkspaceId && a.TargetId == target && a.Act == MemberChangeFacts.Act && !a.Refused)
                    .OrderBy(a => a.Id)
                    .Take(MostTurns)
                    .ToListAsync(ct);
        var reasons = await ReasonsAsync(db, job.WorkspaceId, turns.Select(MemberChangeFacts.Read).OfType<MemberChangeFacts>(), ct);
        return new MemberChangeReport(
            change,
            job.Changed,
            job.Unchanged,
            job.Refused,
            job.Ended,
            reasons,
            job.Undone,
            job.Kept,
            job.Standing,
            job.UndoUntil
        )
        {
            Job = job,
        };
    }

    private static async Task<IReadOnlyList<(Id<Member> Id, string Name, string Reason)>> ReasonsAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IEnumerable<MemberChangeFacts> turns,
        CancellationToken ct
    )
    {
        var reasons = turns
            .SelectMany(t => (t.Refused ?? []).Zip(t.Reasons ?? []))
            .Take(Shown)
            .Select(r => (Id: new Id<Member>(r.First), Reason: r.Second))
            .ToList();
        var ids = reasons.Select(r => r.Id).ToList();
        var names = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && m.State != MemberState.Ended && ids.Contains(m.Id))
            .ToDictionaryAsync(m => m.Id, m => m.ShownName, ct);
        return [.. reasons.Select(r => (r.Id, names.GetValueOrDefault(r.Id) ?? "Somebody who has left", r.Reason))];
    }
}
