using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Users;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Groups;

public sealed class CutReferencesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Where tables are cut each part of a read names the workspace, also what is joined behind a LIMIT.</summary>
    [Fact]
    public async Task A_members_groups_are_read_with_the_workspace_named_throughout()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await CitusStandIn.PutAsync(database, isCut: true);
        var store = database.Store();
        var workspace = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", "ranked"), Ct)).Value.Id;
        var ada = (
            await new ProvisionMember(store).RunAsync(Actor.Operator, workspace, new() { UserName = "ada@acme.test", Active = true }, Ct)
        ).Value;
        await new CreateGroup(store).RunAsync(Actor.Operator, workspace, new() { DisplayName = "All" }, [ada.Id], Ct);
        using var log = ReadLog.Start();
        await using var db = store.Read();
        var found = await UserReads.ByIdAsync(db, workspace, ada.Id, true, Ct);
        Assert.Equal("All", Assert.Single(found!.Groups).Name);
        var next = await ReferenceReads.OfMembers.NextAsync(db, workspace, ada.Id.Value, Guid.Empty, Ct);
        Assert.Equal("All", Assert.Single(next).Name);
        Assert.DoesNotContain(log.Statements, s => s.Contains("r.workspace_id = x.workspace_id", StringComparison.Ordinal));
    }
}
