using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>
/// What a directory may do to somebody's access at once, asked by the acts it is done with and counted in their own transaction: of any
/// number of rivals on any number of servers exactly as many go as the window allows. Costs nothing where the workspace has no rules.
/// </summary>
internal static class Breaker
{
    /// <summary>The member as wanted, or with the directory's word held where it would give or take access and is to wait.</summary>
    /// <param name="attempt">The try it belongs to; only a directory is held.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="before">As they were; null for somebody new.</param>
    /// <param name="after">As the directory wants them.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<Member> PassAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Member? before,
        Member after,
        CancellationToken ct
    )
    {
        if (
            attempt.Actor.Kind == ActorKind.Directory
            && before is { HeldAs: HeldAs.Match, HeldUntil: null }
            && after.DirectoryActive == false
        )
        {
            return after with { HeldAs = HeldAs.Deactivation }; // an admin said that the directory has no say in this person's access
        }

        if (!Holds(attempt, workspace))
        {
            return after;
        }

        after = Matches.Follow(before, after);
        var (was, will) = (before?.State, MemberStateRules.Of(MemberStateRules.WithoutSettledHold(after)));
        var match = await Matches.OfAsync(attempt, workspace, before, after, ct);
        HeldAs? held =
            was == MemberState.Active && will != MemberState.Active && after.DirectoryActive == false ? HeldAs.Deactivation
            // whom the workspace invited itself it has let in
            : was is not (MemberState.Active or MemberState.Invited) && will == MemberState.Active && after.DirectoryActive == true
                ? HeldAs.Admission
            : match is not null && before is { HeldAs: null or HeldAs.Access } ? HeldAs.Match
            : null;
        return held is { } word && await UntilAsync(attempt, workspace, word, ct) is { } until
            ? Held(attempt, Matches.Taken(after, word), word, until) with
            {
                HeldMatch = match ?? after.HeldMatch,
            }
            : after;
    }

    /// <summary>The member as held instead of ended; null where the deletion is carried out.</summary>
    public static async Task<Member?> DeletionAsync(Attempt attempt, WorkspaceContext workspace, Member member, CancellationToken ct)
    {
        if (attempt.Actor.Kind != ActorKind.Directory || member.State != MemberState.Active)
        {
            return null; // who has no access loses none
        }

        // what was decided, or is to be, of their deactivation goes for the deletion that follows it
        return member.HeldAs == HeldAs.Deactivation ? member with { HeldAs = HeldAs.Deletion }
            : member is { HeldAs: HeldAs.Match, HeldUntil: null } ? member with { DirectoryActive = false, HeldAs = HeldAs.Deletion }
            : Holds(attempt, workspace) && await UntilAsync(attempt, workspace, HeldAs.Deletion, ct) is { } until
                ? Held(attempt, member with { DirectoryActive = false }, HeldAs.Deletion, until)
            : null;
    }

    /// <summary>
    /// That a directory takes more people out of a group than the window allows, and more than half of them: it is told to come again,
    /// until an admin lets it through. The refusal is written, for the count and the alarm.
    /// </summary>
    public static async Task<Refusal?> GroupAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Group group,
        int removed,
        CancellationToken ct
    )
    {
        if (removed == 0 || !Holds(attempt, workspace) || workspace.Configuration.Scim.Hold is not { HasLimit: true } rules)
        {
            return null;
        }

        var row = await HoldRows.ReadAsync(attempt.Db, workspace.Id, attempt.Actor.Id!.Value, group.Id.Value, ct);
        if (row?.AllowedUntil > attempt.At)
        {
            return null;
        }

        if (row?.OpenSince is not null)
        {
            return Waits(group);
        }

        var window = row ?? HoldRows.New(attempt, workspace.Id, group.Id.Value, group.DisplayName);
        if (window.WindowUntil is not { } end || end <= attempt.At)
        {
            var size = await attempt.Db.GroupMembers.LongCountAsync(g => g.WorkspaceId == workspace.Id && g.GroupId == group.Id, ct);
            window = window with
            {
                WindowUntil = attempt.At.AddMinutes(rules.Minutes),
                Used = 0,
                Most = Math.Max(await MostAsync(attempt, workspace, rules, ct), size / 2),
            };
        }

        var opens = window.Used + removed > window.Most;
        var after = opens ? HoldRows.Opened(attempt, workspace, window, 1, isTripped: true) : window with { Used = window.Used + removed };
        HoldRows.Write(attempt, row, after);
        return opens ? Waits(group).ButWritten() : null;
    }

    /// <summary>The same of a group that a directory deletes: everybody leaves it.</summary>
    public static async Task<Refusal?> DeletedGroupAsync(Attempt attempt, WorkspaceContext workspace, Group group, CancellationToken ct) =>
        Holds(attempt, workspace)
            ? await GroupAsync(
                attempt,
                workspace,
                group,
                await attempt.Db.GroupMembers.CountAsync(g => g.WorkspaceId == workspace.Id && g.GroupId == group.Id, ct),
                ct
            )
            : null;

    private static bool Holds(Attempt attempt, WorkspaceContext workspace) =>
        workspace.Configuration.Scim.Hold is not null && attempt.Actor is { Kind: ActorKind.Directory, Id: not null };

    private static Member Held(Attempt attempt, Member member, HeldAs held, DateTimeOffset until) =>
        member with
        {
            HeldAs = held,
            HeldSince = attempt.At,
            HeldUntil = until,
            HeldBy = attempt.Actor.Id,
        };

    /// <summary>Until when it is held; null where it is carried out, and counted.</summary>
    private static async Task<DateTimeOffset?> UntilAsync(Attempt attempt, WorkspaceContext workspace, HeldAs held, CancellationToken ct)
    {
        var rules = workspace.Configuration.Scim.Hold!;
        var always = rules.Mode == HoldMode.Hold || (rules.Mode == HoldMode.HoldDangerous && held != HeldAs.Admission);
        if (!always && (held == HeldAs.Admission || !rules.HasLimit))
        {
            return null;
        }

        var until = attempt.At.AddDays(rules.Days);
        if (always)
        {
            await HoldRows.HoldAsync(attempt, workspace, 1, ct);
            return until;
        }

        var row = await HoldRows.ReadAsync(attempt.Db, workspace.Id, attempt.Actor.Id!.Value, Guid.Empty, ct);
        if (row is { OpenSince: { }, IsTripped: true } open)
        {
            HoldRows.CountHeld(attempt, open);
            return until;
        }

        var window = row ?? HoldRows.New(attempt, workspace.Id, Guid.Empty, null);
        if (window.WindowUntil is not { } end || end <= attempt.At)
        {
            HoldRows.Write(
                attempt,
                row,
                window with
                {
                    WindowUntil = attempt.At.AddMinutes(rules.Minutes),
                    Used = 1,
                    Most = await MostAsync(attempt, workspace, rules, ct),
                }
            );
            return null;
        }

        if (window.Used < window.Most)
        {
            HoldRows.CountGone(attempt, window);
            return null;
        }

        HoldRows.Write(attempt, row, HoldRows.Opened(attempt, workspace, window, window.Held + 1, isTripped: true));
        return until;
    }

    private static async Task<long> MostAsync(Attempt attempt, WorkspaceContext workspace, HoldRules rules, CancellationToken ct) =>
        rules.Most(rules.Percent is null ? 0 : (await Counts.ReadAsync(attempt.Db, workspace.Id, ct)).In(MemberState.Active));

    private static Refusal Waits(Group group) =>
        new(
            RefusalKind.Unavailable,
            "groupHeld",
            $"More people would leave the group {group.DisplayName} than this workspace lets go at once. An admin was asked; come again later.",
            RetryAfter: TimeSpan.FromHours(1)
        );
}
