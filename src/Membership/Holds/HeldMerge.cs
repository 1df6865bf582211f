using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>
/// Whom a directory would let in is somebody who is here already under another user name: the directory's row becomes the person, for its
/// id is the one that the directory has. It takes over the account, what an admin or an invitation gave, seat, groups, term, activity and
/// whatever else names them (<see cref="MergedRows"/>); the other row ends and says into whom it went. Role and license stay what they
/// were, but for what rules say of the directory's person.
/// </summary>
internal static class HeldMerge
{
    /// <summary>What a merge makes of somebody.</summary>
    /// <param name="Was">Who was here.</param>
    /// <param name="After">The person as placed.</param>
    /// <param name="Standing">What they had, as the file of the row in which they go on, with the groups of both.</param>
    /// <param name="Grants">All grants as wanted.</param>
    /// <param name="Verdict">What rules say of them.</param>
    public sealed record Merged(Member Was, Member After, RuleFile Standing, IReadOnlyList<Grant> Grants, Verdict Verdict);

    /// <summary>
    /// With whom a held newcomer may become one: the only person who is here with their address, whom no directory has yet. Refusal:
    /// <c>cannotMerge</c>.
    /// </summary>
    /// <param name="held">The newcomer.</param>
    /// <param name="same">All who are here with their address.</param>
    public static Outcome<Member> With(Member held, IReadOnlyList<Member> same) =>
        held is not { HeldAs: HeldAs.Admission, AccountId: null, JoinedAt: null, LocalBlock: LocalBlock.None }
            ? Cannot($"{held.ShownName} is not new here: only whom a directory would let in for the first time can be merged.")
        : same.Count == 0 ? Cannot($"Nobody else here has the mail address of {held.ShownName}.")
        : same.Count > 1
            ? Cannot($"{same.Count} people here have the mail address of {held.ShownName}: it does not say which of them this is.")
        : same[0] is not { DirectoryActive: null, HeldAs: null } one
            ? Cannot($"A directory brought {same[0].ShownName}, or took them for its own: two that a directory knows stay two.")
        : !one.State.IsKnown() || one.State == MemberState.Ended ? Cannot("A later version of this server knows more of them.")
        : one;

