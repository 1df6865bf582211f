using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

public sealed class VerifyCountersTests
{
    [Theory]
    [EachDatabase("UPDATE tallies SET used = used + 1 WHERE kind = 'Seats'", "Seats")]
    [EachDatabase("UPDATE tallies SET used = used - 1 WHERE kind = 'State' AND \"key\" = 'Active' AND slot = (SELECT min(slot) FROM tallies WHERE kind = 'State' AND \"key\" = 'Active')", "State Active")]
    [EachDatabase("UPDATE tallies SET used = 0 WHERE kind = 'Admins'", "Admins")]
    [EachDatabase("UPDATE tallies SET \"limit\" = 99 WHERE kind = 'Seats'", "limit of Seats")]
    [EachDatabase("UPDATE members SET has_seat = NOT has_seat", "seat of")]
    [EachDatabase("UPDATE members SET local_block = 'Removed'", "state of")]
    [EachDatabase("UPDATE members SET user_name_key = 'x'", "key of")]
    [EachDatabase("DELETE FROM grants", "members whose role no grant gives")]
    [EachDatabase("INSERT INTO group_members (workspace_id, group_id, member_id, added_at) SELECT workspace_id, id, id, 0 FROM groups", "group members who are no members")]
    public async Task Whatever_was_tampered_with_is_named(Database kind, string sql, string what)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.JoinAsync("ada@acme.test", "admin");
        await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = "All" }, [], default);
        await acme.AgreesAsync();
        await using var db = acme.Store.Read();
        await db.Database.ExecuteSqlRawAsync(sql);
        Assert.Contains(await new VerifyCounters(acme.Store).RunAsync(default), d => d.Workspace == "acme" && d.What.StartsWith(what, StringComparison.Ordinal));
    }
}
