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
    [EachDatabase("(displayName eq \"x\" or emails[type eq \"work\"].value eq \"x\") and externalId eq \"z\" and displayName sw \"y\"")]
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

    [Theory]
    [EachDatabase("id eq \"0198a000-0000-7000-8000-000000000000\" and manager eq \"x\"")]
    [EachDatabase("manager eq \"x\" and id eq \"0198a000-0000-7000-8000-000000000000\"")]
    [EachDatabase("groups eq \"0198a000-0000-7000-8000-000000000000\" and id eq \"0198a000-0000-7000-8000-000000000000\"")]
    public async Task Asked_of_one_person_a_filter_reads_nobody_else(Database kind, string text)
    {
        await using var server = await DoorServer.StartAsync(kind, isUnused: true);
        await using var db = server.Store.Read();
        var found = new UserFilter(db, server.Workspace.Id, strict: false).Read(Filter.Parse(text).Value!);
        Assert.True(found.IsOne && found.IsIndexed);
        var plan = await QueryPlan.OfAsync(
            db,
            db.Members.Where(m => m.WorkspaceId == server.Workspace.Id && found.Ids!.Contains(m.Id)).Where(found.Where!).Select(m => m.Id)
        );
        // the index of those who have this manager, or are in this group, is met with the person's id too
        Assert.Matches(
            kind == Database.Postgres ? @"Index Cond: .*member_id = '0198" : @"EXISTS USING COVERING INDEX .*member_id=\?\)",
            plan
        );
    }

    [Theory, EachDatabase]
    public async Task A_filter_on_groups_asks_for_one_group_likewise(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, isUnused: true);
        await using var db = server.Store.Read();
        var found = new GroupFilter(db, server.Workspace.Id, strict: false).Read(
            Filter.Parse("members eq \"0198a000-0000-7000-8000-000000000000\" and id eq \"0198a000-0000-7000-8000-000000000000\"").Value!
        );
        var plan = await QueryPlan.OfAsync(
            db,
            db.Groups.Where(g => g.WorkspaceId == server.Workspace.Id && found.Ids!.Contains(g.Id)).Where(found.Where!).Select(g => g.Id)
        );
        Assert.Matches(
            kind == Database.Postgres
                ? @"Index Cond: .*(member_id.*group_id|group_id.*member_id)"
                : @"\([^)]*(member_id=\? AND group_id|group_id=\? AND member_id)=\?\)",
            plan
        );
    }
}
