using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>
/// Does what the workspace says with held words on which nobody decided in time, and closes the rows of directories of which nothing is
/// held any more. Any number of servers may run it: each person is one transaction. Who cannot be placed (no seat, the last admin) is kept.
/// </summary>
public sealed class CarryOutHolds(Store store)
{
    private const string Reason = "nobody decided in time";
    private const int Piece = 100;

    /// <summary>Does what is due, a bounded part of it.</summary>
    /// <returns>On how many people it decided.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        List<DirectoryHold> open;
        List<Member> due;
        var now = store.Time.Now();
        await using (var db = store.Read())
        {
            open = await db
                .DirectoryHolds.AsNoTracking()
                .Where(h => h.OpenSince != null)
                .OrderBy(h => h.OpenSince)
                .Take(Piece)
                .ToListAsync(ct);
            var workspaces = open.Where(h => h.About == Guid.Empty && h.DecideUntil <= now).Select(h => h.WorkspaceId).Distinct().ToList();
            due =
                workspaces.Count == 0
                    ? []
                    : await db
                        .Members.AsNoTracking()
                        .Where(m => workspaces.Contains(m.WorkspaceId) && m.HeldAs != null && m.HeldUntil <= now)
                        .OrderBy(m => m.WorkspaceId)
                        .ThenBy(m => m.Id)
                        .Take(Piece)
                        .ToListAsync(ct);
        }

        foreach (var member in due)
        {
            ct.ThrowIfCancellationRequested();
            await EndAsync(member);
        }

        foreach (var row in open)
        {
            ct.ThrowIfCancellationRequested();
            await CloseAsync(row);
        }

        return due.Count;
    }

    private async Task EndAsync(Member seen)
    {
        HoldVerdict verdict;
        bool isHere;
        await using (var db = store.Read())
        {
            isHere = (await Matches.SameAsync(db, seen.WorkspaceId, [seen], default)).Count > 0;
            verdict =
                await WorkspaceContext.ByIdAsync(db, seen.WorkspaceId, default)
                    is { Configuration.Scim.Hold.OnDeadline: HoldDeadline.Release }
                && !isHere // nobody becomes two because nobody looked
                    ? HoldVerdict.Release
                    : HoldVerdict.Keep;
        }

        bool IsDue(Member member, DateTimeOffset at) => member.HeldUntil <= at;
        var outcome = await DecideHeld.OneAsync(store, Actor.System, seen.WorkspaceId, seen.Id, verdict, Reason, default, IsDue);
        if (outcome.Refusal is { Code: not "nothingHeld" } && verdict == HoldVerdict.Release)
        {
            await DecideHeld.OneAsync(store, Actor.System, seen.WorkspaceId, seen.Id, HoldVerdict.Keep, Reason, default, IsDue);
        }
    }

    private Task<Outcome<bool>> CloseAsync(DirectoryHold seen) =>
        store.ChangeAsync<bool>(
            Actor.System,
            seen.WorkspaceId,
            "held.decided",
            async attempt =>
            {
                if (
                    await HoldRows.ReadAsync(attempt.Db, seen.WorkspaceId, seen.ClientId, seen.About, default)
                    is not { OpenSince: not null } row
                )
                {
                    return false;
                }

                if (row.About != Guid.Empty)
                {
                    return await CloseGroupAsync(attempt, row);
                }

                if (row.Verdict is not null || await HoldRows.IsAnyWaitingAsync(attempt.Db, row.WorkspaceId, row.ClientId, null, default))
                {
                    return false;
                }

                HoldRows.Close(attempt, row);
                return true;
            },
            default
        );

    private static async Task<bool> CloseGroupAsync(Attempt attempt, DirectoryHold row)
    {
        if (row.DecideUntil is not { } until || until > attempt.At)
        {
            return false; // kept, or there is time yet
        }

        var isAllowed =
            await WorkspaceContext.ByIdAsync(attempt.Db, row.WorkspaceId, default) is
            { Configuration.Scim.Hold.OnDeadline: HoldDeadline.Release };
        HoldRows.Write(
            attempt,
            row,
            isAllowed ? row.Closed() with { AllowedUntil = attempt.At.AddDays(1) } : row with { DecideUntil = null }
        );
        HoldRows.Forget(attempt, row);
        attempt.Changes.Tell(
            "held.decided",
            row.WorkspaceId,
            ("group", row.About, row.Name),
            reason: $"{Reason}: {(isAllowed ? "people may leave it" : "it is kept as it is")}"
        );
        return true;
    }
}
