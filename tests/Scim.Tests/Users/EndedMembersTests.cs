using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Scim.Users;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

public class EndedMembersTests
{
    /// <summary>Both planners go past those who have ended, by indexes that do not hold them.</summary>
    [Theory, EachDatabase]
    public async Task No_page_walks_past_those_who_have_ended(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var first = Guid.Parse(await server.UserAsync("ada@example.com"));
        await Copies.EndedLikeAsync(server.Store, server.Workspace.Id, first, 5000);
        await using var db = server.Store.Read();
        var workspace = server.Workspace.Id;
        foreach (var atOffset in (bool[])[false, true])
        {
            var (members, groups) = UserReads.Pages(db, 100, atOffset, 20_000);
            foreach (var sql in (string[])[members, groups])
            {
                Uses("IX_members_workspace_id_id", await QueryPlan.OfAsync(db, sql, workspace.Value, Guid.Empty, 100L, 10L));
            }
        }

        var visible = db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace && m.State != MemberState.Ended);
        Uses("IX_members_workspace_id_id", await QueryPlan.OfAsync(db, visible.OrderBy(m => m.Id).Take(500)));
        Uses("IX_members_workspace_id_id", await QueryPlan.OfAsync(db, visible.OrderByDescending(m => m.Id).Take(100)));
    }

    private static void Uses(string index, string plan) => Assert.True(plan.Contains(index, StringComparison.Ordinal), plan);
}
