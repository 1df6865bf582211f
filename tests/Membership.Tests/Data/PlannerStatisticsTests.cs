using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

/// <summary>
/// What is asked by a unique key is found by it, also while a directory fills a database that is new: nothing was analyzed there, and the
/// tests' cluster has no autovacuum.
/// </summary>
public sealed class PlannerStatisticsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Who_is_asked_for_by_name_amid_a_first_sync_is_found_by_their_name(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Capacity = c.Capacity with { Seats = null } },
            isUnused: true
        );
        for (var i = 0; i < 300; i++)
        {
            Assert.True((await acme.ProvisionAsync($"p{i}@acme.test")).Done);
        }

        await using var db = acme.Store.Read();
        var key = Key.Of("p7@acme.test");
        var asked = db.Members.Where(m => m.WorkspaceId == acme.Id && m.UserNameKey == key && m.State != MemberState.Ended);
        await Until.TrueAsync(async () =>
            (await QueryPlan.OfAsync(db, asked)).Contains("IX_members_workspace_id_user_name_key", StringComparison.Ordinal)
        );
        Assert.Equal(1, await asked.CountAsync(Ct));
    }
}
