using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

/// <summary>
/// Rows of a workspace that are asked for by a list are sought one by one, however the list is said; never by a walk through the workspace.
/// </summary>
public class PlannerStatisticsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_of_ids_beside_a_workspace_is_sought_in_both_shapes_and_in_an_empty_database()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var db = database.Source.Open();
        var workspace = Id<Workspace>.New(TimeProvider.System);
        foreach (var count in (int[])[1, 100, 1000])
        {
            var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToList();
            var (members, groups) = (ids.ConvertAll(id => new Id<Member>(id)), ids.ConvertAll(id => new Id<Group>(id)));
            Seeks("id", await QueryPlan.OfAsync(db, db.Members.Where(m => m.WorkspaceId == workspace && members.Contains(m.Id))));
            Seeks(
                "id",
                await QueryPlan.OfAsync(
                    db,
                    db.Members.Where(m => m.WorkspaceId == workspace && members.Contains(m.Id) && m.State != MemberState.Ended)
                        .OrderBy(m => m.Id)
                )
            );
            Seeks(
                "id",
                await QueryPlan.OfAsync(db, db.Members.Where(m => m.WorkspaceId == workspace && members.Contains(m.Id)).Select(m => m.Id))
            );
            Seeks(
                "id",
                await QueryPlan.OfAsync(db, db.Groups.Where(g => g.WorkspaceId == workspace && groups.Contains(g.Id)).OrderBy(g => g.Id))
            );
            Seeks(
                "member_id",
                await QueryPlan.OfAsync(db, db.MemberKeys.Where(k => k.WorkspaceId == workspace && members.Contains(k.MemberId)))
            );
            Seeks(
                "member_id",
                await QueryPlan.OfAsync(db, db.Grants.Where(g => g.WorkspaceId == workspace && members.Contains(g.MemberId)))
            );
            Seeks(
                "group_id",
                await QueryPlan.OfAsync(
                    db,
                    db.GroupMembers.Where(m => m.WorkspaceId == workspace && groups.Contains(m.GroupId)).Select(m => m.MemberId)
                )
            );

            var list = (string)db.IdList([.. ids]);
            foreach (
                var (select, column) in new[]
                {
                    ("* FROM members", "id"),
                    ("id FROM members", "id"),
                    ("* FROM groups", "id"),
                    ("* FROM member_keys", "member_id"),
                    ("group_id FROM group_members", "group_id"),
                }
            )
            {
                Seeks(
                    column,
                    await QueryPlan.OfAsync(
                        db,
                        $"SELECT {select} WHERE {db.IsAmong("workspace_id", "$1", column, "$2")}",
                        workspace.Value,
                        list
                    )
                );
                Seeks(
                    column,
                    await QueryPlan.OfAsync(
                        db,
                        $"SELECT {select} WHERE workspace_id = $1 AND {column} IN (SELECT value FROM json_each($2))",
                        workspace.Value,
                        list
                    )
                );
            }

            Seeks(
                "group_id=? AND member_id",
                await QueryPlan.OfAsync(
                    db,
                    $"DELETE FROM group_members WHERE {db.IsAmong("workspace_id", "$1", "member_id", "$3")} AND group_id = $2",
                    workspace.Value,
                    ids[0],
                    list
                )
            );
        }
    }

    [Fact]
    public async Task Every_index_that_begins_with_a_workspace_has_its_figures_and_they_stand_as_often_as_they_are_written()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var db = database.Source.Open();
        var before = await FiguresAsync(db);
        await db.Database.ExecuteSqlRawAsync("ANALYZE", Ct); // by an operator: the figures of an empty database
        await database.Source.MigrateAsync(Ct);
        Assert.Equal(before, await FiguresAsync(db));
        Assert.Contains("IX_member_keys_workspace_id_member_id 1000000 1000000 10 noskipscan", before);
        Assert.Contains("IX_members_workspace_id_role_sort_key_id 900000 900000 225000 10 1 noskipscan", before);
        Assert.Contains("sqlite_autoindex_members_1 1000000 1000000 1 noskipscan", before);
    }

    private static async Task<List<string>> FiguresAsync(DbContext db) =>
        await db.Database.SqlQueryRaw<string>("SELECT idx || ' ' || stat AS \"Value\" FROM sqlite_stat1 ORDER BY idx").ToListAsync(Ct);

    private static void Seeks(string column, string plan) => Assert.True(plan.Contains($"{column}=?)", StringComparison.Ordinal), plan);
}
