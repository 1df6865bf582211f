using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

/// <summary>What bringing keys up costs where there is nothing to bring up.</summary>
public sealed partial class RekeyNamesReadsTests
{
    private const int Many = (2 * KeyPages.Size) + 500;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Each_row_is_read_once_a_page_a_statement_and_none_at_the_next_start(Database kind)
    {
        using var log = StatementLog.Start();
        await using var acme = await TestWorkspace.NewAsync(kind, isUnused: true);
        var first = (await acme.ProvisionAsync("first@acme.test")).Value;
        await using var db = acme.Store.Read();
        await FillAsync(db, first);
        log.Clear();
        var told = new List<long>();
        Task ToldAsync(long rows)
        {
            told.Add(rows);
            return Task.CompletedTask;
        }

        Assert.Empty(await new RekeyNames(acme.Store).RunAsync(again: false, ToldAsync, Ct));
        Assert.InRange(log.Statements.Count, 8, 15); // three pages of members with their keys, one of each other table, the mark
        Assert.InRange(log.Rows, Many + 1, Many + 30);
        Assert.Equal([KeyPages.Size, 2 * KeyPages.Size, Many + 1], told.Take(3));
        foreach (var statement in db.WritesInTurn ? log.Statements.Distinct().ToList() : [])
        {
            var plan = await QueryPlan.OfAsync(db, Parameter().Replace(statement, "1"));
            Assert.DoesNotContain(
                plan.Split('\n'),
                l =>
                    l.StartsWith("SCAN", StringComparison.Ordinal)
                    && !l.StartsWith("SCAN w", StringComparison.Ordinal)
                    && l != "SCAN CONSTANT ROW"
            );
        }

        log.Clear();
        Assert.Empty(await new RekeyNames(acme.Store).RunAsync(again: false, ToldAsync, Ct));
        Assert.Contains("marks", Assert.Single(log.Statements), StringComparison.Ordinal);

        // what a server of an older version wrote since is for the verb, which looks at all each time
        await db.Database.ExecuteSqlAsync($"UPDATE members SET user_name_key = 'older' WHERE id = {first.Id.Value}", Ct);
        await new RekeyNames(acme.Store).RunAsync(again: false, null, Ct);
        Assert.Equal("older", (await acme.ReadAsync(first.Id)).UserNameKey);
        Assert.Empty(await new RekeyNames(acme.Store).RunAsync(again: true, null, Ct));
        Assert.Equal("first@acme.test", (await acme.ReadAsync(first.Id)).UserNameKey);
    }

    private static async Task FillAsync(MembershipDb db, Member pattern)
    {
        for (var n = 0; n < Many; n++)
        {
            var name = $"p{n}@acme.test";
            var id = Id<Member>.New(TimeProvider.System);
            db.Add(pattern with { Id = id, UserName = name, UserNameKey = name, SortKey = name });
            db.Add(
                new MemberKey
                {
                    WorkspaceId = pattern.WorkspaceId,
                    Attribute = MemberKey.Word,
                    Value = name,
                    MemberId = id,
                }
            );
        }

        await db.SaveChangesAsync(Ct);
        db.ChangeTracker.Clear();
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();
}
