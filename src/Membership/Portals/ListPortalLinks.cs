using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Portals;

/// <summary>A link as an admin sees it.</summary>
/// <param name="Row">The link; its secret is nowhere.</param>
/// <param name="IsLive">Whether it opens anything now.</param>
/// <param name="MadeBy">The name of who made it; null for the operator, and for somebody who has left.</param>
public sealed record PortalLinkView(PortalLink Row, bool IsLive, string? MadeBy);

/// <summary>Lists the links of a workspace, newest first, the last fifty. Refusal: <c>forbidden</c>.</summary>
public sealed class ListPortalLinks(Store store)
{
    /// <summary>Lists them.</summary>
    public async Task<Outcome<IReadOnlyList<PortalLinkView>>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var links = await db
            .PortalLinks.AsNoTracking()
            .Where(l => l.WorkspaceId == workspaceId)
            .OrderByDescending(l => l.Id)
            .Take(50)
            .ToListAsync(ct);
        var ids = links.Select(l => l.MadeById).OfType<Id<Member>>().Distinct().ToList();
        var makers = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspaceId && ids.Contains(m.Id))
            .ToDictionaryAsync(m => m.Id, ct);
        var now = store.Time.Now();
        return links.ConvertAll(l =>
        {
            var maker = l.MadeById is { } id ? makers.GetValueOrDefault(id) : null;
            return new PortalLinkView(
                l,
                RecognizePortalLink.OpensNow(l, maker, workspace, now).Done,
                maker is null or { State: MemberState.Ended } ? null : maker.ShownName
            );
        });
    }
}
