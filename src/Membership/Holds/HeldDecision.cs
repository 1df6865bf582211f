using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>What a decision makes of one member whose directory's word is held: the one place where it is carried out, or not.</summary>
internal static class HeldDecision
{
    /// <summary>
    /// Queues it, with its line. Refusals: <c>nothingHeld</c>, <c>cannotMerge</c>, and those of the place that it asks for:
    /// <c>seatsFull</c>, <c>lastAdmin</c>.
    /// </summary>
    /// <param name="attempt">The try it belongs to.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="file">The member.</param>
    /// <param name="verdict">What was decided.</param>
    /// <param name="reason">Why, where nobody said so; null for whoever acts.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<Outcome<Member>> PlaceAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants file,
        HoldVerdict verdict,
        string? reason,
        CancellationToken ct
    )
    {
        var member = file.Member;
        if (member.HeldAs is not { } held || (verdict == HoldVerdict.Keep && member.HeldUntil is null))
        {
            return Nothing();
        }

        if (verdict == HoldVerdict.Merge)
        {
            return await HeldMerge.PlaceAsync(attempt, workspace, file, reason, ct);
        }

        if (verdict == HoldVerdict.Release && held == HeldAs.Deletion)
        {
            var ended = await EndMember.EndAsync(attempt, workspace, file, "held.released", ct, reason);
            return ended.Refusal is { } stays ? stays : member with { State = MemberState.Ended };
        }

        var isReleased = verdict == HoldVerdict.Release;
        var (grants, fill) = isReleased ? await RuleMoves.ReleasedAsync(attempt, workspace, file, ct) : (file.Grants, null);
        var after = isReleased ? Matches.Confirmed(member).WithoutHold() : member with { HeldUntil = null };
        var placed = await Admission.PlaceAsync(attempt, workspace, file, after, grants, null, ct);
        if (placed.Is(out var done, out _))
        {
            await (fill?.Invoke() ?? Task.CompletedTask);
            attempt.Changes.Tell(
                verdict == HoldVerdict.Release ? "held.released" : "held.kept",
                workspace.Id,
                ("member", done.Id.Value, done.ShownName),
                member,
                done,
                reason
            );
        }

        return placed;
    }

    /// <summary>Nothing is held of somebody.</summary>
    public static Refusal Nothing() =>
        new(
            RefusalKind.Conflict,
            "nothingHeld",
            "Nothing is held of this person any more: it was decided, or the directory says otherwise by now."
        );
}
