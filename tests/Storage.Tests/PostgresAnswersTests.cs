using Npgsql;
using UserManagement.Membership.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

/// <summary>What a write says when the session, not the data, is at fault.</summary>
public sealed class PostgresAnswersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>
    /// A statement that fails when its values are bound, at its first use as a prepared one, is remembered by the driver without what it gives
    /// back; at the next use the driver loses its place, after the server has done the work.
    /// </summary>
    [Fact]
    public async Task An_answer_that_cannot_be_understood_is_never_told_as_refused()
    {
        await using var database = await TestDatabase.EmptyAsync(Database.Postgres);
        await using var source = MembershipSource.Of(
            database.Target.Settings() with
            {
                ConnectionString = database.ConnectionString + ";Maximum Pool Size=1;Auto Prepare Min Usages=1",
            }
        );
        Statement[] number(string text) => [new("SELECT $1::text::int", [_ => new NpgsqlParameter { Value = text }])];
        foreach (var text in new[] { "none", "5", "5" })
        {
            await using var db = source.Open();
            var fault = await Record.ExceptionAsync(() => db.WriteAsync(number(text), null, Ct));
            Assert.True(text == "none" ? fault is PostgresException : fault is null, fault?.ToString());
        }

        foreach (var text in new[] { "none", "5", "5" })
        {
            await using var db = source.Open();
            var batch = new ReadBatch();
            batch.Read("SELECT 1 + $1::text::int", row => row.GetInt32(0), text);
            var fault = await Record.ExceptionAsync(() => batch.RunAsync(db, Ct));
            Assert.True(text == "none" ? fault is PostgresException : fault is null || db.IsUnavailable(fault), fault?.ToString());
        }
    }
}
