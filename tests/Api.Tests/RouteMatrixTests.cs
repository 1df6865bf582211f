using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using UserManagement.Api.Http;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests;

/// <summary>
/// Who gets to which route: every route of the door, as the host has mapped it, for each role of a preset, for nobody, for
/// an expired and a revoked key, for another workspace's key and for a bare cookie; for operators and their keys, who get to their own
/// routes and to no other. A route without a row here fails.
/// </summary>
public class RouteMatrixTests
{
    private const string All = "everybody";
    private const string People = "people who are signed in, no key";
    private const string Operators = "whoever runs the server: an operator key, or an operator who is signed in";

    /// <summary>Method and pattern; who may (a permission), the status then, what {id} stands for, the body.</summary>
    private static readonly Dictionary<string, (string May, int Status, RouteThing About, object? Body)> Rows = new(StringComparer.Ordinal)
    {
        ["GET /me"] = (All, 200, RouteThing.Nothing, null),
        ["GET /workspaces"] = (All, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}"] = (All, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/configuration"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, null),
        ["PUT /workspaces/{slug}/configuration"] = (
            Permission.ConfigureWorkspace,
            200,
            RouteThing.Nothing,
            JsonSerializer.Serialize(Preset.Named("ranked"), WorkspaceConfiguration.Json)
        ),
        ["GET /workspaces/{slug}/ai-coordinator"] = (All, 200, RouteThing.Nothing, null),
        ["PUT /workspaces/{slug}/ai-coordinator"] = (
            Permission.ConfigureWorkspace,
            200,
            RouteThing.Nothing,
            new
            {
                coordinator = new
                {
                    name = "Carla",
                    email = "carla@example.com",
                    phone = "+49 30 1234",
                    notes = "Mornings.",
                },
            }
        ),
        ["PATCH /workspaces/{slug}/configuration"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, new { }),
        ["PATCH /workspaces/{slug}"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, new { name = "Acme" }),
        ["POST /workspaces/{slug}/configuration/preview"] = (
            Permission.ConfigureWorkspace,
            200,
            RouteThing.Nothing,
            JsonSerializer.Serialize(Preset.Named("ranked"), WorkspaceConfiguration.Json)
        ),
        ["GET /workspaces/{slug}/health"] = (Permission.ServerHealth, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/preset/preview"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, new { preset = "ranked" }),
        ["PUT /workspaces/{slug}/preset"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, new { preset = "ranked" }),
        ["GET /workspaces/{slug}/me"] = (All, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/audit/export"] = (Permission.ReadAudit, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/roles"] = (All, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/licenses"] = (Permission.ReadMembers, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/plan"] = (Permission.ReadMembers, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/seats"] = (Permission.ReadMembers, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/seats/waiting"] = (Permission.ReadMembers, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/seats/idle"] = (Permission.ReadMembers, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/groups/{id}/seats"] = (Permission.ReadMembers, 200, RouteThing.Group, null),
        ["PUT /workspaces/{slug}/groups/{id}/seat-priority"] = (Permission.ManageSeats, 200, RouteThing.Group, new { seatPriority = 5 }),
        ["PUT /workspaces/{slug}/members/{id}/term"] = (Permission.ManageMembers, 200, RouteThing.Member, new { endsAt = (string?)null }),
        // no role of this preset takes a seat
        ["POST /workspaces/{slug}/seats/assign"] = (Permission.ManageMembers, 409, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/seats/take-back"] = (
            Permission.ManageMembers,
            409,
            RouteThing.Nothing,
            new { assignedAt = "2026-01-01T00:00:00Z" }
        ),
        ["GET /workspaces/{slug}/held"] = (Permission.ManageDirectory, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/held/summary"] = (Permission.ManageDirectory, 200, RouteThing.Nothing, null),
        // nothing waits
        ["POST /workspaces/{slug}/held/decisions"] = (
            Permission.ManageDirectory,
            409,
            RouteThing.Nothing,
            new { verdict = "keep", all = true }
        ),
        ["GET /workspaces/{slug}/members"] = (Permission.ReadMembers, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/members.csv"] = (Permission.ReadMembers, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/members/changes"] = (
            Permission.ManageMembers,
            200,
            RouteThing.Nothing,
            new
            {
                kind = "suspend",
                members = new[] { Guid.AllBitsSet },
                dryRun = true,
            }
        ),
        ["POST /workspaces/{slug}/members/changes/matching"] = (
            Permission.ManageMembers,
            202,
            RouteThing.Nothing,
            new { kind = "suspend", match = new { q = "nobody-at-all" } }
        ),
        // a member is no change
        ["GET /workspaces/{slug}/members/changes/{id}"] = (Permission.ReadMembers, 404, RouteThing.Member, null),
        ["POST /workspaces/{slug}/members/changes/{id}/undo"] = (Permission.ManageMembers, 404, RouteThing.Member, null),
        ["GET /workspaces/{slug}/members/{id}"] = (Permission.ReadMembers, 200, RouteThing.Member, null),
        ["GET /workspaces/{slug}/members/{id}/access"] = (Permission.ReadMembers, 200, RouteThing.Member, null),
        // named by the directory
        ["GET /workspaces/{slug}/members/{id}/app-receipts"] = (Permission.ReadMembers, 200, RouteThing.Member, null),
        ["PATCH /workspaces/{slug}/members/{id}"] = (Permission.ManageMembers, 409, RouteThing.Member, new { givenName = "Mallory" }),
        ["DELETE /workspaces/{slug}/members/{id}"] = (Permission.ManageMembers, 200, RouteThing.Member, null),
        ["PUT /workspaces/{slug}/members/{id}/role"] = (Permission.ManageMembers, 200, RouteThing.Member, new { role = "monitor" }),
        ["PUT /workspaces/{slug}/members/{id}/license"] = (
            Permission.ManageMembers,
            200,
            RouteThing.Member,
            new { license = (string?)null }
        ),
        ["POST /workspaces/{slug}/members/{id}/suspend"] = (Permission.ManageMembers, 200, RouteThing.Member, null),
        ["POST /workspaces/{slug}/members/{id}/restore"] = (Permission.ManageMembers, 200, RouteThing.Member, null),
        // has no password
        ["POST /workspaces/{slug}/members/{id}/password-reset"] = (Permission.ManageMembers, 409, RouteThing.Member, null),
        // has no second factor
        ["POST /workspaces/{slug}/members/{id}/mfa-reset"] = (Permission.ManageMembers, 409, RouteThing.Member, null),
        ["GET /workspaces/{slug}/members/{id}/export"] = (Permission.ConfigureWorkspace, 200, RouteThing.Member, null),
        ["POST /workspaces/{slug}/members/{id}/erase"] = (Permission.ConfigureWorkspace, 409, RouteThing.Member, null), // is still a member
        ["GET /workspaces/{slug}/members/{id}/sessions"] = (Permission.ManageMembers, 200, RouteThing.Member, null),
        // has never signed in
        ["DELETE /workspaces/{slug}/members/{id}/sessions"] = (Permission.ManageMembers, 409, RouteThing.Member, null),
        ["GET /sessions"] = (People, 403, RouteThing.Nothing, null),
        ["DELETE /sessions/{id}"] = (People, 403, RouteThing.Member, null), // any id: a key is turned away before it
        ["POST /sessions/end-others"] = (People, 403, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/invitations"] = (Permission.InviteMembers, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/access-reviews"] = (Permission.ReadMembers, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/access-reviews"] = (Permission.ManageMembers, 422, RouteThing.Nothing, new { role = "nosuch" }),
        ["GET /workspaces/{slug}/access-reviews/{id}"] = (Permission.ReadMembers, 404, RouteThing.Group, null),
        ["GET /workspaces/{slug}/access-reviews/{id}/members"] = (Permission.ReadMembers, 404, RouteThing.Group, null),
        ["POST /workspaces/{slug}/access-reviews/{id}/decisions"] = (
            Permission.ManageMembers,
            404,
            RouteThing.Group,
            new { decisions = Array.Empty<object>() }
        ),
        ["POST /workspaces/{slug}/access-reviews/{id}/finish"] = (Permission.ManageMembers, 404, RouteThing.Group, null),
        ["GET /workspaces/{slug}/access-reviews/{id}/record.csv"] = (Permission.ReadMembers, 404, RouteThing.Group, null),
        ["GET /workspaces/{slug}/email-domains"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/email-domains"] = (Permission.ConfigureWorkspace, 422, RouteThing.Nothing, new { domain = "gmail.com" }),
        ["PUT /workspaces/{slug}/email-domains/{id}"] = (Permission.ConfigureWorkspace, 404, RouteThing.Group, new { join = "off" }),
        ["POST /workspaces/{slug}/email-domains/{id}/check"] = (Permission.ConfigureWorkspace, 404, RouteThing.Group, null),
        ["DELETE /workspaces/{slug}/email-domains/{id}"] = (Permission.ConfigureWorkspace, 404, RouteThing.Group, null),
        ["GET /workspaces/{slug}/join-requests"] = (Permission.InviteMembers, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/join-requests/{id}/approve"] = (
            Permission.InviteMembers,
            404,
            RouteThing.Group,
            new { role = "monitor" }
        ),
        ["POST /workspaces/{slug}/join-requests/{id}/reject"] = (Permission.InviteMembers, 404, RouteThing.Group, null),
        ["GET /workspaces/{slug}/rules"] = (Permission.ManageDirectory, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/rules"] = (
            Permission.ManageDirectory,
            201,
            RouteThing.Nothing,
            new
            {
                name = "*",
                asks = "userType",
                value = "nobody's",
                role = "monitor",
            }
        ),
        ["PUT /workspaces/{slug}/rules/{id}"] = (
            Permission.ManageDirectory,
            200,
            RouteThing.Rule,
            new
            {
                name = "*",
                asks = "department",
                value = "Sales",
                role = "monitor",
            }
        ),
        ["POST /workspaces/{slug}/rules/{id}/move"] = (Permission.ManageDirectory, 200, RouteThing.Rule, new { place = 0 }),
        ["DELETE /workspaces/{slug}/rules/{id}"] = (Permission.ManageDirectory, 204, RouteThing.Rule, null),
        ["POST /workspaces/{slug}/rules/preview"] = (Permission.ManageDirectory, 422, RouteThing.Nothing, new { }),
        ["POST /workspaces/{slug}/rules/run"] = (Permission.ManageDirectory, 204, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/mail-quota"] = (Permission.InviteMembers, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/invite-links"] = (Permission.InviteMembers, 200, RouteThing.Nothing, null),
        // this preset offers none
        ["POST /workspaces/{slug}/invite-links"] = (Permission.InviteMembers, 409, RouteThing.Nothing, new { role = "monitor" }),
        ["POST /workspaces/{slug}/invite-links/{id}/link"] = (Permission.InviteMembers, 404, RouteThing.Invitation, null),
        ["DELETE /workspaces/{slug}/invite-links/{id}"] = (Permission.InviteMembers, 404, RouteThing.Invitation, null),
        ["POST /workspaces/{slug}/invitations"] = (
            Permission.InviteMembers,
            201,
            RouteThing.Nothing,
            new { userName = "*@example.com", sendMail = false }
        ),
        ["POST /workspaces/{slug}/invitations/batch"] = (
            Permission.InviteMembers,
            200,
            RouteThing.Nothing,
            new { userNames = new[] { "*@example.com" }, sendMail = false }
        ),
        ["POST /workspaces/{slug}/invitations/import"] = (
            Permission.InviteMembers,
            202,
            RouteThing.Nothing,
            new { rows = new[] { new { email = "*@example.com", role = "monitor" } } }
        ),
        ["GET /workspaces/{slug}/invitations/imports/{id}"] = (Permission.InviteMembers, 200, RouteThing.Import, null),
        ["GET /workspaces/{slug}/invitations/{id}"] = (Permission.InviteMembers, 200, RouteThing.Invitation, null),
        ["DELETE /workspaces/{slug}/invitations/{id}"] = (Permission.InviteMembers, 200, RouteThing.Invitation, null),
        ["POST /workspaces/{slug}/invitations/{id}/resend"] = (Permission.InviteMembers, 200, RouteThing.Invitation, null),
        ["POST /workspaces/{slug}/invitations/{id}/link"] = (Permission.InviteMembers, 200, RouteThing.Invitation, null),
        ["GET /workspaces/{slug}/groups"] = (Permission.ReadMembers, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/groups"] = (Permission.ManageGroups, 201, RouteThing.Nothing, new { displayName = "*" }),
        ["GET /workspaces/{slug}/groups/{id}"] = (Permission.ReadMembers, 200, RouteThing.Group, null),
        ["PATCH /workspaces/{slug}/groups/{id}"] = (Permission.ManageGroups, 200, RouteThing.Group, new { displayName = "*" }),
        ["DELETE /workspaces/{slug}/groups/{id}"] = (Permission.ManageGroups, 204, RouteThing.Group, null),
        ["GET /workspaces/{slug}/groups/{id}/members"] = (Permission.ReadMembers, 200, RouteThing.Group, null),
        ["POST /workspaces/{slug}/groups/{id}/members"] = (
            Permission.ManageGroups,
            200,
            RouteThing.Group,
            new { add = Array.Empty<string>() }
        ),
        ["GET /workspaces/{slug}/connections"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/connections"] = (Permission.ConfigureWorkspace, 201, RouteThing.Nothing, Draft("*")),
        ["POST /workspaces/{slug}/connections/check"] = (Permission.ConfigureWorkspace, 204, RouteThing.Nothing, Draft("*")),
        ["GET /workspaces/{slug}/connections/{id}"] = (Permission.ConfigureWorkspace, 200, RouteThing.Connection, null),
        ["PUT /workspaces/{slug}/connections/{id}"] = (Permission.ConfigureWorkspace, 200, RouteThing.Connection, Draft("*")),
        ["POST /workspaces/{slug}/connections/{id}/check"] = (Permission.ConfigureWorkspace, 204, RouteThing.Connection, Draft("*")),
        ["GET /workspaces/{slug}/connections/{id}/failures"] = (Permission.ConfigureWorkspace, 200, RouteThing.Connection, null),
        ["DELETE /workspaces/{slug}/connections/{id}"] = (Permission.ConfigureWorkspace, 204, RouteThing.Connection, null),
        ["GET /workspaces/{slug}/clients"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/clients"] = (People, 403, RouteThing.Nothing, App("*")),
        ["GET /workspaces/{slug}/clients/{id}"] = (Permission.ConfigureWorkspace, 200, RouteThing.Client, null),
        ["PUT /workspaces/{slug}/clients/{id}"] = (People, 403, RouteThing.Client, App("*")),
        ["DELETE /workspaces/{slug}/clients/{id}"] = (Permission.ConfigureWorkspace, 204, RouteThing.Client, null),
        ["POST /workspaces/{slug}/clients/{id}/secrets"] = (People, 403, RouteThing.Client, null),
        // no secret is named
        ["DELETE /workspaces/{slug}/clients/{id}/secrets/{secret}"] = (Permission.ConfigureWorkspace, 404, RouteThing.Client, null),
        ["GET /workspaces/{slug}/api-keys"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/api-keys"] = (
            People,
            403,
            RouteThing.Nothing,
            new
            {
                name = "*",
                role = "monitor",
                days = 1,
            }
        ),
        ["DELETE /workspaces/{slug}/api-keys/{id}"] = (Permission.ConfigureWorkspace, 200, RouteThing.Key, null),
        ["GET /workspaces/{slug}/scim-tokens"] = (Permission.ManageDirectory, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/scim-tokens"] = (People, 403, RouteThing.Nothing, new { name = "*", days = 1 }),
        ["DELETE /workspaces/{slug}/scim-tokens/{id}"] = (Permission.ManageDirectory, 200, RouteThing.Token, null),
        ["GET /workspaces/{slug}/portal-links"] = (Permission.ManageDirectory, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/portal-links"] = (People, 403, RouteThing.Nothing, new { note = "*", directory = true }),
        ["DELETE /workspaces/{slug}/portal-links/{id}"] = (Permission.ManageDirectory, 200, RouteThing.PortalLink, null),
        ["GET /workspaces/{slug}/event-types"] = (All, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/webhooks"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/webhooks"] = (
            Permission.ConfigureWorkspace,
            201,
            RouteThing.Nothing,
            new { name = "*", url = "https://app.invalid/*" }
        ),
        ["GET /workspaces/{slug}/audit-streams"] = (Permission.ConfigureWorkspace, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/audit-streams"] = (
            Permission.ConfigureWorkspace,
            201,
            RouteThing.Nothing,
            new
            {
                name = "SIEM",
                kind = "syslog",
                address = "siem.invalid:6514",
            }
        ),
        ["GET /workspaces/{slug}/audit-streams/{id}"] = (Permission.ConfigureWorkspace, 200, RouteThing.AuditStream, null),
        ["PATCH /workspaces/{slug}/audit-streams/{id}"] = (
            Permission.ConfigureWorkspace,
            200,
            RouteThing.AuditStream,
            new { enabled = false }
        ),
        ["DELETE /workspaces/{slug}/audit-streams/{id}"] = (Permission.ConfigureWorkspace, 204, RouteThing.AuditStream, null),
        ["GET /workspaces/{slug}/webhooks/{id}"] = (Permission.ConfigureWorkspace, 200, RouteThing.Webhook, null),
        ["PATCH /workspaces/{slug}/webhooks/{id}"] = (Permission.ConfigureWorkspace, 200, RouteThing.Webhook, new { enabled = false }),
        ["DELETE /workspaces/{slug}/webhooks/{id}"] = (Permission.ConfigureWorkspace, 204, RouteThing.Webhook, null),
        ["POST /workspaces/{slug}/webhooks/{id}/secrets"] = (Permission.ConfigureWorkspace, 201, RouteThing.Webhook, null),
        ["DELETE /workspaces/{slug}/webhooks/{id}/secrets/{secretId}"] = (Permission.ConfigureWorkspace, 404, RouteThing.Webhook, null),
        ["POST /workspaces/{slug}/webhooks/{id}/test"] = (Permission.ConfigureWorkspace, 202, RouteThing.Webhook, null),
        ["POST /workspaces/{slug}/webhooks/{id}/replay"] = (
            Permission.ConfigureWorkspace,
            202,
            RouteThing.Webhook,
            new { from = "2026-01-01T00:00:00Z" }
        ),
        ["GET /workspaces/{slug}/webhooks/{id}/deliveries"] = (Permission.ConfigureWorkspace, 200, RouteThing.Webhook, null),
        ["GET /workspaces/{slug}/webhooks/{id}/deliveries/{deliveryId}"] = (Permission.ConfigureWorkspace, 404, RouteThing.Webhook, null),
        ["POST /workspaces/{slug}/webhooks/{id}/deliveries/{deliveryId}/replay"] = (
            Permission.ConfigureWorkspace,
            404,
            RouteThing.Webhook,
            null
        ),
        ["GET /workspaces/{slug}/provisioning-log"] = (Permission.ManageDirectory, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/provisioning-log/{id}"] = (Permission.ManageDirectory, 200, RouteThing.ProvisioningLine, null),
        ["GET /workspaces/{slug}/provisioning-log/export"] = (Permission.ManageDirectory, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/directory-concerns"] = (Permission.ManageDirectory, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/provisioning-cycles"] = (Permission.ManageDirectory, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/provisioning-cycles/{id}/undo/preview"] = (Permission.ManageDirectory, 200, RouteThing.Cycle, null),
        ["POST /workspaces/{slug}/provisioning-cycles/{id}/undo"] = (Permission.ManageDirectory, 200, RouteThing.Cycle, new { }),
        ["GET /workspaces/{slug}/provisioning-cycles/{id}/undo"] = (Permission.ManageDirectory, 200, RouteThing.UndoneCycle, null),
        ["GET /workspaces/{slug}/approvals"] = (Permission.ManageMembers, 200, RouteThing.Nothing, null),
        ["POST /workspaces/{slug}/approvals/{id}/approve"] = (People, 403, RouteThing.Approval, null),
        ["POST /workspaces/{slug}/approvals/{id}/reject"] = (People, 403, RouteThing.Approval, null),
        ["GET /workspaces/{slug}/audit"] = (Permission.ReadAudit, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/audit/lines.csv"] = (Permission.ReadAudit, 200, RouteThing.Nothing, null),
        ["GET /workspaces/{slug}/audit/lines.jsonl"] = (Permission.ReadAudit, 200, RouteThing.Nothing, null),
        ["GET /operator/workspaces"] = (Operators, 200, RouteThing.Nothing, null),
        ["GET /operator/workspaces/{workspace}/plan"] = (Operators, 200, RouteThing.Nothing, null),
        ["PUT /operator/workspaces/{workspace}/plan"] = (Operators, 200, RouteThing.Nothing, PlanOf(Preset.Named("ranked")!)),
        ["PATCH /operator/workspaces/{workspace}/plan"] = (
            Operators,
            200,
            RouteThing.Nothing,
            new { seats = Preset.Named("ranked")!.Capacity.Seats }
        ),
    };

    private int _made;

    [Theory, EachDatabase]
    [Shows("B-08", "S0-01")]
    public async Task Every_route_lets_in_whom_it_should_and_nobody_else(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(
            kind,
            "ranked",
            clock,
            ("Api:RequestsPerMinute", "100000"),
            ("Api:UnknownKeysPerMinute", "100000")
        );
        var routes = site
            .Server.Service<EndpointDataSource>()
            .Endpoints.Select(e => e.Metadata.GetMetadata<ApiRoute>())
            .OfType<ApiRoute>()
            .ToDictionary(r => $"{r.Method} {r.Pattern}", StringComparer.Ordinal);
        Assert.Equal(Rows.Keys.Order(StringComparer.Ordinal), routes.Keys.Order(StringComparer.Ordinal));
        // what the document says is what is tested
        Assert.All(
            Rows,
            row =>
                Assert.Equal(
                    row.Value.May,
                    routes[row.Key].ForPeople ? People
                        : routes[row.Key].ForOperators ? Operators
                        : routes[row.Key].Permission ?? All
                )
        );

        var configuration = site.Workspace.Configuration;
        var (other, operating) = await ApiSite.NewWorkspaceAsync(site.Server, "other", "ranked", "mallory@example.com");
        await site.MakeOperatorAsync("mallory@example.com", operating);
        var expired = await site.KeyAsync(days: 1);
        var expiredOperators = await site.OperatorKeyAsync("Expired", days: 1);
        clock.Advance(TimeSpan.FromDays(1));
        var revoked = await site.KeyAsync();
        await site.Server.Service<RevokeApiKey>().RunAsync(Actor.Operator, site.Workspace.Id, revoked.Row.Id, default);
        var revokedOperators = await site.OperatorKeyAsync("Revoked");
        await site.Server.Service<RevokeOperatorKey>().RunAsync(Actor.Operator, "Revoked", default);
        var roles = new Dictionary<string, ApiClient>();
        foreach (var role in configuration.Roles)
        {
            roles[role.Key] = await site.ProgramAsync(role.Key);
        }

        var foreign = new ApiClient(site.Server, (await site.KeyAsync("admin", other)).Key);
        (string Who, ApiClient Client)[] nobody =
        [
            ("nobody", new(site.Server, null)),
            ("an expired key", new(site.Server, expired.Key)),
            ("a revoked key", new(site.Server, revoked.Key)),
            ("an expired operator key", new(site.Server, expiredOperators)),
            ("a revoked operator key", new(site.Server, revokedOperators)),
        ];
        var operatorKey = new ApiClient(site.Server, await site.OperatorKeyAsync());
        var operatorCookie = new ApiClient(site.Server, null, operating);
        var cookie = new ApiClient(site.Server, null, site.AdaSession);
        var shared = new Dictionary<RouteThing, string>();
        foreach (var about in Enum.GetValues<RouteThing>())
        {
            shared[about] = await site.Server.MakeAsync(site.Workspace, about, $"n{++_made}");
        }

        await new SealAudit(site.Server.Store).RunAsync(TestContext.Current.CancellationToken);
        List<string> wrong = [];
        foreach (var (route, (may, status, about, _)) in Rows.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            foreach (var (role, client) in roles)
            {
                var allowed = may == All || Membership.Roles.RoleCatalogue.PermissionsOf(configuration, role).Contains(may);
                var id =
                    allowed && about is not (RouteThing.Nothing or RouteThing.Token)
                        ? await site.Server.MakeAsync(site.Workspace, about, $"n{++_made}")
                        : shared[about];
                await ExpectAsync(
                    role,
                    client,
                    id,
                    allowed ? status
                        : may == Operators ? 404
                        : 403,
                    allowed ? null
                        : may == People ? "peopleOnly"
                        : may == Operators ? "notFound"
                        : "forbidden"
                );
            }

            foreach (var (who, client) in nobody)
            {
                await ExpectAsync(who, client, shared[about], 401, null);
            }

            if (may == Operators)
            {
                var isRead = route.StartsWith("GET", StringComparison.Ordinal);
                await ExpectAsync("an operator key", operatorKey, shared[about], status, null);
                await ExpectAsync("an operator", operatorCookie, shared[about], isRead ? status : 403, isRead ? null : "antiforgery");
                await ExpectAsync("a foreign key", foreign, shared[about], 404, "notFound");
                await ExpectAsync("an admin's cookie", cookie, shared[about], 404, "notFound");
                continue;
            }

            await ExpectAsync("an operator key", operatorKey, shared[about], 401, "credentialInvalid");
            if (route.Contains("{slug}", StringComparison.Ordinal))
            {
                await ExpectAsync("a foreign key", foreign, shared[about], 404, "notFound");
                await ExpectAsync("an operator who is no member", operatorCookie, shared[about], 404, "notFound");
            }

            if (!route.StartsWith("GET", StringComparison.Ordinal))
            {
                await ExpectAsync("a bare cookie", cookie, shared[about], 403, "antiforgery");
            }

            async Task ExpectAsync(string who, ApiClient client, string id, int wanted, string? code)
            {
                var (method, path) = (
                    route.Split(' ')[0],
                    route
                        .Split(' ')[1]
                        .Replace("{slug}", "acme", StringComparison.Ordinal)
                        .Replace("{workspace}", "acme", StringComparison.Ordinal)
                        .Replace("{id}", id, StringComparison.Ordinal)
                );
                (string, string)[] version = routes[route].NeedsIfMatch ? [("If-Match", "*")] : [];
                var answer = await client.SendAsync(method, path, Body(route), version);
                if ((int)answer.Status != wanted || (code is not null && answer.Code != code))
                {
                    wrong.Add($"{route}, {who}: {(int)answer.Status} instead of {wanted} {code}: {answer.Text}");
                }

                if (answer.Headers["Cache-Control"] != "no-store" || answer.Headers["X-Content-Type-Options"] != "nosniff")
                {
                    wrong.Add($"{route}, {who}: a header is missing");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    /// <summary>What a preset limits, so that a change of it changes nothing.</summary>
    private static object PlanOf(WorkspaceConfiguration configuration) =>
        new
        {
            tier = (string?)null,
            seats = configuration.Capacity.Seats,
            gracePercent = configuration.Capacity.GracePercent,
            graceDays = configuration.Capacity.GraceDays,
            memberSlots = configuration.Capacity.MemberSlots,
            pools = configuration.Licenses.ToDictionary(l => l.Key, l => l.Pool),
            mailsInAll = (int?)null,
            mailsPerDay = configuration.Invitations.MailsPerDay,
            trialEnds = (string?)null,
            contact = (string?)null,
            customer = (string?)null,
        };

    private static object App(string name) => new { clientName = name, redirectUris = new[] { "https://app.example.com/cb" } };

    private static object Draft(string name) =>
        new
        {
            kind = "oidc",
            name,
            authority = "https://idp.example.com",
            clientId = "people",
            credential = "a secret of theirs",
        };

    /// <summary>The row's body; a star in it is a name that nothing had before.</summary>
    private string? Body(string route) =>
        Rows[route].Body switch
        {
            null => null,
            string text => text,
            var body => JsonSerializer.Serialize(body).Replace("*", $"n{++_made}", StringComparison.Ordinal),
        };
}
