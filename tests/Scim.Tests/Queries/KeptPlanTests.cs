using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Queries;

/// <summary>
/// What a directory asks for each person is planned by PostgreSQL a few times, and no more: a plan takes longer than the look-up.
/// </summary>
public sealed class KeptPlanTests
{
    private const int Times = 24;

    [Fact]
    public async Task Look_ups_keep_their_plan()
    {
        await using var server = await DoorServer.StartAsync(Database.Postgres, isUnused: true);
        var ada = await server.UserAsync("ada@example.com");
        var grace = await server.UserAsync("grace@example.com");
        var group = await server.GroupAsync("Engineering", grace);
        var manager = $$"""{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"{{ada}}"}""";
        Assert.Equal(200, (await server.PatchAsync($"/Users/{grace}", manager)).Status);
        await Copies.LikeAsync(server.Store, server.Workspace.Id, Guid.Parse(grace), 3000);
        await Copies.GroupsLikeAsync(server.Store, server.Workspace.Id, Guid.Parse(group), Guid.Parse(grace), 1000);
        await using (var db = server.Store.Read())
        {
            await db.Database.ExecuteSqlRawAsync("ANALYZE");
        }

        string[] asked =
        [
            "Users?filter=externalId eq \"nobody\"",
            "Users?filter=userName eq \"grace@example.com\"",
            $"Users?filter=id eq \"{grace}\" and manager eq \"{ada}\"",
            $"Users?filter=manager eq \"{ada}\" and id eq \"{grace}\"",
            "Users?filter=displayName eq \"Grace Hopper\"",
            "Groups?excludedAttributes=members&filter=displayName eq \"Engineering\"",
            "Groups?excludedAttributes=members&filter=externalId eq \"nobody\"",
            $"Groups?excludedAttributes=members&filter=id eq \"{group}\" and members eq \"{grace}\"",
        ];
        foreach (var look in asked)
        {
            for (var i = 0; i < Times; i++)
            {
                Assert.Equal(200, (await server.SendAsync("GET", "/" + look)).Status);
            }
        }

        var often = (await PreparedAsync(server.Store)).Where(s => s.Custom + s.Generic > Times / 2).ToList();
        Assert.True(often.Count >= asked.Length, string.Join('\n', often));
        Assert.All(often, statement => Assert.True(statement.Generic > 0, statement.ToString()));
    }

    // each session tells of its own alone; the store's are all free now
    private static async Task<List<Prepared>> PreparedAsync(Store store)
    {
        var sessions = Enumerable.Range(0, 4).Select(_ => store.Read()).ToList();
        try
        {
            await Task.WhenAll(sessions.Select(s => s.Database.OpenConnectionAsync()));
            var found = new List<Prepared>();
            foreach (var session in sessions)
            {
                found.AddRange(
                    await session
                        .Database.SqlQueryRaw<Prepared>(
                            """SELECT statement AS "Statement", custom_plans AS "Custom", generic_plans AS "Generic" FROM pg_prepared_statements"""
                        )
                        .ToListAsync()
                );
            }

            return found;
        }
        finally
        {
            await Task.WhenAll(sessions.Select(s => s.DisposeAsync().AsTask()));
        }
    }

    private sealed record Prepared(string Statement, long Custom, long Generic);
}
