using System.Net;
using Microsoft.EntityFrameworkCore;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>What a page shows only a part of, or cannot do in a large workspace, it says.</summary>
public class BoundsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Forms_say_that_there_are_more_groups_than_they_offer(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        await site.Server.Service<CreateGroup>().RunAsync(Actor.Operator, site.Workspace.Id, new() { DisplayName = "Agents" }, [], Ct);
        string[] pages = [$"/w/acme/members/{grace.Id}", "/w/acme/invite", $"/w/acme/members/change?act=group&id={grace.Id}"];
        foreach (var page in pages)
        {
            var text = (await site.Admin.GetAsync(page)).Text;
            Assert.Contains("Agents", text, StringComparison.Ordinal);
            Assert.DoesNotContain("groups by name", text, StringComparison.Ordinal);
        }

        await AddAsync(
            site,
            240,
            (attempt, i) =>
                new Group
                {
                    WorkspaceId = site.Workspace.Id,
                    Id = Id<Group>.New(attempt.Time),
                    DisplayName = $"Group {i:000}",
                    DisplayNameKey = $"group {i:000}",
                    CreatedAt = attempt.At,
                    ModifiedAt = attempt.At,
                    Version = 1,
                }
        );
        await CountAsync(site, CounterKind.Groups, "", 241);
        foreach (var page in pages)
        {
            var text = (await site.Admin.GetAsync(page)).Text;
            Assert.Contains("The first 200 of 241 groups by name.", text, StringComparison.Ordinal);
            Assert.Contains("<a href=\"/w/acme/groups\">all groups</a>", text, StringComparison.Ordinal);
            Assert.Contains("Group 198", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Group 199", text, StringComparison.Ordinal);
        }
    }

    [Theory, EachDatabase]
    public async Task A_search_that_looks_for_the_beginnings_of_words_alone_says_so(Database kind)
    {
        const string said = "only the beginnings of words are looked for";
        await using var site = await AdminSite.StartAsync(kind);
        await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        Assert.Contains("Grace Hopper", (await site.Admin.GetAsync("/w/acme/members?q=opper")).Text, StringComparison.Ordinal);
        var nobody = (await site.Admin.GetAsync("/w/acme/members?q=nobodyatall")).Text;
        Assert.Contains("Nobody found", nobody, StringComparison.Ordinal);
        Assert.DoesNotContain(said, nobody, StringComparison.Ordinal);

        await CountAsync(site, CounterKind.State, "Active", 20_001);
        var within = (await site.Admin.GetAsync("/w/acme/members?q=opper")).Text;
        Assert.Contains("Nobody found", within, StringComparison.Ordinal);
        Assert.Contains("Among more than 20,000 members " + said, within, StringComparison.Ordinal);
        Assert.Contains("Grace Hopper", (await site.Admin.GetAsync("/w/acme/members?q=hopp")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(said, (await site.Admin.GetAsync("/w/acme/members?q=hopp&role=admin")).Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Join_requests_beyond_those_that_are_listed_are_told(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var domain = (await site.Server.Service<ClaimEmailDomain>().RunAsync(Actor.Operator, site.Workspace.Id, "corp.example", Ct)).Value;
        await AskAsync(0, ListJoinRequests.Most);
        var all = WebUtility.HtmlDecode((await site.Admin.GetAsync("/w/acme/join-requests")).Text);
        Assert.Contains(">Join requests</span><span class=\"nav-badge\">200<", all, StringComparison.Ordinal);
        Assert.DoesNotContain("There are more", all, StringComparison.Ordinal);

        await AskAsync(ListJoinRequests.Most, 1);
        var first = WebUtility.HtmlDecode((await site.Admin.GetAsync("/w/acme/join-requests")).Text);
        Assert.Contains(">Join requests</span><span class=\"nav-badge\">200+<", first, StringComparison.Ordinal);
        Assert.Contains("The first 200, who have waited longest. There are more", first, StringComparison.Ordinal);
        Assert.Contains("p199@corp.example", first, StringComparison.Ordinal);
        Assert.DoesNotContain("p200@corp.example", first, StringComparison.Ordinal);

        Task AskAsync(int from, int count) =>
            AddAsync(
                site,
                count,
                (attempt, i) =>
                    new JoinRequest
                    {
                        WorkspaceId = site.Workspace.Id,
                        Id = Id<JoinRequest>.New(attempt.Time),
                        DomainId = domain.Id,
                        UserName = $"p{from + i:000}@corp.example",
                        UserNameKey = $"p{from + i:000}@corp.example",
                        State = JoinRequestState.Waiting,
                        CreatedAt = attempt.At,
                        Version = 1,
                    }
            );
    }

    /// <summary>Puts many rows there at once.</summary>
    private static async Task AddAsync<T>(AdminSite site, int count, Func<Attempt, int, T> row)
        where T : class
    {
        var done = await site.Server.Store.ChangeAsync<Nothing>(
            Actor.Operator,
            site.Workspace.Id,
            "test",
            attempt =>
            {
                for (var i = 0; i < count; i++)
                {
                    attempt.Changes.Add(row(attempt, i));
                }

                return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
            },
            Ct
        );
        Assert.True(done.Done);
    }

    /// <summary>Lets a count that is there be another, as in a workspace with as many.</summary>
    private static async Task CountAsync(AdminSite site, CounterKind kind, string key, long used)
    {
        var workspace = site.Workspace.Id;
        await using var db = site.Server.Store.Read();
        var row = await db
            .Counters.AsNoTracking()
            .FirstAsync(c => c.WorkspaceId == workspace && c.Kind == kind && c.Key == key && c.Used > 0, Ct);
        await db
            .Counters.Where(c => c.WorkspaceId == workspace && c.Kind == kind && c.Key == key && c.Shard == row.Shard)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Used, used), Ct);
    }
}
