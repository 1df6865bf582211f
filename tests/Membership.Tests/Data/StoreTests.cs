using Microsoft.EntityFrameworkCore;
using Npgsql;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
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
        await PostgresCluster.ExecuteAsync(
            $"drop database {new NpgsqlConnectionStringBuilder(database.ConnectionString).Database} with (force)"
        );
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Entra",
            Workspace = acme.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        var fault = await Assert.ThrowsAnyAsync<Exception>(() =>
            new ProvisionMember(store).RunAsync(directory, acme.Id, new() { UserName = "ada@acme.test" }, default)
        );
        Assert.True(database.Source.IsUnavailable(fault), fault.ToString());
    }

    [Theory, EachDatabase]
    public async Task What_a_rival_keeps_changing_ends_as_busy_and_nothing_is_written(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = (await acme.ProvisionAsync("ada@acme.test")).Value;
        var tries = 0;
        var outcome = await new UpdateProvisionedMember(acme.Store).RunAsync(
            acme.Directory,
            acme.Id,
            ada.Id,
            null,
            m => MemberAttributes.Of(m) with { DisplayName = $"Ada {tries++}", Active = Bump(m) },
            default
        );
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

    /// <summary>A wrong try counts, whoever else tries at the same moment, and no answer tells that something was written.</summary>
    [Theory, EachDatabase]
    public async Task A_refusal_that_is_written_is_committed_and_handed_out_as_any_other(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var account = new Account
        {
            Id = Id<Account>.New(acme.Clock),
            DisplayName = "Ada",
            CreatedAt = acme.Clock.Now,
            Version = 1,
        };
        Assert.True(
            (
                await acme.Store.ChangeAsync<Nothing>(
                    Actor.System,
                    null,
                    "made",
                    attempt =>
                    {
                        attempt.Changes.Add(account);
                        return Task.FromResult<Outcome<Nothing>>(default(Nothing));
                    },
                    default
                )
            ).Done
        );

        Assert.Equal(Wrong, (await TryAsync(Wrong)).Refusal);
        Assert.Equal((1, 0), await SeenAsync());
        var race = await Rivals.RaceAsync(12, _ => TryAsync(Wrong.ButWritten()));
        Assert.All(race, one => Assert.Equal(Wrong, one.Required.Refusal));
        Assert.Equal((13, 12), await SeenAsync());

        // One that has nothing to write is but refused; one that a key is to let run once leaves with the answer or not at all.
        Assert.Equal(
            Wrong,
            (
                await acme.Store.ChangeAsync<Nothing>(
                    Actor.System,
                    null,
                    "nothing",
                    _ => Task.FromResult<Outcome<Nothing>>(Wrong.ButWritten()),
                    default
                )
            ).Refusal
        );
        Assert.Equal(Wrong, await OnceAsync("refused", null));
        Assert.Equal((13, 12), await SeenAsync());
        Assert.Equal(Wrong, await OnceAsync("answered", [1]));
        Assert.Equal((14, 13), await SeenAsync());

        Task<Outcome<Nothing>> TryAsync(Refusal refusal) =>
            acme.Store.ChangeAsync<Nothing>(
                acme.Directory,
                acme.Id,
                "tried",
                async attempt =>
                {
                    var now = await attempt.Db.Accounts.AsNoTracking().SingleAsync(a => a.Id == account.Id);
                    attempt.Changes.Update(now, now with { Version = now.Version + 1 });
                    attempt.Changes.TellFacts("wrong.counted", acme.Id, ("account", account.Id.Value, null), null, null);
                    return refusal;
                },
                default
            );

        async Task<Refusal?> OnceAsync(string key, byte[]? answer)
        {
            Refusal? seen = null;
            var done = await new RunOnce(acme.Store).RunAsync(
                acme.Id,
                account.Id.Value,
                key,
                [1],
                async () =>
                {
                    seen = (await TryAsync(Wrong.ButWritten())).Refusal;
                    return answer;
                },
                default
            );
            Assert.Equal(answer, done.Value.Answer);
            return seen;
        }

        async Task<(long Version, int Lines)> SeenAsync()
        {
            await using var db = acme.Store.Read();
            return (
                (await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == account.Id)).Version,
                await db.AuditEntries.CountAsync(a => a.Act == "wrong.counted")
            );
        }
    }

    private static Refusal Wrong => new(RefusalKind.Conflict, "wrong", "That is wrong.");
}
