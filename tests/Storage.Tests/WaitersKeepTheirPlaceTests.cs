using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

/// <summary>Whoever found no seat before there was a line for them stands in it after the migration, since they joined.</summary>
public class WaitersKeepTheirPlaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Who_was_to_have_a_seat_waits_since_they_joined_and_nobody_else(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var store = database.Store();
        var acme = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), Ct)).Value;
        var one = acme.Configuration with { Capacity = acme.Configuration.Capacity with { Seats = 1 } };
        Assert.True((await new ChangeConfiguration(store).RunAsync(Actor.Operator, acme.Id, null, one, Ct)).Done);
        var people = new List<Member>();
        foreach (var name in (string[])["has", "waits", "viewer", "away"])
        {
            var facts = new MemberAttributes { UserName = $"{name}@x.test", Active = name != "away" };
            people.Add((await new ProvisionMember(store).RunAsync(Actor.Operator, acme.Id, facts, Ct)).Value);
        }

        Assert.True((await new AssignRole(store).RunAsync(Actor.Operator, acme.Id, people[2].Id, "viewer", Ct)).Done);
        await using (var db = store.Read())
        {
            // as an older build left it
            await db.Members.ExecuteUpdateAsync(s => s.SetProperty(m => m.WaitsSince, (DateTimeOffset?)null), Ct);
            await db.Database.ExecuteSqlAsync(
                $"""DELETE FROM "__EFMigrationsHistory" WHERE "MigrationId" LIKE '%_WaitersKeepTheirPlace'""",
                Ct
            );
        }

        await database.Source.MigrateAsync(Ct);

        await using var end = store.Read();
        var waits = Assert.Single(await end.Members.Where(m => m.WaitsSince != null).ToListAsync(Ct));
        Assert.Equal((people[1].Id, people[1].JoinedAt), (waits.Id, waits.WaitsSince));
        Assert.Empty(await new VerifyCounters(store).RunAsync(Ct));
    }
}
