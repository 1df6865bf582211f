using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Reviews;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>What the list says of when everybody was looked through.</summary>
public sealed class ReviewDueTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_list_says_how_long_ago_everybody_was_looked_through_or_that_nobody_was(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, "ranked", clock);
        clock.Advance(TimeSpan.FromDays(120));
        var (first, _) = await site.JoinAsync("first@example.com", "admin");
        var never = await first.GetAsync("/w/acme/members");
        Assert.Contains("Nobody has done so yet.", never.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("days since somebody last did", never.Text, StringComparison.Ordinal);

        var review = await site.Server.Service<StartAccessReview>().RunAsync(Actor.Operator, site.Workspace.Id, null, null, Ct);
        var finished = await site.Server.Service<FinishAccessReview>().RunAsync(Actor.Operator, site.Workspace.Id, review.Value.Id, Ct);
        Assert.True(finished.Done);
        clock.Advance(TimeSpan.FromDays(200));
        var (second, _) = await site.JoinAsync("second@example.com", "admin");
        var later = await second.GetAsync("/w/acme/members");
        Assert.Contains("It is 200 days since somebody last did.", later.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Nobody has done so yet.", later.Text, StringComparison.Ordinal);
        first.Dispose();
        second.Dispose();
    }
}
