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
/// nobody else; on everybody of whom something waits, by a job; or on a group that a directory would empty. Of all those are carried out
/// who are new; who is here already by their address is left for a decision of its own, which may be one on all of them
/// (<see cref="HoldVerdict.Merge"/>): nobody becomes two unless an admin says so of them. Refusals: <c>forbidden</c>, <c>notFound</c>,
/// <c>nothingHeld</c>, <c>cannotMerge</c>, <c>awaitsApproval</c> where two admins carry out together, too many at once.
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
        if (members.Count > Most)
        {
            return Refusal.Invalid("members", $"One call decides on {Most} people at most, or on all.");
        }

        Data.Held.WriteInParts();
        if (await MayAsync(actor, workspaceId, [.. members.Distinct().Order()], verdict, ct) is { } refused)
        {
            return refused;
        }

        var decided = new List<DecidedHold>(members.Count);
        foreach (var id in members.Distinct())
        {
            decided.Add(new(id, (await OneAsync(store, actor, workspaceId, id, verdict, null, ct)).Refusal));
        }

        return decided;
    }

    /// <summary>
    /// Decides on everybody of whom something waits now and who is meant: to be kept all, to be carried out all but those who are here
    /// already, to be merged these alone. The first are done before it comes back, the rest by a job that goes on after a restart;
    /// <see cref="ListHeld"/> tells how far it is.
    /// </summary>
    /// <param name="actor">Who decides.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="verdict">What is decided.</param>
    /// <param name="afterwards">What is held of a directory's word from now on; null leaves that as it is.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<Nothing>> AllAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        HoldVerdict verdict,
        HoldMode? afterwards,
        CancellationToken ct
    )
    {
        if (verdict == HoldVerdict.Merge && afterwards is not null)
        {
            return Refusal.Invalid("afterwards", "What is held afterwards is said as all is carried out or kept.");
        }

        var marked = await RowsAsync(
            actor,
            workspaceId,
            Guid.Empty,
            verdict,
            afterwards,
            "Nothing waits for a decision.",
            (attempt, row, decided) =>
            {
                HoldRows.Write(
                    attempt,
                    row,
                    row with
                    {
                        Verdict = verdict,
                        DecidedAt = decided,
                        DecidedByKind = attempt.Actor.Kind,
                        DecidedById = attempt.Actor.Id,
                        DecidedByName = attempt.Actor.Name,
                        Cursor = default,
                        Done = 0,
                        LeftOut = 0,
                    }
                );
                WorkHeld.Queue(attempt, workspaceId);
                return verdict switch
                {
                    HoldVerdict.Release => "all is carried out",
                    HoldVerdict.Merge => "who is here already becomes one person",
                    _ => "nothing is carried out",
                };
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
        verdict == HoldVerdict.Merge
            ? Task.FromResult<Outcome<Nothing>>(Refusal.Invalid("verdict", "A group is let through or kept; only people are merged."))
            : OfGroupAsync(actor, workspaceId, group, verdict, ct);

    private Task<Outcome<Nothing>> OfGroupAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Groups.Group> group,
        HoldVerdict verdict,
        CancellationToken ct
    ) =>
        RowsAsync(
            actor,
            workspaceId,
            group.Value,
            verdict,
            null,
            "Nothing is held of this group any more.",
            (attempt, row, _) =>
            {
                var isAllowed = verdict == HoldVerdict.Release;
                HoldRows.Write(
                    attempt,
                    row,
                    isAllowed ? row.Closed() with { AllowedUntil = attempt.At.AddDays(1) } : row with { DecideUntil = null }
                );
                HoldRows.Forget(attempt, row);
                return isAllowed ? "people may leave it" : "it is kept as it is";
            },
            ct
        );

    /// <summary>Decides on the rows of directories: of their people, or of one group.</summary>
    /// <param name="actor">Who decides.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="about">The group; empty for people.</param>
    /// <param name="verdict">What is decided.</param>
    /// <param name="afterwards">What is held from now on; null leaves that as it is.</param>
    /// <param name="none">What is said where nothing waits.</param>
    /// <param name="decide">Queues it for one row, decided at that time, and says it in words.</param>
    /// <param name="ct">Stops it before it is written.</param>
    private Task<Outcome<Nothing>> RowsAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Guid about,
        HoldVerdict verdict,
        HoldMode? afterwards,
        string none,
        Func<Attempt, DirectoryHold, DateTimeOffset, string> decide,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        return store.ChangeAsync<Nothing>(
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
                    .Where(h => h.WorkspaceId == workspaceId && h.About == about && h.OpenSince != null)
                    .OrderBy(h => h.ClientId)
                    .ToListAsync(ct);
                if (rows.Count == 0 || await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return new Refusal(RefusalKind.Conflict, "nothingHeld", none);
                }

                var (alone, approved) =
                    verdict == HoldVerdict.Keep
                        ? default
                        : await HeldApproval.OfRowsAsync(attempt, workspace, rows[0], verdict, afterwards, ct);
                if (alone is not null)
                {
                    return alone;
                }

                foreach (var row in rows)
                {
                    // what came since a second admin was asked is not meant
                    var said = decide(attempt, row, approved?.AskedAt ?? attempt.At);
                    var target = about == Guid.Empty ? ("directory", row.ClientId, row.Client) : ("group", about, row.Name);
                    attempt.Changes.Tell(Act, workspaceId, target, reason: said);
                }

                return afterwards is { } mode && HeldApproval.Mode(attempt, workspace, mode, verdict) is { } no ? no : default(Nothing);
            },
            ct
        );
    }

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
                attempt.Concerns(id);
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

    private async Task<Refusal?> MayAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        List<Id<Member>> members,
        HoldVerdict verdict,
        CancellationToken ct
    ) =>
        actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused
            // through the store, which keeps a line of who tried what they may not
            ? (await store.ChangeAsync<Nothing>(actor, workspaceId, Act, _ => Task.FromResult<Outcome<Nothing>>(refused), ct)).Refusal
        : verdict == HoldVerdict.Keep || actor.Unlimited ? null
        : (
            await store.ChangeAsync<Nothing>(
                actor,
                workspaceId,
                Act,
                async attempt =>
                    await HeldApproval.OfPeopleAsync(attempt, workspaceId, members, verdict, ct) is { } alone ? alone : default(Nothing),
                ct
            )
        ).Refusal;
}
