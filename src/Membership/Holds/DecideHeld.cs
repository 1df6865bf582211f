using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>What became of one of those on whom an admin decided.</summary>
/// <param name="Member">Who.</param>
/// <param name="Refusal">Why not; null where it was done.</param>
public sealed record DecidedHold(Id<Member> Member, Refusal? Refusal);

/// <summary>
/// An admin decides on what directories said and nobody has carried out: on some people, each by itself, so that one who is refused keeps
/// nobody else; on everybody of whom something waits, by a job; or on a group that a directory would empty. Refusals: <c>forbidden</c>,
/// <c>notFound</c>, <c>nothingHeld</c>, too many at once.
/// </summary>
public sealed class DecideHeld(Store store)
{
    /// <summary>On how many one call decides at most; on all a job does.</summary>
    public const int Most = 100;

    private const string Act = "held.decided";

    /// <summary>Decides on some people.</summary>
    public async Task<Outcome<IReadOnlyList<DecidedHold>>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        IReadOnlyList<Id<Member>> members,
        HoldVerdict verdict,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(members);
        if (await MayAsync(actor, workspaceId, ct) is { } refused)
        {
            return refused;
        }

        if (members.Count > Most)
        {
            return Refusal.Invalid("members", $"One call decides on {Most} people at most, or on all.");
        }

        Data.Held.WriteInParts();
        var decided = new List<DecidedHold>(members.Count);
        foreach (var id in members.Distinct())
        {
            decided.Add(new(id, (await OneAsync(store, actor, workspaceId, id, verdict, null, ct)).Refusal));
        }

        return decided;
    }

    /// <summary>
    /// Decides on everybody of whom something waits now. The first are done before it comes back, the rest by a job that goes on after a
    /// restart; <see cref="ListHeld"/> tells how far it is.
    /// </summary>
    public async Task<Outcome<Nothing>> AllAsync(Actor actor, Id<Workspace> workspaceId, HoldVerdict verdict, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var marked = await store.ChangeAsync<Nothing>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused)
                {
                    return refused;
                }

                var rows = await attempt
                    .Db.DirectoryHolds.AsNoTracking()
                    .Where(h => h.WorkspaceId == workspaceId && h.About == Guid.Empty && h.OpenSince != null)
                    .OrderBy(h => h.ClientId)
                    .ToListAsync(ct);
                if (rows.Count == 0)
                {
                    return new Refusal(RefusalKind.Conflict, "nothingHeld", "Nothing waits for a decision.");
                }

                foreach (var row in rows)
                {
                    HoldRows.Write(
                        attempt,
                        row,
                        row with
                        {
                            Verdict = verdict,
                            DecidedAt = attempt.At,
                            DecidedByKind = actor.Kind,
                            DecidedById = actor.Id,
                            DecidedByName = actor.Name,
                            Cursor = default,
                            Done = 0,
                            LeftOut = 0,
                        }
                    );
                    attempt.Changes.Tell(
                        Act,
                        workspaceId,
                        ("directory", row.ClientId, row.Client),
                        reason: verdict == HoldVerdict.Release ? "all is carried out" : "nothing is carried out"
                    );
                }

                WorkHeld.Queue(attempt, workspaceId);
                return default(Nothing);
            },
            ct
        );
        if (marked.Done)
        {
            await new WorkHeld(store).TurnAsync(workspaceId, ct);
        }

        return marked;
    }

    /// <summary>Decides on a group out of which a directory would take many people: let through for a day, or kept as it is.</summary>
    public Task<Outcome<Nothing>> GroupAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Groups.Group> group,
        HoldVerdict verdict,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Nothing>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused)
                {
                    return refused;
                }

                var rows = await attempt
                    .Db.DirectoryHolds.AsNoTracking()
                    .Where(h => h.WorkspaceId == workspaceId && h.About == group.Value && h.OpenSince != null)
                    .OrderBy(h => h.ClientId)
                    .ToListAsync(ct);
                if (rows.Count == 0)
                {
                    return new Refusal(RefusalKind.Conflict, "nothingHeld", "Nothing is held of this group any more.");
                }

                foreach (var row in rows)
                {
                    var isAllowed = verdict == HoldVerdict.Release;
                    HoldRows.Write(
                        attempt,
                        row,
                        isAllowed ? row.Closed() with { AllowedUntil = attempt.At.AddDays(1) } : row with { DecideUntil = null }
                    );
                    HoldRows.Forget(attempt, row);
                    attempt.Changes.Tell(
                        Act,
                        workspaceId,
                        ("group", group.Value, row.Name),
                        reason: isAllowed ? "people may leave it" : "it is kept as it is"
                    );
                }

                return default(Nothing);
            },
            ct
        );

    /// <summary>Decides on one, in a transaction of its own, and closes the directory's row with the last.</summary>
    internal static Task<Outcome<Member>> OneAsync(
        Store store,
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        HoldVerdict verdict,
        string? reason,
        CancellationToken ct,
        Func<Member, DateTimeOffset, bool>? isMeant = null
    ) =>
        store.ChangeAsync<Member>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (await MemberWithGrants.OpenAsync(attempt.Db, workspaceId, id, ct) is not ({ } workspace, { } file))
                {
                    return Refusal.NotFound("member");
                }

                if (isMeant is not null && !isMeant(file.Member, attempt.At))
                {
                    return file.Member;
                }

                // before the member's own row: who is held meanwhile counts on the directory's
                if (
                    file.Member is { HeldBy: { } client, AwaitsDecision: true }
                    && await HoldRows.ReadAsync(attempt.Db, workspaceId, client, Guid.Empty, ct)
                        is { OpenSince: not null, Verdict: null } row
                    && !await HoldRows.IsAnyWaitingAsync(attempt.Db, workspaceId, client, id, ct)
                )
                {
                    HoldRows.Close(attempt, row);
                }

                return await HeldDecision.PlaceAsync(attempt, workspace, file, verdict, reason, ct);
            },
            ct
        );

    private async Task<Refusal?> MayAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct) =>
        actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused
            // through the store, which keeps a line of who tried what they may not
            ? (await store.ChangeAsync<Nothing>(actor, workspaceId, Act, _ => Task.FromResult<Outcome<Nothing>>(refused), ct)).Refusal
            : null;
}
