using Microsoft.EntityFrameworkCore;
using Npgsql;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.TestingTests;

public sealed class StatementWatchTests
{
    /// <summary>Statements, and the tables that they read in every workspace.</summary>
    private static readonly (string Sql, string Unbound)[] Statements =
    [
        ("SELECT * FROM members AS m WHERE m.workspace_id = @w AND m.id = @id", ""),
        ("SELECT * FROM members WHERE workspace_id = ANY($1) AND account_id = $2", ""),
        ("SELECT m.* FROM members m JOIN grants g ON g.workspace_id = m.workspace_id AND g.member_id = m.id WHERE g.workspace_id = $1", ""),
        (
            "SELECT g.value FROM members m LEFT JOIN grants g ON g.workspace_id = m.workspace_id AND g.member_id = m.id WHERE m.workspace_id = $1",
            ""
        ),
        ("UPDATE tallies SET used = used + 1 WHERE workspace_id = $1 AND kind = 'Seats'", ""),
        ("DELETE FROM grants WHERE workspace_id = $1 AND member_id IN (SELECT id FROM members WHERE workspace_id = $1 AND role = $2)", ""),
        ("SELECT * FROM provisioning_lines WHERE failed AND workspace_id = $1 ORDER BY id DESC LIMIT 1", ""),
        ("SELECT * FROM members WHERE has_seat AND workspace_id = $1 AND (id = $2 OR account_id = $3)", ""),
        ("SELECT * FROM members WHERE account_id = $1", "members"),
        ("SELECT * FROM members WHERE workspace_id > $1", "members"),
        ("SELECT * FROM members WHERE workspace_id = $1 OR id = $2", "members"),
        ("SELECT * FROM members m JOIN grants g ON g.member_id = m.id WHERE m.workspace_id = $1", "grants"),
        (
            "SELECT m.role FROM api_keys k LEFT JOIN members m ON m.workspace_id = k.workspace_id AND m.id = k.made_by_id WHERE k.key_hash = $1",
            "members"
        ),
        ("UPDATE members SET version = version + 1 WHERE user_name_key = $1", "members"),
        ("INSERT INTO account_workspaces SELECT account_id, workspace_id FROM members WHERE state = $1", "members"),
    ];

    [Fact]
    public async Task What_names_no_workspace_is_told_by_the_table()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var (sql, unbound) in Statements)
        {
            Assert.Equal((sql, unbound), (sql, await StatementWatch.UnboundAsync(connection, sql)));
        }
    }

    /// <summary>The driver speaks of what it sends only to who also hears what it has sent; what it prepares by itself it tells anybody.</summary>
    [Fact]
    public async Task What_is_sent_a_single_time_is_looked_at()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var db = database.Source.Open();
        await db.Members.Where(m => m.DisplayName == "sent once").AnyAsync(TestContext.Current.CancellationToken);
        Assert.True(StatementWatch.Knows("sent once"));
    }

    [Fact]
    public void Whoever_may_ask_all_workspaces_is_there()
    {
        var types = new[] { typeof(Membership.Data.Store), typeof(Scim.ScimOptions), typeof(Settings.HostSettings) }
            .Select(t => t.Assembly)
            .SelectMany(a => a.GetTypes())
            .Select(t => t.Name)
            .ToHashSet(StringComparer.Ordinal);
        Assert.All(StatementWatch.OverAll, one => Assert.Contains(one.By, types));
    }
}
