using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Scim.Users;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

public class CrawlMarksTests
{
    [Fact]
    public async Task A_mark_is_for_one_crawler_and_one_place_and_a_few_minutes()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        var clock = new HandClock();
        var marks = new CrawlMarks(database.Store(clock));
        var (crawler, last) = (Guid.CreateVersion7(), Id<Member>.New(clock));
        marks.Keep(crawler, 5000, last);
        marks.Keep(crawler, 100, last);
        Assert.Equal(last, marks.Find(crawler, 5000));
        Assert.Null(marks.Find(crawler, 4999));
        Assert.Null(marks.Find(crawler, 100)); // near the beginning nothing is gained
        Assert.Null(marks.Find(Guid.CreateVersion7(), 5000));
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Null(marks.Find(crawler, 5000));
    }
}
