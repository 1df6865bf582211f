using System.Net;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Of two pages that were open at once, the second one does not write over the first: it says so, and keeps what was typed.</summary>
public class TwoPagesTests
{
    private const string Stale = "This was changed by somebody else in the meantime.";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task What_a_domain_opens(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var domain = (
            await site
                .Server.Service<ClaimEmailDomain>()
                .RunAsync(Actor.Operator, site.Workspace.Id, "corp.example", DomainJoin.Automatic, null, Ct)
        ).Value;
        await site.Server.Service<VerifyEmailDomain>().RunAsync(Actor.Operator, site.Workspace.Id, domain.Id, Ct);
        var path = $"/w/acme/access/domains/{domain.Id}";
        var older = await site.Admin.GetAsync("/w/acme/access");
        Assert.Equal("/w/acme/access", (await site.Admin.PressAsync(older, path, ("join", "off"), ("role", ""))).Location);

        (string, string)[] typed = [("join", "automatic"), ("role", "viewer")];
        var late = await site.Admin.PressAsync(older, path, typed);
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Contains(Stale, late.Text, StringComparison.Ordinal);
        Assert.Contains("<option value=\"automatic\" selected>", late.Text, StringComparison.Ordinal);
        Assert.Equal(2, late.Text.Split("<option value=\"viewer\" selected>").Length); // in the domain's form alone
        Assert.Equal((DomainJoin.Off, null), await OpensAsync());

        Assert.Equal("/w/acme/access", (await site.Admin.PressAsync(late, path, typed)).Location);
        Assert.Equal((DomainJoin.Automatic, "viewer"), await OpensAsync());

        async Task<(DomainJoin, string?)> OpensAsync()
        {
            var read = await site.Server.Service<ListEmailDomains>().RunAsync(Actor.Operator, site.Workspace.Id, Ct);
            var now = read.Value.Domains.Single();
            return (now.Join, now.JoinRole);
        }
    }

    [Theory, EachDatabase]
    public async Task The_name_of_a_group(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var path = (await site.Admin.PostAsync("/w/acme/groups", ("displayName", "Engineering"))).Location!;
        var older = await site.Admin.GetAsync(path);
        Assert.Equal(path, (await site.Admin.PressAsync(older, path + "/name", ("displayName", "Machines"))).Location);

        var late = await site.Admin.PressAsync(older, path + "/name", ("displayName", "Engines"));
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Contains(Stale, late.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"Engines\"", late.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"Machines\"", (await site.Admin.GetAsync(path)).Text, StringComparison.Ordinal);

        Assert.Equal(path, (await site.Admin.PressAsync(late, path + "/name", ("displayName", "Engines"))).Location);
        Assert.Contains("value=\"Engines\"", (await site.Admin.GetAsync(path)).Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Whom_members_ask_about_ai(Database kind)
    {
        const string settings = "/w/acme/settings";
        const string path = settings + "/coordinator";
        await using var site = await AdminSite.StartAsync(kind);
        var older = await site.Admin.GetAsync(settings);
        Assert.Equal(settings, (await site.Admin.PressAsync(older, path, ("name", "Carla"), ("notes", ""))).Location);

        (string, string)[] typed = [("name", "Dora"), ("notes", "Mornings, room 4.")];
        var late = await site.Admin.PressAsync(older, path, typed);
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Contains(Stale, late.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"Dora\"", late.Text, StringComparison.Ordinal);
        Assert.Contains("Mornings, room 4.", late.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PostAsync(path, ("nobody", "true"), ("version", "1"))).Status);
        Assert.Contains("value=\"Carla\"", (await site.Admin.GetAsync(settings)).Text, StringComparison.Ordinal);

        Assert.Equal(settings, (await site.Admin.PressAsync(late, path, typed)).Location);
        Assert.Contains("value=\"Dora\"", (await site.Admin.GetAsync(settings)).Text, StringComparison.Ordinal);
    }
}