    /// <summary>Queues it, with a line for each of the two.</summary>
    public static async Task<Outcome<Member>> PlaceAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants file,
        string? reason,
        CancellationToken ct
    )
    {
        var same = await Matches.SameAsync(attempt.Db, workspace.Id, [file.Member], ct);
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        var whole = await RuleFile.OfAsync(attempt.Db, rules, file, ct);
        var planned = await PlanAsync(attempt, workspace, rules, whole, same.GetValueOrDefault(file.Member.Id) ?? [], ct);
        if (!planned.Is(out var merged, out var refusal))
        {
            return refusal;
        }

        await WriteAsync(attempt, workspace, rules, file.Member, merged, reason, ct);
        return merged.After;
    }

    /// <summary>Places both; what else there is to write is not queued, so that a rehearsal is the same as the act.</summary>
    public static async Task<Outcome<Merged>> PlanAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        RuleSet rules,
        RuleFile newcomer,
        IReadOnlyList<Member> same,
        CancellationToken ct
    )
    {
        var held = newcomer.File.Member;
        if (!With(held, same).Is(out var found, out var refusal))
        {
            return refusal;
        }

        var files = await RuleFile.ReadAsync(attempt.Db, workspace.Id, rules, [found.Id], ct);
        if (files is not [{ } was] || !With(held, [was.File.Member]).Is(out var here, out _))
        {
            return Cannot($"{found.ShownName} is not here any more, or a directory took them for its own.");
        }

        if (workspace.Configuration.MayTouch(attempt.Actor, here.Role) is { } beyond)
        {
            return beyond;
        }

        var standing = new RuleFile(
            new(Standing(held, here), [.. Kept(was.File.Grants, newcomer.File.Grants).Select(g => g with { MemberId = held.Id })]),
            was.Groups.Concat(newcomer.Groups).GroupBy(g => g.Key).ToDictionary(g => g.Key, g => g.Last().Value)
        );
        var (verdict, grants) = await RuleMoves.WantedAsync(attempt, workspace, rules, standing, ct);
        var placed = await Admission.PlaceAsync(
            attempt,
            workspace,
            newcomer.File,
            After(held, here),
            grants,
            null,
            ct,
            from: new(was.File, standing.File)
        );
        return placed.Is(out var after, out var no) ? new Merged(here, after, standing, grants, verdict) : no;
    }

    /// <summary>The directory's person with what is theirs: the account, since when they are here, an admin's word on it.</summary>
    private static Member After(Member held, Member here)
    {
        var after = held.WithoutHold() with
        {
            AccountId = here.AccountId,
            JoinedAt = here.JoinedAt,
            LocalBlock = here.LocalBlock,
            AcceptedTerms = here.AcceptedTerms,
            TermsAcceptedAt = here.TermsAcceptedAt,
        };
        return held is { DisplayName: null, GivenName: null, FamilyName: null }
            ? after with
            {
                DisplayName = here.DisplayName,
                GivenName = here.GivenName,
                FamilyName = here.FamilyName,
            }
            : after;
    }

    private static Member Standing(Member held, Member here) =>
        After(held, here) with
        {
            State = here.State,
            Role = here.Role,
            License = here.License,
            HasSeat = here.HasSeat,
            WaitsSince = here.WaitsSince,
        };

    // by rules is asked anew; what the workspace gives whom a directory brings is not for whoever was here
    private static IEnumerable<Grant> Kept(IReadOnlyList<Grant> own, IReadOnlyList<Grant> newcomers) =>
        own.Concat(newcomers.Where(n => n.Origin == GrantOrigin.Group && !own.Any(g => Grants.SamePlace(g, n))));

    private static async Task WriteAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        RuleSet rules,
        Member held,
        Merged merged,
        string? reason,
        CancellationToken ct
    )
    {
        var (was, after) = (merged.Was, merged.After);
        if (await PendingInvitations.OfAsync(attempt.Db, was, ct) is { } open)
        {
            var closed = PendingInvitations.Close(attempt, open, InvitationStatus.Revoked);
            attempt.Changes.Tell(
                "invitation.revoked",
                workspace.Id,
                ("invitation", open.Id.Value, open.UserName),
                open,
                closed,
                "the directory brought the person"
            );
        }

        var groups = await GroupsAsync(attempt.Db, was, after, ct);
        MergedRows.Write(attempt.Changes, was, after);
        foreach (var group in groups)
        {
            attempt.Changes.Events.Moved(group, [after.Id], isIn: true);
            attempt.Changes.TellFacts(
                "group.membersChanged",
                workspace.Id,
                ("group", group.Id.Value, group.DisplayName),
                ReviseGroup.Told("removed", [was.Id]),
                ReviseGroup.Told("added", [after.Id]),
                "two became one person"
            );
        }

        var fills = new RuleFills(attempt, workspace.Id);
        if (fills.Of(after.Id, merged.Standing.Groups, merged.Verdict))
        {
            await fills.WriteAsync(rules.Groups, ct);
        }

        attempt.Changes.Tell("member.merged", workspace.Id, ("member", after.Id.Value, after.ShownName), held, after, reason);
        attempt.Changes.Tell(
            "member.mergedInto",
            workspace.Id,
            ("member", was.Id.Value, was.ShownName),
            was,
            was with
            {
                State = MemberState.Ended,
                AccountId = null,
                HasSeat = false,
                MergedInto = after.Id,
            },
            reason
        );
    }

    // those in which the directory's row is already are no news
    private static Task<List<Group>> GroupsAsync(MembershipDb db, Member was, Member after, CancellationToken ct) =>
        db
            .Groups.AsNoTracking()
            .Where(g =>
                g.WorkspaceId == was.WorkspaceId
                && db.GroupMembers.Any(m => m.WorkspaceId == g.WorkspaceId && m.GroupId == g.Id && m.MemberId == was.Id)
                && !db.GroupMembers.Any(m => m.WorkspaceId == g.WorkspaceId && m.GroupId == g.Id && m.MemberId == after.Id)
            )
            .OrderBy(g => g.Id)
            .ToListAsync(ct);

    private static Refusal Cannot(string sentence) => new(RefusalKind.Conflict, "cannotMerge", sentence);
}
