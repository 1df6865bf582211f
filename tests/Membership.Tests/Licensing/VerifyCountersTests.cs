using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

public sealed class VerifyCountersTests
{
    private const string Here = "workspace_id = (SELECT id FROM workspaces WHERE slug = {0})";

    /// <summary>What somebody does to the rows of one workspace, and how what differs then is named.</summary>
    private static readonly (string Sql, string What)[] Tamperings =
    [
        ($"UPDATE tallies SET used = used + 1 WHERE {Here} AND kind = 'Seats'", "Seats"),
        (
            $"UPDATE tallies SET used = used - 1 WHERE {Here} AND kind = 'State' AND \"key\" = 'Active' AND slot = (SELECT min(slot) FROM tallies WHERE {Here} AND kind = 'State' AND \"key\" = 'Active')",
            "State Active"
        ),
        ($"UPDATE tallies SET used = 0 WHERE {Here} AND kind = 'Admins'", "Admins"),
        ($"UPDATE tallies SET \"limit\" = 99 WHERE {Here} AND kind = 'Seats'", "limit of Seats"),
        ($"UPDATE members SET has_seat = NOT has_seat WHERE {Here}", "seat of"),
        ($"UPDATE members SET local_block = 'Removed' WHERE {Here}", "state of"),
        ($"UPDATE members SET user_name_key = 'x' WHERE {Here}", "key of"),
        ($"DELETE FROM grants WHERE {Here}", "members whose role no grant gives"),
        (
            $"INSERT INTO group_members (workspace_id, group_id, member_id, added_at) SELECT workspace_id, id, id, 0 FROM groups WHERE {Here}",
            "group members who are no members"
        ),
    ];

    [Theory, EachDatabase]
    public async Task Whatever_was_tampered_with_is_named(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        for (var i = 0; i < Tamperings.Length; i++)
        {
            var workspace = await acme.OtherAsync($"w{i}");
            await workspace.JoinAsync($"ada{i}@acme.test", "admin");
            await new CreateGroup(acme.Store).RunAsync(workspace.Directory, workspace.Id, new() { DisplayName = "All" }, [], default);
        }

        await acme.AgreesAsync();
        await using var db = acme.Store.Read();
        for (var i = 0; i < Tamperings.Length; i++)
        {
            await db.Database.ExecuteSqlRawAsync(Tamperings[i].Sql, $"w{i}");
            var found = await new VerifyCounters(acme.Store).RunAsync(default);
            Assert.Contains(found, d => d.Workspace == $"w{i}" && d.What.StartsWith(Tamperings[i].What, StringComparison.Ordinal));
            Assert.Equal(i + 1, found.Select(d => d.Workspace).Distinct().Count());
        }
    }
}
