using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// What every act of an admin on one member has in common: the permission, the member, never oneself where that would
/// lock one out, nobody above one's own reach, one audit line.
/// </summary>
internal static class MemberAct
{
    /// <summary>Plans and runs the act.</summary>
    /// <param name="store">The store.</param>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">On whom.</param>
    /// <param name="act">The act's name in the audit log.</param>
    /// <param name="seen">The version on which the act is based; null for any.</param>
    /// <param name="notOneself">The refusal when the actor is that member; null where that is allowed.</param>
    /// <param name="change">What the member and their grants become, or a refusal.</param>
    /// <param name="also">Anything more to write once the member is placed; null for nothing.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <param name="byHand">What it gives by hand, which no rule must give then; null for nothing.</param>
    /// <param name="against">What may stand against a change that would be made; null for nothing.</param>
    public static Task<Outcome<Member>> RunAsync(
        Store store,
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        string act,
        long? seen,
        Refusal? notOneself,
        Func<Attempt, WorkspaceContext, MemberWithGrants, Outcome<MemberWithGrants>> change,
        Func<Attempt, Member, Task>? also,
        CancellationToken ct,
        GrantKind? byHand = null,
        Func<Attempt, WorkspaceContext, MemberWithGrants, Task<Refusal?>>? against = null
    ) =>
        store.ChangeAsync<Member>(
            actor,
            workspaceId,
            act,
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
                )
                {
                    return Refusal.NotFound("member");
                }

                if (notOneself is not null && actor.Member == id)
                {
                    return notOneself;
                }

                if (workspace.Configuration.MayTouch(actor, file.Member.Role) is { } beyond)
                {
                    return beyond;
                }

                if (seen is { } version && version != file.Member.Version)
                {
                    return Refusal.Stale();
                }

                if (byHand is { } kind && await RuleLock.CheckAsync(attempt.Db, workspace, file, kind, ct) is { } locked)
                {
                    return locked;
                }

                if (!change(attempt, workspace, file).Is(out var wanted, out var refusal))
                {
                    return refusal;
                }

                if (wanted.Member == file.Member && ReferenceEquals(wanted.Grants, file.Grants))
                {
                    return file.Member;
                }

                if (against is not null && await against(attempt, workspace, file) is { } alone)
                {
                    return alone;
                }

                var placed = await Admission.PlaceAsync(attempt, workspace, file, wanted.Member, wanted.Grants, null, ct);
                if (placed.Is(out var done, out _))
                {
                    if (also is not null)
                    {
                        await also(attempt, done);
                    }

                    attempt.Changes.Tell(act, workspaceId, ("member", id.Value, done.ShownName), file.Member, done);
                }

                return placed;
            },
            ct
        );

    /// <summary>The member of an act that concerns the account behind them and changes nothing of the membership.</summary>
    /// <param name="attempt">The attempt; the permission was asked for already.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">On whom.</param>
    /// <param name="notOneself">The refusal when the actor is that member; null where that is allowed.</param>
    /// <param name="ct">Stops the read.</param>
    /// <returns>Refusals: <c>notFound</c>, <c>grantCeiling</c>, and <paramref name="notOneself"/>.</returns>
    public static async Task<Outcome<Member>> FindAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        Id<Member> id,
        Refusal? notOneself,
        CancellationToken ct
    )
    {
        var workspace = await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct);
        var member = await attempt.Db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspaceId && m.Id == id, ct);
        return workspace is null || member is null || !member.State.IsListed() ? Refusal.NotFound("member")
            : notOneself is not null && attempt.Actor.Member == id ? notOneself
            : workspace.Configuration.MayTouch(attempt.Actor, member.Role) is { } beyond ? beyond
            : member;
    }
}
