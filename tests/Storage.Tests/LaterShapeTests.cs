using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

/// <summary>A database that a later version has migrated.</summary>
public sealed class LaterShapeTests
{
    private const string Migration = "29990101000000_Later";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Additions_are_told_and_served_and_migrating_does_nothing(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        Assert.Empty(await database.Source.LaterAsync(Ct));
        await RunAsync(
            database,
            History,
            "ALTER TABLE accounts ADD COLUMN later text",
            "ALTER TABLE accounts ADD COLUMN later_count integer NOT NULL DEFAULT 1",
            "CREATE TABLE later_things (id integer NOT NULL, what text NOT NULL)"
        );
        Assert.Equal([Migration], await database.Source.LaterAsync(Ct));
        Assert.Empty(await database.Source.PendingAsync(Ct));
        await database.Source.MigrateAsync(Ct);
        Assert.Equal([Migration], await database.Source.LaterAsync(Ct));

        await using var db = database.Source.Open();
        db.Add(
            new Account
            {
                Id = Id<Account>.New(TimeProvider.System),
                DisplayName = "Ada",
                CreatedAt = default,
                Version = 1,
            }
        );
        await db.SaveChangesAsync(Ct);
        Assert.Equal("Ada", (await db.Accounts.AsNoTracking().SingleAsync(Ct)).DisplayName);
    }

    [Theory, EachDatabase]
    public async Task What_takes_away_or_demands_more_is_refused_by_name(Database kind)
    {
        foreach (
            var (change, against) in new[]
            {
                ("ALTER TABLE sessions RENAME COLUMN user_agent TO agent", "it lacks something of the table sessions"),
                ("DROP TABLE passkeys", "it lacks something of the table passkeys"),
            }
        )
        {
            await using var database = await TestDatabase.NewAsync(kind);
            await RunAsync(database, History, change);
            Assert.Contains(
                against,
                (await Assert.ThrowsAsync<StorageException>(() => database.Source.LaterAsync(Ct))).Message,
                StringComparison.Ordinal
            );
        }

        await using var demanding = await TestDatabase.NewAsync(kind);
        string[] demands =
            kind == Database.Postgres
                ? ["ALTER TABLE accounts ADD COLUMN later text NOT NULL"]
                :
                [
                    "DROP TABLE session_ends",
                    "CREATE TABLE session_ends (workspace_id text NOT NULL, account_id text NOT NULL, ended_at integer NOT NULL, later text NOT NULL, PRIMARY KEY (workspace_id, account_id))",
                ];
        await RunAsync(demanding, [History, .. demands]);
        var message = (await Assert.ThrowsAsync<StorageException>(() => demanding.Source.LaterAsync(Ct))).Message;
        Assert.Contains("demands the column later", message, StringComparison.Ordinal);
        Assert.Contains(Migration, message, StringComparison.Ordinal);
    }

    private static string History =>
        $"INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\") VALUES ('{Migration}', '99.0.0')";

    private static async Task RunAsync(TestDatabase database, params string[] statements)
    {
        await using var db = database.Source.Open();
        foreach (var statement in statements)
        {
            await db.Database.ExecuteSqlRawAsync(statement, Ct);
        }
    }
}
