using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Http;

namespace UserManagement.Scim.Users;

/// <summary>A member with the groups they are in, where those were asked for.</summary>
/// <param name="Member">The member.</param>
/// <param name="Groups">The groups.</param>
/// <param name="HasMore">Whether there are more of them than one answer holds; they are read while they go out.</param>
internal sealed record FoundMember(Member Member, IReadOnlyList<Reference> Groups, bool HasMore = false);

/// <summary>A page of members.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="Rows">The members of the page.</param>
/// <param name="IsCut">Whether it ends early, because its members are in more groups together than one answer holds.</param>
internal sealed record MembersPage(long Total, IReadOnlyList<FoundMember> Rows, bool IsCut = false);

/// <summary>
/// What the door reads of members. Everything stands under an index and costs the same in a workspace of any size;
/// those who have ended, or whom the directory deleted, are never found. What every request reads is one <see cref="ReadBatch"/>, its text made once for
/// each product's model.
/// </summary>
internal sealed class UserReads
{
    private static readonly ConcurrentDictionary<Type, UserReads> Known = new();
    private const int Far = 10_000;

    // whom a directory deleted while that is held it does not see: few, and under an index of their own
    private const string NotEnded = "m.state <> 'Ended' AND (m.held_as IS NULL OR m.held_as <> 'Deletion')";
    private const string Total =
        "SELECT CAST(COALESCE(SUM(used), 0) AS bigint) - (SELECT COUNT(*) FROM members h WHERE h.workspace_id = $1 AND "
        + "h.held_as = 'Deletion') FROM tallies WHERE workspace_id = $1 AND kind = 'State' AND \"key\" <> 'Ended'";

    // ids first, along the index, where rows are passed over: an offset over whole rows would read them all
    private const string IdsOfPage = $"SELECT m.id FROM members m WHERE m.workspace_id = $1 AND m.id > $2 AND {NotEnded} ORDER BY m.id";
    private static readonly ReferenceReads GroupsOf = ReferenceReads.OfMembers;
    private static readonly string Chunk = ReferenceReads.Chunk.ToString(CultureInfo.InvariantCulture);
    private static readonly string GroupsById = GroupsOf.Sql("x.workspace_id = $1 AND x.member_id = $2", Chunk);
    private static readonly string GroupsByUserName = GroupsOf.Sql(
        "x.workspace_id = $1 AND x.member_id = (SELECT m.id FROM members m WHERE m.workspace_id = $1 AND m.user_name_key = $2)",
        Chunk
    );
    private readonly RowReader<Member> _members;
    private readonly string _byId;
    private readonly string _byUserName;
    private readonly ConcurrentDictionary<(int Rung, bool AtOffset, int MostGroups), (string Members, string Groups)> _pages = new();
    private readonly string _select;

    private UserReads(MembershipDb db)
    {
        _members = RowReader<Member>.Of(db);
        _select = $"SELECT {_members.Columns("m")} FROM members m WHERE m.workspace_id = $1 AND";
        _byId = $"{_select} m.id = $2 AND {NotEnded}";
        _byUserName = $"{_select} m.user_name_key = $2 AND {NotEnded}";
    }

