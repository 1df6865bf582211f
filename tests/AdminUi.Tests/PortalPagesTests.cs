using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Portals;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The set-up portal: what its cookie opens, and that it opens nothing else.</summary>
public class PortalPagesTests
{
    private const PortalScopes All = PortalScopes.Directory | PortalScopes.SignIn | PortalScopes.Domain;

    /// <summary>
    /// Every route of the host, as it has mapped them: for each that is not the portal's the holder of a link is answered as nobody is.
    /// </summary>
    [Theory, EachDatabase]
    public async Task The_cookie_of_a_link_opens_nothing_that_nobody_may_open(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var member = await site.ProvisionAsync("grace@example.com");
        using var jo = await OpenAsync(site, All);
        using var nobody = new Person(site.Server, null);
        var home = await jo.GetAsync("/portal");
        Assert.Equal(HttpStatusCode.OK, home.Status);
        List<string> wrong = [];
        var walked = 0;
        foreach (var (method, pattern) in Routes(site).Where(r => !r.Pattern.StartsWith("/portal", StringComparison.Ordinal)))
        {
            var path = Filled(pattern, member.Id.ToString());
            walked++;
            var (mine, theirs) =
                method == "GET"
                    ? (await jo.GetAsync(path), await nobody.GetAsync(path))
                    : (await jo.PressAsync(home, "/portal/leave", path), await nobody.PostBareAsync(path));
            var shut =
                mine.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
                || mine is { Status: HttpStatusCode.SeeOther, Location: { } to } && to.StartsWith("/signin", StringComparison.Ordinal);
            if (!shut && (mine.Status != theirs.Status || mine.Location?.Split('?')[0] != theirs.Location?.Split('?')[0]))
            {
                wrong.Add($"{method} {pattern}: {(int)mine.Status} {mine.Location}, nobody gets {(int)theirs.Status} {theirs.Location}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(walked > 250, $"only {walked} routes"); // the walk finds what it is for
    }

    [Theory, EachDatabase]
    public async Task A_link_opens_its_parts_and_each_act_is_told_under_its_name(Database kind)
    {
        var probed = 0;
        await using var site = await AdminSite.StartAsync(
            kind,
            probe: (_, _) =>
            {
                probed++;
                return Task.FromResult<Membership.Refusal?>(null);
            }
        );
        using var nobody = new Person(site.Server, null);
        foreach (var shut in (string[])["/portal", "/portal/directory", "/portal/sign-in", "/portal/domain", "/portal/log"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(shut)).Status);
        }

        using var half = await OpenAsync(site, PortalScopes.Domain);
        foreach (
            var (path, status) in new (string, HttpStatusCode)[]
            {
                ("/portal", HttpStatusCode.OK),
                ("/portal/domain", HttpStatusCode.OK),
                ("/portal/directory", HttpStatusCode.Forbidden),
                ("/portal/sign-in", HttpStatusCode.Forbidden),
                ("/portal/log", HttpStatusCode.Forbidden),
            }
        )
        {
            Assert.Equal(status, (await half.GetAsync(path)).Status);
        }

        using var jo = await OpenAsync(site, All);
        var page = await jo.GetAsync("/portal/directory?provider=entra");
        Assert.Contains("Secret token", page.Text, StringComparison.Ordinal);
        var tokens = "/portal/directory/tokens";
        var made = await jo.PressAsync(page, tokens, ("days", "never"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Contains("umscim_", made.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await jo.PressAsync(page, tokens, ("days", "never"))).Status); // the same form again
        Assert.DoesNotContain("umscim_", (await jo.GetAsync("/portal/directory")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await half.PressAsync(page, tokens, ("days", "never"))).Status); // of another session

        page = await jo.GetAsync("/portal/sign-in?provider=entra");
        (string, string)[] typed = [("listed", ""), ("clientId", "client"), ("secret", "a secret of theirs"), ("name", "Entra")];
        var missing = await jo.PressAsync(page, "/portal/sign-in", typed);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, 0), (missing.Status, probed));
        Assert.Contains("Say which tenant is yours", missing.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"client\"", missing.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret of theirs", missing.Text, StringComparison.Ordinal);
        typed[0] = ("listed", "11111111-2222-4333-8444-555555555555");
        Assert.Equal("/portal/sign-in", (await jo.PressAsync(page, "/portal/sign-in", typed)).Location);
        Assert.Equal(1, probed);
        var claimed = await jo.PressAsync(await jo.GetAsync("/portal/domain"), "/portal/domain", ("domain", "acme.test"));
        Assert.Equal("/portal/domain", claimed.Location);

        await using var db = site.Server.Store.Read();
        var lines = await db.AuditEntries.AsNoTracking().Where(l => l.ActorKind == ActorKind.PortalLink && !l.Refused).ToListAsync();
        Assert.Equal(
            ["connection.created", "emailDomain.claimed", "portalLink.opened", "portalLink.opened", "scimToken.created"],
            lines.Select(l => l.Act).Order(StringComparer.Ordinal)
        );
        Assert.All(lines, l => Assert.Equal("portal link of Operator (Jo)", l.ActorName));
        var connection = await db.IdentityConnections.SingleAsync();
        Assert.Equal(
            (ConnectionKind.Entra, "https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0", false),
            (connection.Kind, connection.Authority, connection.UnknownMayJoin)
        );
    }

    [Theory, EachDatabase]
    public async Task A_link_that_is_over_says_so_in_the_page_that_is_open_and_gives_back_what_was_typed(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        using var jo = await OpenAsync(site, All);
        var open = await jo.GetAsync("/portal/domain");
        var page = await site.Admin.GetAsync("/w/acme/directory/links");
        await using (var db = site.Server.Store.Read())
        {
            var link = await db.PortalLinks.SingleAsync();
            var revoked = await site.Admin.PostAsync($"/w/acme/directory/links/{link.Id}/revoke");
            Assert.Equal("/w/acme/directory/links", revoked.Location);
        }

        Assert.Contains("Jo", page.Text, StringComparison.Ordinal);
        var posted = await jo.PressAsync(open, "/portal/domain", ("domain", "typed.example"));
        Assert.Equal(HttpStatusCode.Forbidden, posted.Status);
        Assert.Contains("This link was taken back", posted.Text, StringComparison.Ordinal);
        Assert.Contains("typed.example", posted.Text, StringComparison.Ordinal);
        Assert.Contains("This link was taken back", (await jo.GetAsync("/portal")).Text, StringComparison.Ordinal);
        await using var after = site.Server.Store.Read();
        Assert.False(await after.EmailDomains.AnyAsync());

        // a form of one session is worth nothing in another
        using var other = await OpenAsync(site, All);
        Assert.Equal(HttpStatusCode.BadRequest, (await other.PressAsync(open, "/portal/domain", ("domain", "typed.example"))).Status);
    }

    [Theory, EachDatabase]
    public async Task An_admin_makes_a_link_on_the_page_once_and_what_is_wrong_stands_beside_its_field(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var page = await site.Admin.GetAsync("/w/acme/directory/links");
        (string, string)[] fields = [("note", "Jo of IT"), ("days", "7"), ("directory", "true"), ("mailTo", "jo@acme.example")];
        var wrong = await site.Admin.PressAsync(page, "/w/acme/directory/links", ("note", "Jo of IT"), ("days", "7"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("Choose what the link opens", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("Jo of IT", wrong.Text, StringComparison.Ordinal);
        var made = await site.Admin.PressAsync(page, "/w/acme/directory/links", fields);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Contains("/portal/", made.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PressAsync(page, "/w/acme/directory/links", fields)).Status);
        await using var db = site.Server.Store.Read();
        var link = await db.PortalLinks.SingleAsync();
        Assert.Equal((true, false, "jo@acme.example"), (link.OpensDirectory, link.OpensDomain, link.MailAddress));
    }

    private static async Task<Person> OpenAsync(AdminSite site, PortalScopes opens)
    {
        var made = await site.Server.Service<CreatePortalLink>().RunAsync(Actor.Operator, site.Workspace.Id, new("Jo", opens), default);
        var person = new Person(site.Server, null);
        var begin = await person.GetAsync(new Uri(site.Server.Links.Portal(made.Value.Secret)).AbsolutePath);
        Assert.Equal("/portal", (await person.PressAsync(begin, "/portal/open")).Location);
        return person;
    }

    private static List<(string Method, string Pattern)> Routes(AdminSite site) =>
        [
            .. site
                .Server.Service<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .SelectMany(e =>
                    (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m =>
                        (Method: m, Pattern: "/" + e.RoutePattern.RawText!.Trim('/'))
                    )
                )
                .Where(r => r.Method is "GET" or "POST")
                .Distinct(),
        ];

    /// <summary>The address of a pattern: our workspace, and for everything else the id of somebody who is there.</summary>
    private static string Filled(string pattern, string id) =>
        System.Text.RegularExpressions.Regex.Replace(pattern.Replace("{slug}", "acme", StringComparison.Ordinal), @"\{[^}]*\}", id);
}
