using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.InviteLinks;

/// <summary>A role for which there may be a link.</summary>
/// <param name="Role">The role.</param>
/// <param name="Link">Its live link; null for none.</param>
/// <param name="By">The name of who made it; null for a program, the operator, or somebody who has left.</param>
/// <param name="Joined">Who joined by it last, at most <see cref="ListInviteLinks.MostJoined"/>.</param>
/// <param name="Secret">Its secret, where it was asked for and the link is open; null for none.</param>
public sealed record RoleLink(Role Role, InviteLink? Link, string? By, IReadOnlyList<Member> Joined, string? Secret = null);

/// <summary>
/// The links of the roles that the configuration offers and the actor may give, lowest role first. Refusal: <c>forbidden</c>.
/// </summary>
public sealed class ListInviteLinks(Store store)
{
    /// <summary>So many of those who joined are named.</summary>
    public const int MostJoined = 50;

    /// <summary>Lists them.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="shown">The link whose secret the actor was given just now, which was audited then; null for none.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<IReadOnlyList<RoleLink>>> RunAsync(
        Actor actor,
        WorkspaceContext workspace,
        Id<InviteLink>? shown,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspace.Id, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var live = await db.InviteLinks.AsNoTracking().Where(l => l.WorkspaceId == workspace.Id && l.EndedAt == null).ToListAsync(ct);
        var makers = live.Select(l => l.CreatedBy).OfType<Id<Member>>().ToList();
        var names = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace.Id && makers.Contains(m.Id) && m.State != MemberState.Ended)
            .ToDictionaryAsync(m => m.Id, m => m.ShownName, ct);
        List<RoleLink> links = [];
        foreach (var role in workspace.Configuration.Roles.OrderBy(r => r.Rank))
        {
            if (workspace.Configuration.LinkRoles.Contains(role.Key) && workspace.Configuration.MayGrant(actor, role.Key) is null)
            {
                var link = live.Find(l => l.Role == role.Key);
                links.Add(
                    new(
                        role,
                        link,
                        link?.CreatedBy is { } maker ? names.GetValueOrDefault(maker) : null,
                        link is null ? [] : await JoinedAsync(db, workspace.Id, link.Id, ct),
                        link is not null && link.Id == shown && link.ClosedAt(store.Time.Now()) is null
                            ? store.Box.OpenText(InviteLink.Purpose, link.LinkSealed)
                            : null
                    )
                );
            }
        }

        return links;
    }

    private static Task<List<Member>> JoinedAsync(MembershipDb db, Id<Workspace> workspace, Id<InviteLink> link, CancellationToken ct) =>
        db
            .Invitations.AsNoTracking()
            .Where(i => i.WorkspaceId == workspace && i.InviteLinkId == link && i.Stored == InvitationStatus.Accepted)
            .OrderByDescending(i => i.Id)
            .Take(MostJoined)
            .Join(
                db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace && m.State != MemberState.Ended),
                i => new { i.WorkspaceId, Id = i.MemberId },
                m => new { m.WorkspaceId, m.Id },
                (i, m) => m
            )
            .ToListAsync(ct);
}
