using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Testing;

/// <summary>
/// Many rows at once, each a copy of one that the core wrote, for tests of what many of them cost. Counts and keys do not follow.
/// </summary>
public static class Copies
{
    /// <summary>Makes so many members like this one; gives back the ids of all, this one first.</summary>
    public static async Task<List<Guid>> LikeAsync(Store store, Id<Workspace> workspace, Guid member, int count)
    {
        await using var db = store.Read();
        await CopyAsync(db, typeof(Member), "user_name", "user_name_key", workspace.Value, member, count - 1);
        return
        [
            member,
            .. await db
                .Members.Where(m => m.WorkspaceId == workspace && m.Id != new Id<Member>(member))
                .OrderByDescending(m => m.UserName)
                .Select(m => m.Id.Value)
                .Take(count - 1)
                .ToListAsync(),
        ];
    }

    /// <summary>Makes so many groups like this one, each with the same member.</summary>
    public static async Task GroupsLikeAsync(Store store, Id<Workspace> workspace, Guid group, Guid member, int count)
    {
        await using var db = store.Read();
        await CopyAsync(db, typeof(Group), "display_name", "display_name_key", workspace.Value, group, count - 1);
        await JoinEachAsync(db, workspace, member);
    }

    /// <summary>Puts somebody into all groups of a workspace.</summary>
    public static Task JoinEachAsync(MembershipDb db, Id<Workspace> workspace, Guid member) =>
        db.Database.ExecuteSqlRawAsync(
            "INSERT INTO group_members (workspace_id, group_id, member_id, added_at) SELECT workspace_id, id, {0}, 0 FROM groups WHERE workspace_id = {1} ON CONFLICT DO NOTHING",
            member,
            workspace.Value
        );

    /// <summary>Puts everybody of a workspace into a group.</summary>
    public static Task JoinAllAsync(MembershipDb db, Id<Workspace> workspace, Guid group) =>
        db.Database.ExecuteSqlRawAsync(
            "INSERT INTO group_members (workspace_id, group_id, member_id, added_at) SELECT workspace_id, {0}, id, 0 FROM members WHERE workspace_id = {1} ON CONFLICT DO NOTHING",
            group,
            workspace.Value
        );

    /// <summary>Makes so many who have ended beside this member, and lets the database look at its tables.</summary>
    public static async Task EndedLikeAsync(Store store, Id<Workspace> workspace, Guid member, int count)
    {
        await LikeAsync(store, workspace, member, count + 1);
        await using var db = store.Read();
        await db
            .Members.Where(m => m.WorkspaceId == workspace && m.Id != new Id<Member>(member) && m.UserName.StartsWith("zz"))
            .ExecuteUpdateAsync(m =>
                m.SetProperty(x => x.State, MemberState.Ended)
                    .SetProperty(x => x.UserNameKey, (string?)null)
                    .SetProperty(x => x.HasSeat, false)
            );
        await db.Database.ExecuteSqlRawAsync("ANALYZE");
    }

    private static async Task CopyAsync(MembershipDb db, Type entity, string name, string key, Guid workspace, Guid one, int count)
    {
        var type = db.Model.FindEntityType(entity)!;
        var columns = type.GetProperties().Select(p => p.GetColumnName()).ToList();
        var (numbers, id) = db.WritesInTurn
            ? (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {2})",
                "upper(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7' || substr(h, 13, 3) || '-8' || substr(h, 16, 3) || '-' || substr(h, 19, 12))"
            )
            : ("WITH n(i) AS (SELECT * FROM generate_series(1, {2}))", "gen_random_uuid()");
        var values = columns.Select(c =>
            c == "id" ? id
            : c == name || c == key || c == "unique_name_key" ? $"CASE WHEN t.{c} IS NULL THEN NULL ELSE 'zz' || i || t.{c} END"
            : "t." + c
        );
        var source = db.WritesInTurn ? "(SELECT i, hex(randomblob(16)) AS h FROM n)" : "n";
        var sql = string.Concat( // names out of our own model
            $"{(db.WritesInTurn ? numbers : "")} INSERT INTO {type.GetTableName()} ({string.Join(", ", columns)}) {(db.WritesInTurn ? "" : numbers)} SELECT {string.Join(", ", values)} FROM {type.GetTableName()} t CROSS JOIN {source} WHERE t.workspace_id = {{0}} AND t.id = {{1}}"
        );
        await db.Database.ExecuteSqlRawAsync(sql, workspace, one, count);
    }
}
