using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Users;
using UserManagement.Scim.Wire;

namespace UserManagement.Scim.Groups;

/// <summary>A member of a group, as the group's resource shows it.</summary>
internal sealed record MemberOfGroup(Id<Group> Group, Id<Member> Member, string Name);

/// <summary>What the door reads of groups, each under an index.</summary>
internal static class GroupReads
{
    /// <summary>The group of an id; null when there is none.</summary>
    public static Task<Group?> ByIdAsync(MembershipDb db, Id<Workspace> workspace, Id<Group> id, CancellationToken ct) =>
        db.Groups.AsNoTracking().FirstOrDefaultAsync(g => g.WorkspaceId == workspace && g.Id == id, ct);

    /// <summary>The members of groups, by group and in order; null when they are more than may be read.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="most">The most members of all these groups together; null for no limit.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<IReadOnlyList<MemberOfGroup>?> MembersAsync(MembershipDb db, Id<Workspace> workspace, List<Id<Group>> groups, int? most, CancellationToken ct)
    {
        if (most is { } limit && await db.GroupMembers.Where(m => m.WorkspaceId == workspace && groups.Contains(m.GroupId)).Take(limit + 1).CountAsync(ct) > limit)
        {
            return null;
        }

        var rows = await (
            from membership in db.GroupMembers.AsNoTracking()
            join m in db.Members.AsNoTracking() on new { membership.WorkspaceId, Id = membership.MemberId } equals new { m.WorkspaceId, m.Id }
            where membership.WorkspaceId == workspace && groups.Contains(membership.GroupId)
            orderby membership.GroupId, membership.MemberId
            select new { membership.GroupId, m.Id, m.DisplayName, m.GivenName, m.FamilyName, m.UserName }).ToListAsync(ct);
        return [.. rows.Select(r => new MemberOfGroup(r.GroupId, r.Id, UserReads.ShownName(r.DisplayName, r.GivenName, r.FamilyName, r.UserName)))];
    }

    /// <summary>A page of all groups, in the order in which they came, and how many there are.</summary>
    public static async Task<(long Total, IReadOnlyList<Group> Page)> AllAsync(MembershipDb db, Id<Workspace> workspace, int offset, int count, CancellationToken ct)
    {
        var total = (await Counts.ReadAsync(db, workspace, ct)).Groups;
        return (total, offset >= total || count == 0 ? [] : await PageAsync(db, workspace, null, offset, count, ct));
    }

    private static async Task<IReadOnlyList<Group>> PageAsync(MembershipDb db, Id<Workspace> workspace, IQueryable<Id<Group>>? set, int offset, int count, CancellationToken ct)
    {
        var all = db.Groups.AsNoTracking().Where(g => g.WorkspaceId == workspace);
        var wanted = set is null ? all : all.Where(g => set.Contains(g.Id));
        var ids = await wanted.OrderBy(g => g.Id).Skip(offset).Take(count).Select(g => g.Id).ToListAsync(ct);
        return ids.Count == 0 ? [] : await all.Where(g => ids.Contains(g.Id)).OrderBy(g => g.Id).ToListAsync(ct);
    }
}
