using System.Net;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>
/// Who gets to which route: every route of the room, as the host has mapped it, against an admin, a member without
/// permissions, an admin of another workspace and nobody. A route without a row here fails.
/// </summary>
public class RouteTableTests
{
    private enum About
    {
        Nothing,
        Member,
        Group,
        Invitation,
        Token,
        Key,
        Connection,
        Test,
    }

    /// <summary>Method and pattern, what <c>{id}</c> stands for, and whether everybody in the workspace may see it.</summary>
    private static readonly Dictionary<string, (About About, bool ForAll)> Rows = new(StringComparer.Ordinal)
    {
        ["GET /w/{slug}"] = (About.Nothing, true),
        ["GET /w/{slug}/members"] = (About.Nothing, false),
        ["GET /w/{slug}/members/{id}"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/names"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/role"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/license"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/groups"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/suspend"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/restore"] = (About.Member, false),
        ["GET /w/{slug}/members/{id}/remove"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/remove"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/password-reset"] = (About.Member, false),
        ["GET /w/{slug}/members/{id}/mfa"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/mfa"] = (About.Member, false),
        ["POST /w/{slug}/members/{id}/sessions"] = (About.Member, false),
        ["GET /w/{slug}/invite"] = (About.Nothing, false),
        ["POST /w/{slug}/invite"] = (About.Nothing, false),
        ["GET /w/{slug}/invitations"] = (About.Nothing, false),
        ["POST /w/{slug}/invitations/{id}/link"] = (About.Invitation, false),
        ["POST /w/{slug}/invitations/{id}/resend"] = (About.Invitation, false),
        ["GET /w/{slug}/invitations/{id}/revoke"] = (About.Invitation, false),
        ["POST /w/{slug}/invitations/{id}/revoke"] = (About.Invitation, false),
        ["GET /w/{slug}/groups"] = (About.Nothing, false),
        ["POST /w/{slug}/groups"] = (About.Nothing, false),
        ["GET /w/{slug}/groups/{id}"] = (About.Group, false),
        ["POST /w/{slug}/groups/{id}/name"] = (About.Group, false),
        ["POST /w/{slug}/groups/{id}/members"] = (About.Group, false),
        ["GET /w/{slug}/groups/{id}/delete"] = (About.Group, false),
        ["POST /w/{slug}/groups/{id}/delete"] = (About.Group, false),
        ["GET /w/{slug}/directory"] = (About.Nothing, false),
        ["POST /w/{slug}/directory/tokens"] = (About.Nothing, false),
        ["POST /w/{slug}/directory/strict"] = (About.Nothing, false),
        ["GET /w/{slug}/directory/tokens/{id}/revoke"] = (About.Token, false),
        ["POST /w/{slug}/directory/tokens/{id}/revoke"] = (About.Token, false),
        ["GET /w/{slug}/sign-in"] = (About.Nothing, false),
        ["POST /w/{slug}/sign-in/policy"] = (About.Nothing, false),
        ["POST /w/{slug}/sign-in/tests"] = (About.Nothing, false),
        ["GET /w/{slug}/sign-in/tests/{id}"] = (About.Test, false),
        ["POST /w/{slug}/sign-in/tests/{id}/again"] = (About.Test, false),
        ["POST /w/{slug}/sign-in/tests/{id}/enforce"] = (About.Test, false),
        ["GET /w/{slug}/sign-in/connections/new"] = (About.Nothing, false),
        ["POST /w/{slug}/sign-in/connections"] = (About.Nothing, false),
        ["POST /w/{slug}/sign-in/connections/check"] = (About.Nothing, false),
        ["GET /w/{slug}/sign-in/connections/{id}"] = (About.Connection, false),
        ["POST /w/{slug}/sign-in/connections/{id}"] = (About.Connection, false),
        ["POST /w/{slug}/sign-in/connections/{id}/check"] = (About.Connection, false),
        ["GET /w/{slug}/sign-in/connections/{id}/switch"] = (About.Connection, false),
        ["POST /w/{slug}/sign-in/connections/{id}/switch"] = (About.Connection, false),
        ["GET /w/{slug}/sign-in/connections/{id}/remove"] = (About.Connection, false),
        ["POST /w/{slug}/sign-in/connections/{id}/remove"] = (About.Connection, false),
        ["GET /w/{slug}/api-keys"] = (About.Nothing, false),
        ["POST /w/{slug}/api-keys"] = (About.Nothing, false),
        ["GET /w/{slug}/api-keys/{id}/revoke"] = (About.Key, false),
        ["POST /w/{slug}/api-keys/{id}/revoke"] = (About.Key, false),
        ["GET /w/{slug}/audit"] = (About.Nothing, false),
        ["GET /w/{slug}/settings"] = (About.Nothing, false),
        ["POST /w/{slug}/settings"] = (About.Nothing, false),
    };

    [Theory, EachDatabase]
    public async Task Every_route_lets_in_whom_it_should_and_nobody_else(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var routes = Routes(site);
        Assert.Equal(Rows.Keys.Order(StringComparer.Ordinal), routes);

        var (viewer, _) = await site.JoinAsync("viewer@example.com", "viewer");
        var (_, stranger) = await AdminSite.NewWorkspaceAsync(site.Server, "other", "Other", "seats", "stranger@example.com");
        using var nobody = new Person(site.Server, null);
        var ids = await ThingsAsync(site);
        var before = await TallAsync(site);
        List<string> wrong = [];
        foreach (var route in routes)
        {
            var (about, forAll) = Rows[route];
            var (method, path) = (route.Split(' ')[0], route.Split(' ')[1].Replace("{slug}", "acme", StringComparison.Ordinal).Replace("{id}", ids[about], StringComparison.Ordinal));
            if (method == "GET")
            {
                Expect(forAll ? 303 : 200, (await site.Admin.GetAsync(path)), "admin");
                Expect(forAll ? 200 : 403, (await viewer.GetAsync(path)), "member without permission");
                Expect(404, (await stranger.GetAsync(path)), "admin of another workspace");
                Expect(303, (await nobody.GetAsync(path)), "nobody");
                continue;
            }

            Expect(400, (await site.Admin.PostBareAsync(path)), "admin without the antiforgery field");
            Expect(400, (await site.Admin.PostTextAsync(path, "{}", "text/plain")), "admin with text");
            Expect(400, (await site.Admin.PostBareAsync(path, ("__RequestVerificationToken", "CfDJ8nonsense"))), "admin with a made-up field");
            Expect(403, (await viewer.PostAsync(path, Fields(ids))), "member without permission");
            Expect(404, (await stranger.PostAsync(path, Fields(ids))), "admin of another workspace");
            Expect(303, (await nobody.PostBareAsync(path)), "nobody");

            void Expect(int status, Answer answer, string who)
            {
                if ((int)answer.Status != status)
                {
                    wrong.Add($"{route}, {who}: {(int)answer.Status} instead of {status}");
                }

                if (answer.Headers.GetValueOrDefault("Cache-Control")?.Contains("no-store", StringComparison.Ordinal) != true
                    || !answer.Headers.ContainsKey("Content-Security-Policy") || !answer.Headers.ContainsKey("Referrer-Policy") || !answer.Headers.ContainsKey("X-Content-Type-Options"))
                {
                    wrong.Add($"{route}, {who}: a header is missing");
                }

                if (status == 303 && answer.Location?.StartsWith(who == "nobody" ? "/signin?returnUrl=%2Fw%2Facme" : "/w/acme/", StringComparison.Ordinal) != true)
                {
                    wrong.Add($"{route}, {who}: leads to {answer.Location}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Equal(before, await TallAsync(site));
        viewer.Dispose();
        stranger.Dispose();
    }

    [Theory, EachDatabase]
    public async Task A_form_of_one_person_is_worth_nothing_to_another(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var (other, _) = await site.JoinAsync("second@example.com", "admin");
        var page = await other.GetAsync($"/w/acme/members/{member.Id}/remove");
        var answer = await site.Admin.PressAsync(page, $"/w/acme/members/{member.Id}/remove");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(MemberState.Active, (await site.ReadAsync(member.Id)).State);
        other.Dispose();
    }

    private static List<string> Routes(AdminSite site) =>
    [.. site.Server.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<AdminUiRoute>() is not null)
        .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText!.TrimEnd('/')}"))
        .Order(StringComparer.Ordinal)];

    private static (string Name, string Value)[] Fields(Dictionary<About, string> ids) =>
    [
        ("role", "viewer"), ("license", ""), ("givenName", "Mallory"), ("group", ids[About.Group]), ("member", ids[About.Member]), ("people", "mallory@example.com"),
        ("displayName", "Mallory's"), ("name", "Mallory"), ("days", "30"), ("version", "1"), ("seats", "9999"), ("lifetimeDays", "365"), ("onFull", "refuse"),
    ];

    private static async Task<Dictionary<About, string>> ThingsAsync(AdminSite site)
    {
        var ct = TestContext.Current.CancellationToken;
        var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var group = await site.Server.Service<CreateGroup>().RunAsync(Actor.Operator, site.Workspace.Id, new() { DisplayName = "Engineering" }, [], ct);
        var invitation = await site.InviteAsync("invited@example.com");
        var token = await site.Server.Service<CreateScimCredential>().RunAsync(Actor.Operator, site.Workspace.Id, "Entra", null, ct);
        var connection = await site.Server.Service<CreateConnection>().RunAsync(Actor.Operator, site.Workspace.Id,
            new() { Kind = ConnectionKind.Oidc, Name = "Own", Authority = "https://login.example.com", ClientId = "client", Credential = "secret" }, (_, _) => Task.FromResult<Refusal?>(null), ct);
        var who = await site.Server.Service<Membership.Accounts.ReadSession>().RunAsync(site.Admin.Session, "acme", ct);
        var test = await site.Server.Service<BeginSignInTest>().RunAsync(who!.Actor!, site.Workspace.Id, connection.Value.Id, null, ct);
        return new()
        {
            [About.Connection] = connection.Value.Id.ToString(),
            [About.Test] = test.Value.Id.ToString(),
            [About.Nothing] = "",
            [About.Member] = member.Id.ToString(),
            [About.Group] = group.Value.Group.Id.ToString(),
            [About.Invitation] = invitation.Id.ToString(),
            [About.Key] = (await site.Server.Service<CreateApiKey>().RunAsync(Actor.Operator, site.Workspace.Id, "HR", "viewer", TimeSpan.FromDays(1), ct)).Value.Row.Id.ToString(),
            [About.Token] = token.Value.Credential.Id.ToString(),
        };
    }

    /// <summary>What no refused act may change.</summary>
    private static async Task<string> TallAsync(AdminSite site)
    {
        await using var db = site.Server.Store.Read();
        var workspace = site.Workspace.Id;
        return string.Join('\n', [
            .. db.Members.Where(m => m.WorkspaceId == workspace).OrderBy(m => m.Id).AsEnumerable().Select(m => $"{m.Id} {m.Version} {m.State}"),
            .. db.Invitations.Where(i => i.WorkspaceId == workspace).OrderBy(i => i.Id).AsEnumerable().Select(i => $"{i.Id} {i.Version} {i.Stored}"),
            .. db.Groups.Where(g => g.WorkspaceId == workspace).OrderBy(g => g.Id).AsEnumerable().Select(g => $"{g.Id} {g.Version}"),
            .. db.ScimCredentials.Where(c => c.WorkspaceId == workspace).OrderBy(c => c.Id).AsEnumerable().Select(c => $"{c.Id} {c.RevokedAt}"),
            .. db.IdentityConnections.Where(c => c.WorkspaceId == workspace).AsEnumerable().Select(c => $"{c.Id} {c.Version}"),
            .. db.SignInTests.Where(t => t.WorkspaceId == workspace).AsEnumerable().Select(t => $"{t.Id} {t.Version}"),
            .. db.Workspaces.Where(w => w.Id == workspace).AsEnumerable().Select(w => $"{w.Version}"),
        ]);
    }
}
