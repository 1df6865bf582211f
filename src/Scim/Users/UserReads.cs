using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
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

/// <summary>A member with the groups they are in, where those were asked for.</summary>
internal sealed record FoundMember(Member Member, IReadOnlyList<GroupOfMember> Groups);

/// <summary>
/// What the door reads of members. Everything stands under an index and costs the same in a workspace of any size;
/// those who have ended are never found. What every request reads is one <see cref="Journey"/>, its text made once for
/// each product's model.
/// </summary>
internal sealed class UserReads
{
    private static readonly ConcurrentDictionary<Type, UserReads> Known = new();
    private const int Far = 10_000;
    private const string NotEnded = "m.state <> 'Ended'";
    private const string Total = "SELECT CAST(COALESCE(SUM(used), 0) AS bigint) FROM tallies WHERE workspace_id = $1 AND kind = 'State' AND \"key\" <> 'Ended'";

    // ids first, along the index, where rows are passed over: an offset over whole rows would read them all
    private const string IdsOfPage = $"SELECT m.id FROM members m WHERE m.workspace_id = $1 AND m.id > $2 AND {NotEnded} ORDER BY m.id";
    private const string GroupsOf = "SELECT x.member_id, g.id, g.display_name FROM group_members x JOIN groups g ON g.workspace_id = x.workspace_id AND g.id = x.group_id WHERE x.workspace_id = $1 AND x.member_id ";
    private const string GroupsById = $"{GroupsOf} = $2 ORDER BY x.group_id";
    private const string GroupsByUserName = $"{GroupsOf} = (SELECT m.id FROM members m WHERE m.workspace_id = $1 AND m.user_name_key = $2) ORDER BY x.group_id";
    private readonly RowReader<Member> _members;
    private readonly string _byId;
    private readonly string _byUserName;
    private readonly ConcurrentDictionary<(int Count, bool AtOffset), (string Members, string Groups)> _pages = new();
    private readonly string _select;

    private UserReads(MembershipDb db)
    {
        _members = RowReader<Member>.Of(db);
        _select = $"SELECT {_members.Columns("m")} FROM members m WHERE m.workspace_id = $1 AND";
        _byId = $"{_select} m.id = $2 AND {NotEnded}";
        _byUserName = $"{_select} m.user_name_key = $2 AND {NotEnded}";
    }

    /// <summary>The member of an id, in one journey with their groups; null when there is none.</summary>
    public static async Task<FoundMember?> ByIdAsync(MembershipDb db, Id<Workspace> workspace, Id<Member> id, bool hasGroups, CancellationToken ct)
    {
        var reads = For(db);
        return await reads.OneAsync(db, reads._byId, hasGroups ? GroupsById : null, [workspace.Value, id.Value], ct);
    }

    /// <summary>The member of a user name, in one journey with their groups; null when there is none.</summary>
    public static async Task<FoundMember?> ByUserNameAsync(MembershipDb db, Id<Workspace> workspace, string userName, bool hasGroups, CancellationToken ct)
    {
        var reads = For(db);
        return await reads.OneAsync(db, reads._byUserName, hasGroups ? GroupsByUserName : null, [workspace.Value, Key.Of(userName)], ct);
    }

