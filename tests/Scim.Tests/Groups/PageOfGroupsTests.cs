using System.Text.Json.Nodes;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Groups;

/// <summary>
/// What a page of groups asks the database, counted: statements follow the members that are shown, never the number of groups.
/// </summary>
public class PageOfGroupsTests
{
    private const int Small = 400;

    [Theory, EachDatabase]
    public async Task The_members_of_many_small_groups_are_read_a_thousand_at_a_time(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxReferencesOfPage = 5000);
        var people = (
            await Copies.LikeAsync(server.Store, server.Workspace.Id, Guid.Parse(await server.UserAsync("ada@example.com")), 1500)
        ).ConvertAll(id => id.ToString());
        var first = await server.GroupAsync("G", [people[0]]);
        await Copies.GroupsLikeAsync(server.Store, server.Workspace.Id, Guid.Parse(first), Guid.Parse(people[1]), Small);
        await using (var db = server.Store.Read())
        {
            await Copies.JoinEachAsync(db, server.Workspace.Id, Guid.Parse(people[2]));
            await Copies.JoinEachAsync(db, server.Workspace.Id, Guid.Parse(people[3]));
        }

        var large = await server.GroupAsync("Large", [.. people]);
        var empty = await server.GroupAsync("Nobody");

        using var log = ReadLog.Of(server.Workspace.Id.Value);
        foreach (
            var query in (string[])
                ["", "&sortBy=displayName", "&sortBy=displayName&sortOrder=descending", "&cursor", "&attributes=members.value"]
        )
        {
            log.Clear();
            var page = await server.SendAsync("GET", "/Groups?count=1000" + query);
            var groups = page.Json["Resources"]!
                .AsArray()
                .ToDictionary(
                    g => g!["id"]!.GetValue<string>(),
                    g => g!["members"]?.AsArray().Select(m => m!["value"]!.GetValue<string>()).ToList() ?? []
                );
            Assert.Equal(Small + 2, groups.Count);
            Assert.Equal(people.Order(StringComparer.Ordinal), groups[large]);
            Assert.Empty(groups[empty]);
            Assert.Equal(people.Take(4).Order(StringComparer.Ordinal), groups[first]);
            Assert.All(
                groups.Where(g => g.Key != large && g.Key != empty && g.Key != first),
                g => Assert.Equal(people.Skip(1).Take(3).Order(StringComparer.Ordinal), g.Value)
            );
            // whether they fit, how many each, two or three parts, two of the large one
            Assert.InRange(log.Statements.Count(s => s.Contains("group_members", StringComparison.Ordinal)), 3, 8);
        }
    }

    /// <summary>Nor does it follow them where a page ends before its last group.</summary>
    [Theory, EachDatabase]
    public async Task Where_a_page_ends_is_found_in_few_counts(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxReferencesOfPage = 250);
        var person = Guid.Parse(await server.UserAsync("ada@example.com"));
        await Copies.GroupsLikeAsync(server.Store, server.Workspace.Id, Guid.Parse(await server.GroupAsync("G")), person, Small);
        using var log = ReadLog.Of(server.Workspace.Id.Value);
        var page = (await server.SendAsync("GET", "/Groups?count=1000")).Json;
        Assert.Equal(250, page["itemsPerPage"]!.GetValue<int>());
        Assert.InRange(log.Statements.Count(s => s.Contains("group_members", StringComparison.Ordinal)), 2, 12);
        Assert.All(page["Resources"]!.AsArray(), g => Assert.Single(g!["members"]!.AsArray()));
    }
}
