using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

public class MembershipSourceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_migrations_say_all_that_the_model_says(Database kind)
    {
        await using var database = await TestDatabase.EmptyAsync(kind);
        await using var db = database.Source.Open();
        Assert.False(db.Database.HasPendingModelChanges(), "The model moved on: run src/Storage/migrations.sh initial");
    }

    [Theory, EachDatabase]
    public async Task Migrating_twice_does_the_work_once(Database kind)
    {
        await using var database = await TestDatabase.EmptyAsync(kind);
        Assert.NotEmpty(await database.Source.PendingAsync(Ct));
        await database.Source.MigrateAsync(Ct);
        Assert.Empty(await database.Source.PendingAsync(Ct));
        await database.Source.MigrateAsync(Ct);
        Assert.Empty(await database.Source.PendingAsync(Ct));
    }

    [Theory, EachDatabase]
    public async Task A_row_of_every_table_comes_back_as_it_was_written(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var db = database.Source.Open();
        var now = TimeProvider.System.Now();
        var account = new Account
        {
            Id = Id<Account>.New(TimeProvider.System),
            DisplayName = "Zoë Ölander",
            Email = "z@example.org",
            CreatedAt = now,
            Version = 7,
        };
        db.Add(account);
        await db.SaveChangesAsync(Ct);
        await using var again = database.Source.Open();
        Assert.Equal(account, await again.Accounts.SingleAsync(Ct));
        Assert.Empty(again.ChangeTracker.Entries());
    }

    /// <summary>
    /// Of EF Core 10 itself SQLite gets a parameter for each, and refuses more than 32,600 (findings/ef-sqlite-list-parameters.sh).
    /// </summary>
    [Theory, EachDatabase]
    public async Task A_list_of_any_length_can_be_asked_for(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var ids = Enumerable.Range(0, 40_000).Select(_ => Id<Account>.New(TimeProvider.System)).ToList();
        foreach (var db in new[] { database.Source.Open(), database.Source.OpenTracking() })
        {
            await using (db)
            {
                var account = new Account
                {
                    Id = Id<Account>.New(TimeProvider.System),
                    DisplayName = "Zoë Ölander",
                    Email = "z@example.org",
                    CreatedAt = TimeProvider.System.Now(),
                    Version = 1,
                };
                db.Add(account);
                await db.SaveChangesAsync(Ct);
                List<Id<Account>> asked = [.. ids, account.Id];
                Assert.Equal(account.Id, await db.Accounts.Where(a => asked.Contains(a.Id)).Select(a => a.Id).SingleAsync(Ct));
            }
        }
    }

    [Theory, EachDatabase]
    public async Task Text_is_ordered_byte_by_byte_on_both_databases(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using (var db = database.Source.Open())
        {
            foreach (var name in new[] { "b", "a b", "B", "ab", "é", "_", "a-c" })
            {
                db.Add(
                    new Account
                    {
                        Id = Id<Account>.New(TimeProvider.System),
                        DisplayName = name,
                        CreatedAt = default,
                        Version = 1,
                    }
                );
            }

            await db.SaveChangesAsync(Ct);
        }

        await using var reader = database.Source.Open();
        Assert.Equal(
            ["B", "_", "a b", "a-c", "ab", "b", "é"],
            await reader.Accounts.OrderBy(a => a.DisplayName).Select(a => a.DisplayName).ToListAsync(Ct)
        );
    }

    [Theory, EachDatabase]
    public async Task A_value_that_is_there_already_is_a_duplicate(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        Workspace Row(string slug) =>
            new()
            {
                Id = Id<Workspace>.New(TimeProvider.System),
                Slug = slug,
                Name = slug,
                Configuration = "{}",
                CreatedAt = default,
                Version = 1,
            };
        await using (var db = database.Source.Open())
        {
            db.Add(Row("acme"));
            await db.SaveChangesAsync(Ct);
        }

        Assert.Equal(WriteFault.Duplicate, await FaultOfAsync(database, db => db.Add(Row("acme"))));
    }

    [Theory, EachDatabase]
    public async Task A_row_that_refers_to_nothing_is_a_missing_reference(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var row = new GroupMember
        {
            WorkspaceId = Id<Workspace>.New(TimeProvider.System),
            GroupId = Id<Group>.New(TimeProvider.System),
            MemberId = Id<Member>.New(TimeProvider.System),
            AddedAt = default,
        };
        Assert.Equal(WriteFault.MissingReference, await FaultOfAsync(database, db => db.Add(row)));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, "Data Source=/proc/nowhere/usermanagement.db")]
    [InlineData(StorageProvider.Postgres, "Host=127.0.0.1;Port=1;Username=nobody;Timeout=1")]
    public async Task A_database_that_cannot_be_reached_is_unavailable_for_reads_and_writes(
        StorageProvider provider,
        string connectionString
    )
    {
        await using var source = MembershipSource.Of(new() { Provider = provider, ConnectionString = connectionString });
        await using var db = source.Open();
        var read = await Assert.ThrowsAnyAsync<DbException>(() => db.Workspaces.ToListAsync(Ct));
        Assert.Equal(WriteFault.Unavailable, db.Classify(read));
        var write = await Assert.ThrowsAnyAsync<DbException>(() => db.BeginWriteAsync(Ct));
        Assert.Equal(WriteFault.Unavailable, db.Classify(write));
        Assert.True(source.IsUnavailable(new InvalidOperationException("wrapped", write)));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_unavailable()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var source = MembershipSource.Of(database.Target.Settings() with { CommandTimeout = TimeSpan.FromSeconds(1) });
        await using var db = source.Open();
        var fault = await Assert.ThrowsAnyAsync<DbException>(() => db.Database.ExecuteSqlRawAsync("SELECT pg_sleep(20)", Ct));
        Assert.Equal(WriteFault.Unavailable, db.Classify(fault));
    }

    [Fact]
    public async Task Statements_are_prepared_unless_the_operator_says_otherwise()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        Assert.Equal(128, new NpgsqlConnectionStringBuilder(await ConnectionStringAsync(database.Target)).MaxAutoPrepare);
        Assert.Equal(
            0,
            new NpgsqlConnectionStringBuilder(
                await ConnectionStringAsync(database.Target with { ConnectionString = database.ConnectionString + ";Max Auto Prepare=0" })
            ).MaxAutoPrepare
        );
    }

    [Theory, EachDatabase]
    public async Task A_turn_that_is_not_committed_leaves_nothing_and_hands_the_line_on(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using (var db = database.Source.Open())
        await using (var turn = await db.BeginWriteAsync(Ct))
        {
            await using var command = turn.Transaction.Connection!.CreateCommand();
            command.Transaction = turn.Transaction;
            command.CommandText = "INSERT INTO protection_keys (name, sealed, created_at) VALUES ('x', '', 1)";
            await command.ExecuteNonQueryAsync(Ct);
        }

        await using var other = database.Source.Open();
        await using var next = await other.BeginWriteAsync(Ct);
        Assert.Empty(await other.ProtectionKeys.ToListAsync(Ct));
    }

    [Theory, EachDatabase]
    public async Task Fifty_writers_at_once_all_get_their_turn(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async n =>
                {
                    await using var db = database.Source.Open();
                    await using var turn = await db.BeginWriteAsync(Ct);
                    await using var command = turn.Transaction.Connection!.CreateCommand();
                    command.Transaction = turn.Transaction;
                    command.CommandText = $"INSERT INTO protection_keys (name, sealed, created_at) VALUES ('{n}', '', 1)";
                    await command.ExecuteNonQueryAsync(Ct);
                    await turn.Transaction.CommitAsync(Ct);
                })
        );
        await using var reader = database.Source.Open();
        Assert.Equal(50, await reader.ProtectionKeys.CountAsync(Ct));
    }

    private static async Task<string> ConnectionStringAsync(DatabaseTarget target)
    {
        await using var source = target.NewSource();
        await using var db = source.Open();
        return db.Database.GetDbConnection().ConnectionString;
    }

    private static async Task<WriteFault> FaultOfAsync(TestDatabase database, Action<MembershipDb> add)
    {
        await using var db = database.Source.Open();
        add(db);
        var fault = await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Ct));
        return db.Classify((DbException)fault.InnerException!);
    }
}
