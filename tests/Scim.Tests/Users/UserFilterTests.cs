using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Members;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Scim.Users;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

public class UserFilterTests
{
    [Theory]
    [EachDatabase("externalId eq \"x\" and active eq true")]
    [EachDatabase("emails eq \"x\" or manager eq \"y\"")]
    [EachDatabase(
        "(displayName eq \"x\" or emails[type eq \"work\"].value eq \"x\") and id eq \"0198a000-0000-7000-8000-000000000000\" and userName eq \"z\""
    )]
    public async Task A_filter_becomes_sets_of_ids_and_never_a_test_of_each_row(Database kind, string text)
    {
        await using var server = await DoorServer.StartAsync(kind);
        await using var db = server.Store.Read();
        var found = new UserFilter(db, server.Workspace.Id, strict: false).Read(Filter.Parse(text).Value!);
        var sql = db
            .Members.Where(m => m.WorkspaceId == server.Workspace.Id && m.State != MemberState.Ended && found.Ids!.Contains(m.Id))
            .OrderBy(m => m.Id)
            .Select(m => m.Id)
            .Take(101)
            .ToQueryString();
        Assert.DoesNotContain("EXISTS", sql, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("IN (", sql, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_filter_on_groups_becomes_sets_of_ids_too(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        await using var db = server.Store.Read();
        var found = new GroupFilter(db, server.Workspace.Id, strict: false).Read(
            Filter.Parse("id eq \"0198a000-0000-7000-8000-000000000000\" and members eq \"0198a000-0000-7000-8000-000000000000\"").Value!
        );
        var sql = db.Groups.Where(g => g.WorkspaceId == server.Workspace.Id && found.Ids!.Contains(g.Id)).Select(g => g.Id).ToQueryString();
        Assert.DoesNotContain("EXISTS", sql, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("INTERSECT", sql, StringComparison.Ordinal);
    }
}
