using Npgsql;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

public sealed class StoreTests
{
    [Fact]
    public async Task A_database_that_is_away_is_a_fault_that_doors_answer_with_503_and_no_refusal()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        var store = database.Store();
        var acme = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        await PostgresCluster.ExecuteAsync($"drop database {new NpgsqlConnectionStringBuilder(database.ConnectionString).Database} with (force)");
        var directory = new Actor { Kind = ActorKind.Directory, Door = Door.Scim, Name = "Entra", Workspace = acme.Id, Permissions = Actor.DirectoryPermissions };
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => new ProvisionMember(store).RunAsync(directory, acme.Id, new() { UserName = "ada@acme.test" }, default));
        Assert.True(database.Source.IsUnavailable(fault), fault.ToString());
    }

    [Theory, EachDatabase]
    public async Task What_a_rival_keeps_changing_ends_as_busy_and_nothing_is_written(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = (await acme.ProvisionAsync("ada@acme.test")).Value;
        var tries = 0;
        var outcome = await new UpdateProvisionedMember(acme.Store).RunAsync(acme.Directory, acme.Id, ada.Id, null, m => MemberAttributes.Of(m) with { DisplayName = $"Ada {tries++}", Active = Bump(m) }, default);
        Assert.Equal((RefusalKind.Unavailable, "busy"), (outcome.Refusal!.Kind, outcome.Refusal.Code));
        Assert.InRange(tries, 10, 100);
        Assert.Null((await acme.ReadAsync(ada.Id)).DisplayName);
        await acme.AgreesAsync();

        bool Bump(Member seen)
        {
            using var db = acme.Store.Read();
            var connection = Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(db.Database);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE members SET version = version + 1";
            command.ExecuteNonQuery();
            connection.Close();
            return seen.ShownActive();
        }
    }
}
