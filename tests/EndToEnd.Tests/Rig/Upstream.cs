using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using UserManagement.Identity;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>
/// Google and Entra as a certified provider plays them, and the people who have accounts there. Shared by the tests of a class.
/// </summary>
public sealed class Upstream : Xunit.IAsyncLifetime
{
    /// <summary>The tenant of Contoso.</summary>
    public const string Contoso = "11111111-2222-4333-8444-555555555555";

    /// <summary>Another one.</summary>
    public const string Fabrikam = "99999999-2222-4333-8444-555555555555";

    /// <summary>The provider as Google.</summary>
    public NodeProvider Google { get; private set; } = null!;

    /// <summary>The provider as Entra.</summary>
    public NodeProvider Entra { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Google = await NodeProvider.StartAsync(
            "google",
            new Dictionary<string, object>
            {
                ["grace@acme.example"] = new
                {
                    email = "grace@acme.example",
                    email_verified = true,
                    hd = "acme.example",
                    name = "Grace Hopper",
                    given_name = "Grace",
                    family_name = "Hopper",
                },
                ["eve@acme.example"] = new
                {
                    email = "eve@acme.example",
                    email_verified = true,
                    hd = "acme.example",
                    name = "Eve",
                    given_name = "Eve",
                    family_name = "Nobody",
                },
            }
        );
        Entra = await NodeProvider.StartAsync(
            "entra",
            new Dictionary<string, object>
            {
                ["alan@contoso.example"] = Person(
                    Contoso,
                    "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
                    "alan@contoso.example",
                    "Alan",
                    "Turing"
                ),
                ["alan@fabrikam.example"] = Person(
                    Fabrikam,
                    "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee",
                    "alan@contoso.example",
                    "Alan",
                    "Other"
                ),
            }
        );
    }

    /// <summary>A site whose installation is connected to both.</summary>
    public async Task<Connected> SiteAsync(BrowserSession browser, Database kind, string preset = "seats", TimeProvider? time = null)
    {
        var site = await Site.StartAsync(browser, kind, preset, time, Allow);
        return new(
            site,
            await ConnectAsync(site.Server, ConnectionKind.Google, "Google", Google.Base),
            await ConnectAsync(site.Server, ConnectionKind.Entra, "Microsoft", Entra.Common)
        );
    }

    /// <summary>Lets a host dial providers on this machine.</summary>
    public static void Allow(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) =>
        builder.Services.AddSingleton(
            new OutboundRules
            {
                PlatformNetworks = [IPNetwork.Parse("127.0.0.0/8")],
                PlatformMayUseHttp = true,
                Timeout = TimeSpan.FromSeconds(30),
            }
        );

    /// <summary>Chooses an account on the provider's page.</summary>
    public static Task ChooseAsync(IPage page, string account) =>
        page.GetByRole(AriaRole.Button, new() { Name = account, Exact = true }).ClickAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Google.DisposeAsync();
        await Entra.DisposeAsync();
    }

    private static object Person(string tid, string oid, string userName, string givenName, string familyName) =>
        new
        {
            tid,
            oid,
            ver = "2.0",
            preferred_username = userName,
            email = userName,
            name = $"{givenName} {familyName}",
            given_name = givenName,
            family_name = familyName,
        };

    private static async Task<IdentityConnection> ConnectAsync(TestServer server, ConnectionKind kind, string name, string authority) =>
        (
            await server
                .Service<CreateConnection>()
                .RunAsync(
                    Actor.Operator,
                    default,
                    new()
                    {
                        Kind = kind,
                        Name = name,
                        Authority = authority,
                        ClientId = NodeProvider.ClientId,
                        Credential = NodeProvider.ClientSecret,
                    },
                    server.Service<ConnectionProbe>(),
                    default
                )
        ).Value;
}

/// <summary>A site with the installation's two connections.</summary>
public sealed record Connected(Site Site, IdentityConnection Google, IdentityConnection Entra) : IAsyncDisposable
{
    /// <summary>The link of an invitation.</summary>
    public async Task<string> InviteAsync(
        string userName,
        IdentityProvider provider = IdentityProvider.Any,
        string? tenant = null,
        string? role = null
    )
    {
        var made = await Site
            .Server.Service<InvitePeople>()
            .RunAsync(
                Actor.Operator with
                {
                    Name = "Ada Lovelace",
                },
                Site.Workspace.Id,
                new()
                {
                    UserNames = [userName],
                    Provider = provider,
                    TenantId = tenant,
                    Role = role,
                    SendMail = false,
                },
                default
            );
        return Site.Server.Links.Invitation(made.Value[0].Outcome.Value.LinkSecret);
    }

    /// <summary>Changes the workspace's configuration.</summary>
    public async Task ConfigureAsync(Func<WorkspaceConfiguration, WorkspaceConfiguration> change)
    {
        var store = Site.Server.Store;
        await using var db = store.Read();
        var workspace = (await WorkspaceContext.ByIdAsync(db, Site.Workspace.Id, default))!;
        _ = (
            await Site
                .Server.Service<ChangeConfiguration>()
                .RunAsync(Actor.Operator, workspace.Id, workspace.Row.Version, change(workspace.Configuration), default)
        ).Value;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Site.DisposeAsync();
}
