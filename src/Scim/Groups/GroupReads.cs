using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Scim.Groups;

/// <summary>What the door reads of groups, each under an index.</summary>
internal static class GroupReads
{
    /// <summary>The group of an id; null when there is none.</summary>
    public static Task<Group?> ByIdAsync(MembershipDb db, Id<Workspace> workspace, Id<Group> id, CancellationToken ct) =>
        db.Groups.AsNoTracking().FirstOrDefaultAsync(g => g.WorkspaceId == workspace && g.Id == id, ct);

    /// <summary>A page of all groups, in the order in which they came, and how many there are.</summary>
    public static async Task<(long Total, IReadOnlyList<Group> Page)> AllAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        int offset,
        int count,
        CancellationToken ct
    )
    {
        var total = (await Counts.ReadAsync(db, workspace, ct)).Groups;
        return (total, offset >= total || count == 0 ? [] : await PageAsync(db, workspace, null, offset, count, ct));
    }

    private static async Task<IReadOnlyList<Group>> PageAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IQueryable<Id<Group>>? set,
        int offset,
        int count,
        CancellationToken ct
    )
    {
        var all = db.Groups.AsNoTracking().Where(g => g.WorkspaceId == workspace);
        var wanted = set is null ? all : all.Where(g => set.Contains(g.Id));
        var ids = await wanted.OrderBy(g => g.Id).From(offset).Take(count).Select(g => g.Id).ToListAsync(ct);
        return ids switch
        {
            [] => [],
            [var only] => await all.Where(g => g.Id == only).ToListAsync(ct),
            _ => await all.Where(g => ids.Contains(g.Id)).OrderBy(g => g.Id).ToListAsync(ct),
        };
    }
}
