using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.InviteLinks;

/// <summary>
/// Switches a link off: nobody joins by it any more. Refusals: <c>forbidden</c>, <c>grantCeiling</c>, <c>notFound</c>, also for one that
/// has ended.
/// </summary>
public sealed class EndInviteLink(Store store)
{
    /// <summary>Switches it off.</summary>
    public Task<Outcome<InviteLink>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<InviteLink> id, CancellationToken ct) =>
        store.ChangeAsync<InviteLink>(
            actor,
            workspaceId,
            "inviteLink.ended",
            async attempt =>
            {
                if (!(await FindAsync(attempt, workspaceId, id, ct)).Is(out var found, out var refusal))
                {
                    return refusal;
                }

                var ended = RenewInviteLink.End(attempt, found.Link);
                RenewInviteLink.Tell(attempt, "inviteLink.ended", found.Workspace, ended);
                return ended;
            },
            ct
        );

    /// <summary>A live link, for who may invite to its role.</summary>
    internal static async Task<Outcome<(WorkspaceContext Workspace, InviteLink Link)>> FindAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        Id<InviteLink> id,
        CancellationToken ct
    )
    {
        if (!(await RenewInviteLink.OpenAsync(attempt.Db, attempt.Actor, workspaceId, null, ct)).Is(out var workspace, out var refusal))
        {
            return refusal;
        }

        return await attempt
                .Db.InviteLinks.AsNoTracking()
                .FirstOrDefaultAsync(l => l.WorkspaceId == workspaceId && l.Id == id && l.EndedAt == null, ct)
                is not { } link
                ? Refusal.NotFound("invite link")
            : Roles.RoleCatalogue.MayTouch(workspace.Configuration, attempt.Actor, link.Role) is { } beyond ? beyond
            : (workspace, link);
    }
}
