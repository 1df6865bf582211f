using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The list by groups where a page had to end before it was full.</summary>
public sealed partial class GroupOrderPageTests
{
    private const string Nobody = "Nobody new in these groups";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>All are in Alpha and in Beta: behind Alpha come Beta, and those who are in no group, which are many rows to look at.</summary>
    [Theory, EachDatabase]
    public async Task A_page_on_which_nobody_is_new_says_so_and_leads_on(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        await Copies.LikeAsync(site.Server.Store, site.Workspace.Id, grace.Id.Value, 10_500);
        var alpha = await GroupAsync("Alpha");
        var beta = await GroupAsync("Beta");
        await using (var db = site.Server.Store.Read())
        {
            await Copies.JoinAllAsync(db, site.Workspace.Id, alpha.Value);
            await Copies.JoinAllAsync(db, site.Workspace.Id, beta.Value);
        }

        await site.ProvisionAsync("zoe@example.com", "Zoe", "Zimmer");
        var first = (await site.Admin.GetAsync("/w/acme/members?sort=groups")).Text;
        Assert.Equal(25, first.Split("<a class=\"person-name\"").Length - 1);
        Assert.Contains("Alpha, Beta", first, StringComparison.Ordinal);
        Assert.Contains("Beta, Alpha", (await site.Admin.GetAsync("/w/acme/members?sort=-groups")).Text, StringComparison.Ordinal);

        var behind = new PageCursor($"\u0001{alpha.Value:N}alpha\0\U0010FFFF", Guid.Empty); // as the page that ends Alpha leads on
        var page = (await site.Admin.GetAsync($"/w/acme/members?sort=groups&after={behind}")).Text;
        Assert.Contains(Nobody, page, StringComparison.Ordinal);
        var back = (await site.Admin.GetAsync(WebUtility.HtmlDecode(Previous().Match(page).Groups[1].Value))).Text;
        Assert.Equal(25, back.Split("<a class=\"person-name\"").Length - 1);
        for (var pages = 1; page.Contains(Nobody, StringComparison.Ordinal); pages++)
        {
            Assert.InRange(pages, 1, 4);
            page = (await site.Admin.GetAsync(WebUtility.HtmlDecode(Next().Match(page).Groups[1].Value))).Text;
        }

        Assert.Contains("Zoe Zimmer", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(Next(), page);

        async Task<Id<Membership.Groups.Group>> GroupAsync(string name) =>
            (await site.Server.Service<CreateGroup>().RunAsync(Actor.Operator, site.Workspace.Id, new() { DisplayName = name }, [], Ct))
                .Value
                .Group
                .Id;
    }

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex Next();

    [GeneratedRegex("rel=\"prev\" href=\"([^\"]+)\"")]
    private static partial Regex Previous();
}
