using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>One page of cycles.</summary>
/// <param name="Cycles">Newest first.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
public sealed record CyclePage(IReadOnlyList<ProvisioningCycle> Cycles, PageCursor? Next);

/// <summary>
/// Reads the cycles of a workspace's directories; what one of them changed tells <see cref="Undo.PreviewUndo"/>. Refusal: <c>forbidden</c>.
/// </summary>
public sealed class ListCycles(Store store)
{
    /// <summary>Reads one page of cycles.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ManageDirectory"/>.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="after">The page that follows this place; null for the first.</param>
    /// <param name="count">How many, 1 to 200.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<CyclePage>> RunAsync(Actor actor, Id<Workspace> workspace, PageCursor? after, int count, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.Demand(workspace, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        count = Math.Clamp(count, 1, 200);
        var found = db.ProvisioningCycles.AsNoTracking().Where(c => c.WorkspaceId == workspace);
        if (after is { } place)
        {
            var id = new Id<ProvisioningCycle>(place.Id);
            found = found.Where(c => c.Id < id);
        }

        var rows = await found.OrderByDescending(c => c.Id).Take(count + 1).ToListAsync(ct);
        return rows.Count > count ? new CyclePage(rows[..count], new PageCursor("", rows[count - 1].Id.Value)) : new CyclePage(rows, null);
    }
}