    /// <summary>The member of an id, in one round trip with their groups; null when there is none.</summary>
    public static async Task<FoundMember?> ByIdAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<Member> id,
        bool hasGroups,
        CancellationToken ct
    )
    {
        var reads = For(db);
        return await reads.OneAsync(db, reads._byId, hasGroups ? GroupsById : null, [workspace.Value, id.Value], ct);
    }

    /// <summary>Adds the groups of a member to what is read anyway; as many as one answer holds.</summary>
    public static BatchedRead<Reference> AddGroups(ReadBatch batch, MembershipDb db, Id<Workspace> workspace, Id<Member> id) =>
        batch.Read(ReferenceReads.On(db, GroupsById), GroupsOf.Row, workspace.Value, id.Value);

    /// <summary>The member of a user name, in one round trip with their groups; null when there is none.</summary>
    public static async Task<FoundMember?> ByUserNameAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        string userName,
        bool hasGroups,
        CancellationToken ct
    )
    {
        var reads = For(db);
        return await reads.OneAsync(db, reads._byUserName, hasGroups ? GroupsByUserName : null, [workspace.Value, Key.Of(userName)], ct);
    }

    /// <summary>
    /// The member whom a directory knows by a user name where user names are mapped: who was sent by it, else whose own it is.
    /// </summary>
    public static async Task<FoundMember?> BySentNameAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        string userName,
        bool hasGroups,
        CancellationToken ct
    )
    {
        var key = Key.Of(userName);
        var sent = await db
            .MemberKeys.Where(k => k.WorkspaceId == workspace && k.Attribute == MemberKey.SentUserName && k.Value == key)
            .Select(k => k.MemberId)
            .Take(1)
            .ToListAsync(ct);
        return sent is [var id]
            ? await ByIdAsync(db, workspace, id, hasGroups, ct)
            : await ByUserNameAsync(db, workspace, userName, hasGroups, ct);
    }

    /// <summary>Why members have what they have, strongest reason first.</summary>
    public static async Task<IReadOnlyList<Grant>> GrantsAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Id<Member>> members,
        CancellationToken ct
    ) =>
        [
            .. (await db.Grants.AsNoTracking().Where(g => g.WorkspaceId == workspace && members.Contains(g.MemberId)).ToListAsync(ct))
                .OrderBy(g => g.Kind)
                .ThenByDescending(g => g.Origin)
                .ThenBy(g => g.OriginId, StringComparer.Ordinal),
        ];

    /// <summary>The names to show of members; who is not there is left out.</summary>
    public static async Task<IReadOnlyDictionary<Id<Member>, string>> NamesAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Id<Member>> members,
        CancellationToken ct
    )
    {
        var here = db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && m.State != MemberState.Ended && m.HeldAs != HeldAs.Deletion);
        var found = await (members is [var only] ? here.Where(m => m.Id == only) : here.Where(m => members.Contains(m.Id)))
            .Select(m => new
            {
                m.Id,
                m.DisplayName,
                m.GivenName,
                m.FamilyName,
                m.UserName,
            })
            .ToListAsync(ct);
        return found.ToDictionary(m => m.Id, m => ShownName(m.DisplayName, m.GivenName, m.FamilyName, m.UserName));
    }

    /// <summary>
    /// Everybody from a place on, in the order in which they came, with their groups, and how many there are in all (from
    /// the counts, not from the rows): one round trip. It costs the same at any depth as long as nothing has to be passed over.
    /// </summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="after">The id that the page begins after; null for the beginning.</param>
    /// <param name="offset">How many to pass over from there.</param>
    /// <param name="count">How many at most; 0 asks for the total alone.</param>
    /// <param name="mostGroups">How many groups the page may hold together; 0 where none are wanted.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<MembersPage> AllAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<Member>? after,
        int offset,
        int count,
        int mostGroups,
        CancellationToken ct
    )
    {
        if (offset >= Far && await CountAsync(db, workspace, ct) is var all && all <= offset)
        {
            return new MembersPage(all, []); // nobody is walked past for a page beyond the end
        }

        var reads = For(db);
        var batch = new ReadBatch();
        var total = batch.Read(Total, row => row.GetInt64(0), workspace.Value);
        BatchedRead<Member>? members = null;
        BatchedRead<Reference>? groups = null;
        if (count > 0)
        {
            object[] values =
            [
                workspace.Value,
                after?.Value ?? Guid.Empty,
                (long)count,
                .. offset == 0 ? Array.Empty<object>() : [(long)offset],
            ];
            var (ofMembers, ofGroups) = reads._pages.GetOrAdd((Rung(count), offset > 0, mostGroups), reads.PageText);
            members = batch.Read(ofMembers, row => reads._members.Read(row, 0), values);
            groups = mostGroups > 0 ? batch.Read(ReferenceReads.On(db, ofGroups), GroupsOf.Row, values) : null;
        }

        await batch.RunAsync(db, ct);
        return members is null ? new MembersPage(total.First, []) : Cut(total.First, members.Rows, groups?.Rows ?? [], mostGroups);
    }

    /// <summary>The name to show, as <see cref="Member.ShownName"/> makes it.</summary>
    public static string ShownName(string? displayName, string? givenName, string? familyName, string userName) =>
        displayName is { Length: > 0 } ? displayName
        : string.Join(' ', new[] { givenName, familyName }.Where(n => !string.IsNullOrEmpty(n))) is { Length: > 0 } full ? full
        : userName;

    // PostgreSQL must see the size in the text: behind a parameter it would believe in a tenth of all rows and plan each page
    // anew. But it sees one of a few sizes, and the parameter cuts what is left: clients that ask for ever other sizes
    // would else push all other statements out of those that a connection keeps prepared.
    private (string Members, string Groups) PageText((int Rung, bool AtOffset, int MostGroups) page)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"LIMIT {page.Rung}{(page.AtOffset ? " OFFSET $4" : "")}");
        var ids = $"(SELECT p.id FROM ({IdsOfPage} {limit}) p ORDER BY p.id LIMIT $3)";
        return (
            page.AtOffset
                ? $"{_select} m.id IN {ids} ORDER BY m.id"
                : $"SELECT p.* FROM ({_select} m.id > $2 AND {NotEnded} ORDER BY m.id {limit}) p ORDER BY p.id LIMIT $3",
            GroupsOf.Sql($"x.workspace_id = $1 AND x.member_id IN {ids}", (page.MostGroups + 1).ToString(CultureInfo.InvariantCulture))
        );
    }

    /// <summary>The statements of a page, for who asks how a database runs them.</summary>
    internal static (string Members, string Groups) Pages(MembershipDb db, int count, bool atOffset, int mostGroups) =>
        For(db).PageText((Rung(count), atOffset, mostGroups));

    /// <summary>1, 2, 5, 10 and so on: the smallest that is not below a size.</summary>
    internal static int Rung(int size)
    {
        for (var (rung, step) = (1L, 0); ; step++)
        {
            if (rung >= size)
            {
                return (int)Math.Min(rung, int.MaxValue);
            }

            rung = step % 3 == 1 ? rung * 5 / 2 : rung * 2;
        }
    }

    private async Task<FoundMember?> OneAsync(MembershipDb db, string one, string? groupsOfOne, object[] values, CancellationToken ct)
    {
        var batch = new ReadBatch();
        var member = batch.Read(one, reader => _members.Read(reader, 0), values);
        var groups = groupsOfOne is null ? null : batch.Read(ReferenceReads.On(db, groupsOfOne), GroupsOf.Row, values);
        await batch.RunAsync(db, ct);
        return member.First is { } found ? new(found, groups?.Rows ?? [], groups?.Rows.Count == ReferenceReads.Chunk) : null;
    }

    private static async Task<long> CountAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct)
    {
        var batch = new ReadBatch();
        var total = batch.Read(Total, row => row.GetInt64(0), workspace.Value);
        await batch.RunAsync(db, ct);
        return total.First;
    }

    /// <summary>Members and their groups, up to the one of whom not all groups were read.</summary>
    private static MembersPage Cut(long total, IReadOnlyList<Member> members, IReadOnlyList<Reference> groups, int mostGroups)
    {
        if (groups.Count <= mostGroups)
        {
            return new MembersPage(total, Join(members, groups));
        }

        var last = groups[^1].Owner;
        var whole = members.TakeWhile(m => m.Id.Value != last).ToList();
        return whole.Count > 0
            ? new MembersPage(total, Join(whole, [.. groups.Where(g => g.Owner != last)]), whole.Count < members.Count)
            : new MembersPage(total, [new FoundMember(members[0], [], HasMore: true)], members.Count > 1);
    }

    // both in the order of the members' ids
    private static List<FoundMember> Join(IReadOnlyList<Member> members, IReadOnlyList<Reference> groups)
    {
        var found = new List<FoundMember>(members.Count);
        var at = 0;
        foreach (var member in members)
        {
            var first = at;
            while (at < groups.Count && groups[at].Owner == member.Id.Value)
            {
                at++;
            }

            found.Add(new(member, at == first ? [] : [.. groups.Skip(first).Take(at - first)]));
        }

        return at == groups.Count ? found : JoinByKey(members, groups);
    }

    // somebody came or went between the statements, and the two lists no longer go side by side
    private static List<FoundMember> JoinByKey(IReadOnlyList<Member> members, IReadOnlyList<Reference> groups)
    {
        var byMember = groups.ToLookup(g => g.Owner);
        return [.. members.Select(m => new FoundMember(m, [.. byMember[m.Id.Value]]))];
    }

    private static UserReads For(MembershipDb db) => Known.GetOrAdd(db.GetType(), static (_, db) => new(db), db);
}
