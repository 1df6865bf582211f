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
    /// <summary>How many it has come to.</summary>
    public int Seen => Changed + Unchanged + Refused;
}

/// <summary>Tells whoever made a change of several members what became of it. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ReadMemberChange(Store store)
{
    private const int Shown = 200;

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
        if (await MemberChangeLines.ReadAsync(db, actor, workspaceId, run, ct) is not { } lines)
        {
            return Refusal.NotFound("change");
        }

        var reasons = lines
            .Turns.SelectMany(t => (t.Facts.Refused ?? []).Zip(t.Facts.Reasons ?? []))
            .Take(Shown)
            .Select(r => (Id: new Id<Member>(r.First), Reason: r.Second))
            .ToList();
        var ids = reasons.Select(r => r.Id).ToList();
        var names = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspaceId && m.State != MemberState.Ended && ids.Contains(m.Id))
            .ToDictionaryAsync(m => m.Id, m => m.ShownName, ct);
        return new MemberChangeReport(
            lines.Change,
            lines.Turns.Sum(t => t.Facts.Members.Count + (t.Facts.Ended?.Count ?? 0)),
            lines.Turns.Sum(t => t.Facts.Unchanged),
            lines.Turns.Sum(t => t.Facts.Refused?.Count ?? 0),
            lines.Turns.Sum(t => t.Facts.Ended?.Count ?? 0),
            [.. reasons.Select(r => (r.Id, names.GetValueOrDefault(r.Id) ?? "Somebody who has left", r.Reason))],
            lines.Undone.Sum(u => u.Undone),
            lines.Undone.Sum(u => u.Kept),
            lines.Standing.Sum(t => t.Facts.Members.Count),
            lines.UndoUntil
        );
    }
}