    /// <summary>The groups of members, by member and in order.</summary>
    public static async Task<IReadOnlyList<GroupOfMember>> GroupsAsync(MembershipDb db, Id<Workspace> workspace, List<Id<Member>> members, CancellationToken ct)
    {
        if (members.Count == 1)
        {
            var journey = new Journey();
            var groups = journey.Read(GroupsById, Group, workspace.Value, members[0].Value);
            await journey.RunAsync(db, ct);
            return groups.Rows;
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

    /// <summary>
    /// Everybody from a place on, in the order in which they came, with their groups, and how many there are in all (from
    /// the counts, not from the rows): one journey. It costs the same at any depth as long as nothing has to be passed over.
    /// </summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="after">The id that the page begins after; null for the beginning.</param>
    /// <param name="offset">How many to pass over from there.</param>
    /// <param name="count">How many at most; 0 asks for the total alone.</param>
    /// <param name="hasGroups">Whether groups are wanted.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<(long Total, IReadOnlyList<FoundMember> Page)> AllAsync(
        MembershipDb db, Id<Workspace> workspace, Id<Member>? after, int offset, int count, bool hasGroups, CancellationToken ct)
    {
        if (offset >= Far && await CountAsync(db, workspace, ct) is var all && all <= offset)
        {
            return (all, []); // nobody is walked past for a page beyond the end
        }

        var reads = For(db);
        var journey = new Journey();
        var total = journey.Read(Total, row => row.GetInt64(0), workspace.Value);
        Found<Member>? members = null;
        Found<GroupOfMember>? groups = null;
        if (count > 0)
        {
            object[] values = offset == 0 ? [workspace.Value, after?.Value ?? Guid.Empty] : [workspace.Value, after?.Value ?? Guid.Empty, (long)offset];
            var (ofMembers, ofGroups) = reads._pages.GetOrAdd((count, offset > 0), reads.PageText);
            members = journey.Read(ofMembers, row => reads._members.Read(row, 0), values);
            groups = hasGroups ? journey.Read(ofGroups, Group, values) : null;
        }

        await journey.RunAsync(db, ct);
        return (total.First, members is null ? [] : Join(members.Rows, groups?.Rows ?? []));
    }

    /// <summary>The name to show, as <see cref="Member.ShownName"/> makes it.</summary>
    public static string ShownName(string? displayName, string? givenName, string? familyName, string userName) =>
        displayName is { Length: > 0 } ? displayName
        : string.Join(' ', new[] { givenName, familyName }.Where(n => !string.IsNullOrEmpty(n))) is { Length: > 0 } full ? full
        : userName;

    // The size stands in the text, of which there are as many as sizes of pages: behind a parameter PostgreSQL would believe
    // in a tenth of all rows and plan each page anew.
    private (string Members, string Groups) PageText((int Count, bool AtOffset) page)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"LIMIT {page.Count}{(page.AtOffset ? " OFFSET $3" : "")}");
        return (
            page.AtOffset ? $"{_select} m.id IN ({IdsOfPage} {limit}) ORDER BY m.id" : $"{_select} m.id > $2 AND {NotEnded} ORDER BY m.id {limit}",
            $"{GroupsOf} IN ({IdsOfPage} {limit}) ORDER BY x.member_id, x.group_id");
    }

    private async Task<FoundMember?> OneAsync(MembershipDb db, string one, string? groupsOfOne, object[] values, CancellationToken ct)
    {
        var journey = new Journey();
        var member = journey.Read(one, reader => _members.Read(reader, 0), values);
        var groups = groupsOfOne is null ? null : journey.Read(groupsOfOne, Group, values);
        await journey.RunAsync(db, ct);
        return member.First is { } found ? new(found, groups?.Rows ?? []) : null;
    }

    private static async Task<long> CountAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct)
    {
        var journey = new Journey();
        var total = journey.Read(Total, row => row.GetInt64(0), workspace.Value);
        await journey.RunAsync(db, ct);
        return total.First;
    }

    // both in the order of the members' ids
    private static List<FoundMember> Join(IReadOnlyList<Member> members, IReadOnlyList<GroupOfMember> groups)
    {
        var found = new List<FoundMember>(members.Count);
        var at = 0;
        foreach (var member in members)
        {
            var first = at;
            while (at < groups.Count && groups[at].Member == member.Id)
            {
                at++;
            }

            found.Add(new(member, at == first ? [] : [.. groups.Skip(first).Take(at - first)]));
        }

        return at == groups.Count ? found : JoinByKey(members, groups);
    }

    // somebody came or went between the statements, and the two lists no longer go side by side
    private static List<FoundMember> JoinByKey(IReadOnlyList<Member> members, IReadOnlyList<GroupOfMember> groups)
    {
        var byMember = groups.ToLookup(g => g.Member);
        return [.. members.Select(m => new FoundMember(m, [.. byMember[m.Id]]))];
    }

    private static GroupOfMember Group(DbDataReader row) => new(new(row.GetGuid(0)), new(row.GetGuid(1)), row.GetString(2));

    private static UserReads For(MembershipDb db) => Known.GetOrAdd(db.GetType(), static (_, db) => new(db), db);
}
