using System.Net;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>
/// Who gets to which route: every route of the room, as the host has mapped it, against an admin, a member without
/// permissions, an admin of another workspace and nobody. A route without a row here fails.
/// </summary>
public class RouteTableTests
{
    /// <summary>Method and pattern, what <c>{id}</c> stands for, and whether everybody in the workspace may see it.</summary>
    private const string MadeInvitations = "GET /w/{slug}/invitations/made";

    private static readonly Dictionary<string, (RouteThing About, bool ForAll)> Rows = new(StringComparer.Ordinal)
    {
        ["GET /w/{slug}"] = (RouteThing.Nothing, true),
        ["GET /w/{slug}/members"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/members/in-group"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/members/{id}/why"] = (RouteThing.Member, false),
        ["GET /w/{slug}/members.csv"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/members/change"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/members/change"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/members/change/undo"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/members/changed"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/seats/assign"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/seats/assign"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/seats/take-back"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/seats/waiting"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/seats/idle"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/groups/{id}/seat-priority"] = (RouteThing.Group, false),
        ["GET /w/{slug}/subscription"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/subscription/upgrade"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/subscription/manage"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/members/{id}"] = (RouteThing.Member, false),
        ["GET /w/{slug}/members/{id}/app-receipts.json"] = (RouteThing.Member, false),
        ["POST /w/{slug}/members/{id}"] = (RouteThing.Member, false),
        ["POST /w/{slug}/members/{id}/role"] = (RouteThing.Member, false),
        ["POST /w/{slug}/members/{id}/suspend"] = (RouteThing.Member, false),
        ["POST /w/{slug}/members/{id}/restore"] = (RouteThing.Member, false),
        ["GET /w/{slug}/members/{id}/remove"] = (RouteThing.Member, false),
        ["GET /w/{slug}/members/{id}/erase"] = (RouteThing.Member, false),
        ["POST /w/{slug}/members/{id}/erase"] = (RouteThing.Member, false),
        ["POST /w/{slug}/members/{id}/remove"] = (RouteThing.Member, false),
        ["POST /w/{slug}/members/{id}/password-reset"] = (RouteThing.Member, false),
        ["GET /w/{slug}/members/{id}/mfa"] = (RouteThing.Member, false),
        ["POST /w/{slug}/members/{id}/mfa"] = (RouteThing.Member, false),
        ["POST /w/{slug}/members/{id}/sessions"] = (RouteThing.Member, false),
        ["GET /w/{slug}/invite"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/invite"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/invite/check"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/invite/import"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/invite/import/template"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/invite/import"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/invite/imports/{id}"] = (RouteThing.Import, false),
        ["POST /w/{slug}/invite/imports/{id}/rows"] = (RouteThing.Import, false),
        ["POST /w/{slug}/invite/imports/{id}/send"] = (RouteThing.Import, false),
        ["GET /w/{slug}/invitations"] = (RouteThing.Nothing, false),
        [MadeInvitations] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/invitations/{id}/link"] = (RouteThing.Invitation, false),
        ["POST /w/{slug}/invitations/{id}/resend"] = (RouteThing.Invitation, false),
        ["GET /w/{slug}/invitations/{id}/revoke"] = (RouteThing.Invitation, false),
        ["POST /w/{slug}/invitations/{id}/revoke"] = (RouteThing.Invitation, false),
        ["GET /w/{slug}/invite-links"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/invite-links"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/invite-links/{id}/link"] = (RouteThing.Invitation, false), // any id: who may not is turned away before it
        ["POST /w/{slug}/invite-links/{id}/end"] = (RouteThing.Invitation, false),
        ["GET /w/{slug}/access-reviews"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/access-reviews"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/access-reviews/{id}"] = (RouteThing.Review, false),
        ["POST /w/{slug}/access-reviews/{id}"] = (RouteThing.Review, false),
        ["GET /w/{slug}/access-reviews/{id}/decide"] = (RouteThing.Review, false),
        ["GET /w/{slug}/access-reviews/{id}/finish"] = (RouteThing.Review, false),
        ["POST /w/{slug}/access-reviews/{id}/finish"] = (RouteThing.Review, false),
        ["GET /w/{slug}/access-reviews/{id}/record.csv"] = (RouteThing.Review, false),
        ["GET /w/{slug}/access"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/access/domains"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/access/domains/{id}"] = (RouteThing.EmailDomain, false),
        ["POST /w/{slug}/access/domains/{id}/check"] = (RouteThing.EmailDomain, false),
        ["GET /w/{slug}/access/domains/{id}/remove"] = (RouteThing.EmailDomain, false),
        ["POST /w/{slug}/access/domains/{id}/remove"] = (RouteThing.EmailDomain, false),
        ["GET /w/{slug}/join-requests"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/join-requests/{id}/approve"] = (RouteThing.Group, false),
        ["POST /w/{slug}/join-requests/{id}/reject"] = (RouteThing.Group, false),
        ["GET /w/{slug}/groups"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/groups"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/groups/{id}"] = (RouteThing.Group, false),
        ["POST /w/{slug}/groups/{id}/name"] = (RouteThing.Group, false),
        ["POST /w/{slug}/groups/{id}/members"] = (RouteThing.Group, false),
        ["GET /w/{slug}/groups/{id}/delete"] = (RouteThing.Group, false),
        ["POST /w/{slug}/groups/{id}/delete"] = (RouteThing.Group, false),
        ["GET /w/{slug}/apps"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/apps/new"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/apps"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/apps/{id}"] = (RouteThing.Client, false),
        ["POST /w/{slug}/apps/{id}"] = (RouteThing.Client, false),
        ["POST /w/{slug}/apps/{id}/secrets"] = (RouteThing.Client, false),
        ["GET /w/{slug}/apps/{id}/secrets/remove"] = (RouteThing.Client, false),
        ["POST /w/{slug}/apps/{id}/secrets/remove"] = (RouteThing.Client, false),
        ["GET /w/{slug}/apps/{id}/remove"] = (RouteThing.Client, false),
        ["POST /w/{slug}/apps/{id}/remove"] = (RouteThing.Client, false),
        ["GET /w/{slug}/my-apps"] = (RouteThing.Nothing, true),
        ["POST /w/{slug}/my-apps/{id}/withdraw"] = (RouteThing.Client, true),
        ["GET /w/{slug}/directory"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/tokens"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/directory/held"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/directory/held/all"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/directory/held/merge"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/held"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/held/all"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/held/group"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/held/rules"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/confirmed"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/strict"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/directory/log"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/directory/log.csv"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/directory/log.jsonl"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/directory/log/{id}"] = (RouteThing.ProvisioningLine, false),
        ["GET /w/{slug}/approvals"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/approvals/{id}"] = (RouteThing.Approval, false),
        ["GET /w/{slug}/directory/cycles/{id}/undo"] = (RouteThing.Cycle, false),
        ["POST /w/{slug}/directory/cycles/{id}/undo"] = (RouteThing.Cycle, false),
        ["GET /w/{slug}/directory/tokens/{id}/revoke"] = (RouteThing.Token, false),
        ["POST /w/{slug}/directory/tokens/{id}/revoke"] = (RouteThing.Token, false),
        ["GET /w/{slug}/rules"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/rules/new"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/rules/new"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/rules/settings"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/rules/run"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/rules/{id}"] = (RouteThing.Rule, false),
        ["POST /w/{slug}/rules/{id}"] = (RouteThing.Rule, false),
        ["POST /w/{slug}/rules/{id}/move"] = (RouteThing.Rule, false),
        ["GET /w/{slug}/rules/{id}/delete"] = (RouteThing.Rule, false),
        ["POST /w/{slug}/rules/{id}/delete"] = (RouteThing.Rule, false),
        ["GET /w/{slug}/directory/mapping"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/mapping/try"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/mapping"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/mapping/attributes"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/mapping/attributes/remove"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/directory/links"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/directory/links"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/directory/links/{id}/revoke"] = (RouteThing.PortalLink, false),
        ["POST /w/{slug}/directory/links/{id}/revoke"] = (RouteThing.PortalLink, false),
        ["GET /w/{slug}/sign-in"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/sign-in/policy"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/sign-in/tests"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/sign-in/tests/{id}"] = (RouteThing.SignInTest, false),
        ["POST /w/{slug}/sign-in/tests/{id}/again"] = (RouteThing.SignInTest, false),
        ["POST /w/{slug}/sign-in/tests/{id}/enforce"] = (RouteThing.SignInTest, false),
        ["GET /w/{slug}/sign-in/connections/new"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/sign-in/connections"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/sign-in/connections/check"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/sign-in/connections/{id}"] = (RouteThing.Connection, false),
        ["POST /w/{slug}/sign-in/connections/{id}"] = (RouteThing.Connection, false),
        ["POST /w/{slug}/sign-in/connections/{id}/check"] = (RouteThing.Connection, false),
        ["GET /w/{slug}/sign-in/connections/{id}/switch"] = (RouteThing.Connection, false),
        ["POST /w/{slug}/sign-in/connections/{id}/switch"] = (RouteThing.Connection, false),
        ["GET /w/{slug}/sign-in/connections/{id}/remove"] = (RouteThing.Connection, false),
        ["POST /w/{slug}/sign-in/connections/{id}/remove"] = (RouteThing.Connection, false),
        ["GET /w/{slug}/api-keys"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/api-keys"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/api-keys/{id}/revoke"] = (RouteThing.Key, false),
        ["POST /w/{slug}/api-keys/{id}/revoke"] = (RouteThing.Key, false),
        ["GET /w/{slug}/audit/streams"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/audit/streams"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/audit/streams/{id}/switch"] = (RouteThing.AuditStream, false),
        ["GET /w/{slug}/audit/streams/{id}/remove"] = (RouteThing.AuditStream, false),
        ["POST /w/{slug}/audit/streams/{id}/remove"] = (RouteThing.AuditStream, false),
        ["GET /w/{slug}/webhooks"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/webhooks"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/webhooks/{id}"] = (RouteThing.Webhook, false),
        ["POST /w/{slug}/webhooks/{id}"] = (RouteThing.Webhook, false),
        ["POST /w/{slug}/webhooks/{id}/switch"] = (RouteThing.Webhook, false),
        ["POST /w/{slug}/webhooks/{id}/test"] = (RouteThing.Webhook, false),
        ["POST /w/{slug}/webhooks/{id}/again"] = (RouteThing.Webhook, false),
        ["POST /w/{slug}/webhooks/{id}/replay"] = (RouteThing.Webhook, false),
        ["POST /w/{slug}/webhooks/{id}/secrets"] = (RouteThing.Webhook, false),
        ["POST /w/{slug}/webhooks/{id}/secrets/remove"] = (RouteThing.Webhook, false),
        ["GET /w/{slug}/webhooks/{id}/remove"] = (RouteThing.Webhook, false),
        ["POST /w/{slug}/webhooks/{id}/remove"] = (RouteThing.Webhook, false),
        ["GET /w/{slug}/audit"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/audit.csv"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/audit.jsonl"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/review"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/coordinator"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/name"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/find"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/logo"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/set-up"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/mail"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/mail"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/licensing"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/health"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/preset"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/preset/review"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/preset"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/roles"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/workspace"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/workspace/review"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/workspace"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/joining"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/joining/review"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/joining"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/list"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/list/review"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/list"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/directory"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/directory/review"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/directory"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/role"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/role/review"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/role"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/license"] = (RouteThing.Nothing, false),
        ["GET /w/{slug}/settings/license/review"] = (RouteThing.Nothing, false),
        ["POST /w/{slug}/settings/license"] = (RouteThing.Nothing, false),
    };

    /// <summary>What asks for a permission that no role of this preset has; <see cref="FirstDayTests"/> sees them opened.</summary>
    private static readonly string[] Elsewhere = ["GET /w/{slug}/licensing", "GET /w/{slug}/health"];

    [Theory, EachDatabase]
    [Shows("B-08", "S0-01", "S1-04", "S1-06", "S3-02")]
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
            var (method, path) = (
                route.Split(' ')[0],
                route
                    .Split(' ')[1]
                    .Replace("{slug}", "acme", StringComparison.Ordinal)
                    .Replace("{id}", ids[about], StringComparison.Ordinal)
            );
            if (method == "GET")
            {
                Expect(
                    about == RouteThing.Nothing && path == "/w/acme" ? 303
                        : Elsewhere.Contains(route) ? 403
                        : route == MadeInvitations ? 404 // shows what a form made, to whoever sent it
                        : 200,
                    (await site.Admin.GetAsync(path)),
                    "admin"
                );
                Expect(forAll ? 200 : 403, (await viewer.GetAsync(path)), "member without permission");
                Expect(404, (await stranger.GetAsync(path)), "admin of another workspace");
                Expect(303, (await nobody.GetAsync(path)), "nobody");
                continue;
            }

            Expect(400, (await site.Admin.PostBareAsync(path)), "admin without the antiforgery field");
            Expect(400, (await site.Admin.PostTextAsync(path, "{}", "text/plain")), "admin with text");
            Expect(
                400,
                (await site.Admin.PostBareAsync(path, ("__RequestVerificationToken", "CfDJ8nonsense"))),
                "admin with a made-up field"
            );
            // what is everybody's own is not there where there is none of it
            Expect(forAll ? 404 : 403, (await viewer.PostAsync(path, Fields(ids))), "member without permission");
            Expect(404, (await stranger.PostAsync(path, Fields(ids))), "admin of another workspace");
            Expect(303, (await nobody.PostBareAsync(path)), "nobody");

            void Expect(int status, Answer answer, string who)
            {
                if ((int)answer.Status != status)
                {
                    wrong.Add($"{route}, {who}: {(int)answer.Status} instead of {status}");
                }

                if (
                    answer.Headers.GetValueOrDefault("Cache-Control")?.Contains("no-store", StringComparison.Ordinal) != true
                    || !answer.Headers.ContainsKey("Content-Security-Policy")
                    || !answer.Headers.ContainsKey("Referrer-Policy")
                    || !answer.Headers.ContainsKey("X-Content-Type-Options")
                )
                {
                    wrong.Add($"{route}, {who}: a header is missing");
                }

                if (
                    status == 303
                    && answer.Location?.StartsWith(who == "nobody" ? "/signin?returnUrl=%2Fw%2Facme" : "/w/acme/", StringComparison.Ordinal)
                        != true
                )
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
        [
            .. site
                .Server.Service<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(e => e.Metadata.GetMetadata<AdminUiRoute>() is not null)
                .SelectMany(e =>
                    e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText!.TrimEnd('/')}")
                )
                .Order(StringComparer.Ordinal),
        ];

    private static (string Name, string Value)[] Fields(Dictionary<RouteThing, string> ids) =>
        [
            ("role", "viewer"),
            ("license", ""),
            ("givenName", "Mallory"),
            ("group", ids[RouteThing.Group]),
            ("member", ids[RouteThing.Member]),
            ("people", "mallory@example.com"),
            ("pasted", "email,role\nmallory@example.com,viewer"),
            ("displayName", "Mallory's"),
            ("name", "Mallory"),
            ("days", "30"),
            ("version", "1"),
            ("seats", "9999"),
            ("lifetimeDays", "365"),
            ("onFull", "refuse"),
            ("url", "https://mallory.invalid/hook"),
            ("from", "2026-01-01T00:00"),
        ];

    private static async Task<Dictionary<RouteThing, string>> ThingsAsync(AdminSite site)
    {
        var ids = new Dictionary<RouteThing, string>();
        foreach (var thing in Enum.GetValues<RouteThing>())
        {
            ids[thing] = await site.Server.MakeAsync(site.Workspace, thing, $"n{ids.Count}");
        }

        var ct = TestContext.Current.CancellationToken;
        var who = await site.Server.Service<Membership.Accounts.ReadSession>().RunAsync(site.Admin.Session, "acme", ct);
        ids[RouteThing.SignInTest] = (
            await site
                .Server.Service<BeginSignInTest>()
                .RunAsync(who!.Actor!, site.Workspace.Id, new(Guid.Parse(ids[RouteThing.Connection])), null, ct)
        ).Value.Id.ToString();
        return ids;
    }

    /// <summary>What no refused act may change.</summary>
    private static async Task<string> TallAsync(AdminSite site)
    {
        await using var db = site.Server.Store.Read();
        var workspace = site.Workspace.Id;
        return string.Join(
            '\n',
            [
                .. db
                    .Members.Where(m => m.WorkspaceId == workspace)
                    .OrderBy(m => m.Id)
                    .AsEnumerable()
                    .Select(m => $"{m.Id} {m.Version} {m.State}"),
                .. db
                    .Invitations.Where(i => i.WorkspaceId == workspace)
                    .OrderBy(i => i.Id)
                    .AsEnumerable()
                    .Select(i => $"{i.Id} {i.Version} {i.Stored}"),
                .. db.Groups.Where(g => g.WorkspaceId == workspace).OrderBy(g => g.Id).AsEnumerable().Select(g => $"{g.Id} {g.Version}"),
                .. db
                    .ScimCredentials.Where(c => c.WorkspaceId == workspace)
                    .OrderBy(c => c.Id)
                    .AsEnumerable()
                    .Select(c => $"{c.Id} {c.RevokedAt}"),
                .. db.IdentityConnections.Where(c => c.WorkspaceId == workspace).AsEnumerable().Select(c => $"{c.Id} {c.Version}"),
                .. db.AccessReviews.Where(r => r.WorkspaceId == workspace).AsEnumerable().Select(r => $"{r.Id} {r.Version}"),
                .. db.Clients.Where(c => c.WorkspaceId == workspace).AsEnumerable().Select(c => $"{c.Id} {c.Version}"),
                .. db.SignInTests.Where(t => t.WorkspaceId == workspace).AsEnumerable().Select(t => $"{t.Id} {t.Version}"),
                .. db.Workspaces.Where(w => w.Id == workspace).AsEnumerable().Select(w => $"{w.Version}"),
            ]
        );
    }
}
