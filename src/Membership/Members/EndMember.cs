using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// A directory deletes a person (SCIM DELETE, RFC 7644 section 3.6): not found by any door afterwards, no obstacle to
/// a new one of the same name, kept as history. Refusals: <c>notFound</c>, <c>stale</c>, <c>lastAdmin</c>.
/// </summary>
public sealed class EndMember(Store store)
{
    /// <summary>
    /// Ends the membership, or holds that where the workspace's rules say so: the directory does not find the member either way.
    /// </summary>
    /// <param name="actor">The directory.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The member.</param>
    /// <param name="accepts">Whether the caller accepts a member of this version; null for any.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>Whether it is held: the member stays in until an admin decides.</returns>
    public Task<Outcome<bool>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        Func<long, bool>? accepts,
        CancellationToken ct
    ) =>
        store.ChangeAsync<bool>(
            actor,
            workspaceId,
            "member.deleted",
            async attempt =>
            {
                attempt.Concerns(id);
                if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await MemberWithGrants.ReadAsync(attempt.Db, workspaceId, id, ct) is not { } file
                    || !file.Member.IsSeenByDirectory()
                )
                {
                    return Refusal.NotFound("member");
                }

                if (accepts is not null && !accepts(file.Member.Version))
                {
                    return Refusal.Stale();
                }

                if (await Breaker.DeletionAsync(attempt, workspace, file.Member, ct) is { } held)
                {
                    var kept = await Admission.PlaceAsync(attempt, workspace, file, held, file.Grants, null, ct);
                    if (kept.Is(out var stays, out var refusal))
                    {
                        attempt.Changes.Tell("member.deletionHeld", workspaceId, ("member", id.Value, stays.ShownName), file.Member, stays);
                    }

                    return refusal is null ? true : refusal;
                }

                var ended = await EndAsync(attempt, workspace, file, "member.deleted", ct);
                return ended.Refusal is { } no ? no : false;
            },
            ct
        );

    /// <summary>Queues the end of a member: the row, the keys, the groups, an open invitation.</summary>
    internal static async Task<Outcome<Nothing>> EndAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants file,
        string act,
        CancellationToken ct,
        string? reason = null
    )
    {
        var groups = attempt.Actor.Kind == ActorKind.Directory ? await GroupsAsync(attempt.Db, file.Member, ct) : null;
        var placed = await Admission.PlaceAsync(
            attempt,
            workspace,
            file,
            file.Member with
            {
                State = MemberState.Ended,
            },
            file.Grants,
            null,
            ct
        );
        if (!placed.Is(out var done, out var refusal))
        {
            return refusal;
        }

        GroupStatements.LeaveAll(attempt.Changes, done);
        await PendingInvitations.CloseAsync(attempt, done, ct);
        attempt.Changes.Tell(
            act,
            workspace.Id,
            ("member", done.Id.Value, done.ShownName),
            file.Member,
            done,
            reason,
            note: groups is null ? null : new() { Groups = groups }
        );
        return default(Nothing);
    }

    // into the others a rule put them, and would again
    private static async Task<IReadOnlyList<Guid>> GroupsAsync(MembershipDb db, Member member, CancellationToken ct) =>
        await db
            .GroupMembers.AsNoTracking()
            .Where(g => g.WorkspaceId == member.WorkspaceId && g.MemberId == member.Id && g.RuleId == null)
            .Select(g => g.GroupId.Value)
            .ToListAsync(ct);
}
