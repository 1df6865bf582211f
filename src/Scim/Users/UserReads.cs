using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Wire;

namespace UserManagement.Scim.Users;

/// <summary>That a member is in a group, as the member's resource shows it.</summary>
internal sealed record GroupOfMember(Id<Member> Member, Id<Group> Group, string Name);

/// <summary>
/// What the door reads of members. Everything stands under an index and costs the same in a workspace of any size;
/// those who have ended are never found. The reads of every request are compiled, once for each product, since a
/// compiled query belongs to one model.
/// </summary>
internal sealed class UserReads
{
    private static readonly ConcurrentDictionary<Type, UserReads> Compiled = new();

    private readonly Func<MembershipDb, Id<Workspace>, Id<Member>, Task<Member?>> _byId = EF.CompileAsyncQuery((MembershipDb db, Id<Workspace> workspace, Id<Member> id) =>
        db.Members.AsNoTracking().FirstOrDefault(m => m.WorkspaceId == workspace && m.Id == id && m.State != MemberState.Ended));

    private readonly Func<MembershipDb, Id<Workspace>, string, Task<Member?>> _byUserName = EF.CompileAsyncQuery((MembershipDb db, Id<Workspace> workspace, string key) =>
        db.Members.AsNoTracking().FirstOrDefault(m => m.WorkspaceId == workspace && m.UserNameKey == key && m.State != MemberState.Ended));

    private readonly Func<MembershipDb, Id<Workspace>, Id<Member>, IAsyncEnumerable<GroupOfMember>> _groups = EF.CompileAsyncQuery((MembershipDb db, Id<Workspace> workspace, Id<Member> id) =>
        from membership in db.GroupMembers.AsNoTracking()
        join g in db.Groups.AsNoTracking() on new { membership.WorkspaceId, Id = membership.GroupId } equals new { g.WorkspaceId, g.Id }
        where membership.WorkspaceId == workspace && membership.MemberId == id
        orderby membership.GroupId
        select new GroupOfMember(membership.MemberId, g.Id, g.DisplayName));

    private UserReads()
    {
    }

    /// <summary>The member of an id; null when there is none.</summary>
    public static Task<Member?> ByIdAsync(MembershipDb db, Id<Workspace> workspace, Id<Member> id) => For(db)._byId(db, workspace, id);

    /// <summary>The member of a user name; null when there is none.</summary>
    public static Task<Member?> ByUserNameAsync(MembershipDb db, Id<Workspace> workspace, string userName) => For(db)._byUserName(db, workspace, Key.Of(userName));

    /// <summary>The groups of members, by member and in order.</summary>
    public static async Task<IReadOnlyList<GroupOfMember>> GroupsAsync(MembershipDb db, Id<Workspace> workspace, List<Id<Member>> members, CancellationToken ct)
    {
        if (members.Count == 1)
        {
            return await For(db)._groups(db, workspace, members[0]).ToListAsync(ct);
        }

        return await (
            from membership in db.GroupMembers.AsNoTracking()
            join g in db.Groups.AsNoTracking() on new { membership.WorkspaceId, Id = membership.GroupId } equals new { g.WorkspaceId, g.Id }
            where membership.WorkspaceId == workspace && members.Contains(membership.MemberId)
            orderby membership.MemberId, membership.GroupId
            select new GroupOfMember(membership.MemberId, g.Id, g.DisplayName)).ToListAsync(ct);
    }

    /// <summary>Why members have what they have, strongest reason first.</summary>
    public static async Task<IReadOnlyList<Grant>> GrantsAsync(MembershipDb db, Id<Workspace> workspace, List<Id<Member>> members, CancellationToken ct) =>
        [.. (await db.Grants.AsNoTracking().Where(g => g.WorkspaceId == workspace && members.Contains(g.MemberId)).ToListAsync(ct))
            .OrderBy(g => g.Kind).ThenByDescending(g => g.Origin).ThenBy(g => g.OriginId, StringComparer.Ordinal)];

    /// <summary>The names to show of members; who is not there is left out.</summary>
    public static async Task<IReadOnlyDictionary<Id<Member>, string>> NamesAsync(MembershipDb db, Id<Workspace> workspace, List<Id<Member>> members, CancellationToken ct) =>
        (await db.Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && members.Contains(m.Id) && m.State != MemberState.Ended)
            .Select(m => new { m.Id, m.DisplayName, m.GivenName, m.FamilyName, m.UserName })
            .ToListAsync(ct))
        .ToDictionary(m => m.Id, m => ShownName(m.DisplayName, m.GivenName, m.FamilyName, m.UserName));

    /// <summary>A page of everybody, in the order in which they came, and how many there are: from the counts, not from the rows.</summary>
    public static async Task<(long Total, IReadOnlyList<Member> Page)> AllAsync(MembershipDb db, Id<Workspace> workspace, int offset, int count, CancellationToken ct)
    {
        var total = (await Counts.ReadAsync(db, workspace, ct)).Visible;
        return (total, offset >= total || count == 0 ? [] : await PageAsync(db, workspace, null, offset, count, ct));
    }

    /// <summary>The name to show, as <see cref="Member.ShownName"/> makes it.</summary>
    public static string ShownName(string? displayName, string? givenName, string? familyName, string userName) =>
        displayName is { Length: > 0 } ? displayName
        : string.Join(' ', new[] { givenName, familyName }.Where(n => !string.IsNullOrEmpty(n))) is { Length: > 0 } full ? full
        : userName;

    /// <summary>Ids first, along the index, and then the rows: an offset over whole rows would read them all.</summary>
    private static async Task<IReadOnlyList<Member>> PageAsync(MembershipDb db, Id<Workspace> workspace, IQueryable<Id<Member>>? set, int offset, int count, CancellationToken ct)
    {
        var everybody = db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace && m.State != MemberState.Ended);
        var wanted = set is null ? everybody : everybody.Where(m => set.Contains(m.Id));
        var ids = await wanted.OrderBy(m => m.Id).Skip(offset).Take(count).Select(m => m.Id).ToListAsync(ct);
        return ids.Count == 0 ? [] : await everybody.Where(m => ids.Contains(m.Id)).OrderBy(m => m.Id).ToListAsync(ct);
    }

    private static UserReads For(MembershipDb db) => Compiled.GetOrAdd(db.GetType(), _ => new UserReads());
}
