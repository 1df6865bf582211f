using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using UserManagement.Ui;

namespace UserManagement.Scim.Tests.Rig;

/// <summary>
/// The SCIM door alone on a real server, over a database of its own with one workspace <c>acme</c> and one token.
/// </summary>
public sealed class DoorServer : IAsyncDisposable
{
    /// <summary>What links begin with; not where the server listens, so that a test sees where a link comes from.</summary>
    public const string PublicUrl = "https://people.example.com";

    private readonly WebApplication _app;
    private readonly TestDatabase? _database;

    private DoorServer(WebApplication app, TestDatabase? database, Store store)
    {
        _app = app;
        _database = database;
        Store = store;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(app.Urls.Single()),
        };
    }

    /// <summary>The core's store.</summary>
    public Store Store { get; }

    /// <summary>Its database; null where a test brought its own store.</summary>
    public TestDatabase? Database => _database;

    /// <summary>Speaks to the server without any credential.</summary>
    public HttpClient Client { get; }

    /// <summary>The workspace.</summary>
    public WorkspaceContext Workspace { get; private set; } = null!;

    /// <summary>Its token.</summary>
    public string Token { get; private set; } = "";

    /// <summary>The provisioning log; nobody writes it here but a test.</summary>
    public ProvisioningLog Provisioning => _app.Services.GetRequiredService<ProvisioningLog>();

    /// <summary>What was written to the log.</summary>
    public LogLines Log { get; private init; } = null!;

    /// <summary>
    /// A server over a fresh database (unused, where the test looks at plans); with a change of the seats preset, and something before the
    /// door, where the test wants it.
    /// </summary>
    public static async Task<DoorServer> StartAsync(
        Database kind,
        Func<WorkspaceConfiguration, WorkspaceConfiguration>? configure = null,
        Action<ScimOptions>? options = null,
        TimeProvider? time = null,
        Action<WebApplication>? before = null,
        bool isUnused = false
    )
    {
        var database = await (isUnused ? TestDatabase.UnusedAsync(kind) : TestDatabase.NewAsync(kind));
        var server = await StartAsync(database.Store(time), database, options, before);
        (server.Workspace, server.Token) = await server.WorkspaceAsync("acme", configure);
        return server;
    }

    /// <summary>A server over any store, without a workspace.</summary>
    public static async Task<DoorServer> StartAsync(
        Store store,
        TestDatabase? database = null,
        Action<ScimOptions>? options = null,
        Action<WebApplication>? before = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinRequestBodyDataRate = null); // a test may hold a body back
        var log = new LogLines();
        // the framework would log addresses with their queries
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton(store);
        builder.Services.AddUi();
        builder.Services.AddDataProtection();
        builder.Services.AddScim(o =>
        {
            o.PublicUrl = () => PublicUrl;
            options?.Invoke(o);
        });
        var app = builder.Build();
        app.UseUiHeaders();
        app.UseUiRequests();
        app.UseRouting();
        app.MapUiAssets();
        before?.Invoke(app);
        app.MapScim();
        await app.StartAsync();
        return new DoorServer(app, database, store) { Log = log };
    }

    /// <summary>Makes another workspace with a token.</summary>
    public async Task<(WorkspaceContext Workspace, string Token)> WorkspaceAsync(
        string slug,
        Func<WorkspaceConfiguration, WorkspaceConfiguration>? configure = null
    )
    {
        var ct = CancellationToken.None;
        var workspace = (await new CreateWorkspace(Store).RunAsync(Actor.Operator, new(slug, slug, "seats"), ct)).Value;
        if (configure is not null)
        {
            workspace = (
                await new ChangeConfiguration(Store).RunAsync(
                    Actor.Operator,
                    workspace.Id,
                    workspace.Row.Version,
                    configure(workspace.Configuration),
                    ct
                )
            ).Value;
        }

        var token = (await new CreateScimCredential(Store).RunAsync(Actor.Operator, workspace.Id, "test", null, ct)).Value.Token;
        return (workspace, token);
    }

    /// <summary>Sends a request below the workspace's base URL with its token.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below the base URL, with its query.</param>
    /// <param name="body">JSON; null for none.</param>
    /// <param name="prepare">Changes the request before it goes.</param>
    public async Task<Answer> SendAsync(string method, string path, string? body = null, Action<HttpRequestMessage>? prepare = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{ScimOptions.Prefix}/acme{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/scim+json");
        }

        prepare?.Invoke(request);
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(
            (int)response.StatusCode,
            text,
            response.Content.Headers.ContentType?.ToString(),
            response.Headers,
            response.Content.Headers
        );
    }

    /// <summary>Makes a user and gives back the id.</summary>
    public async Task<string> UserAsync(string userName, string more = "")
    {
        var made = await SendAsync(
            "POST",
            "/Users",
            $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{userName}}"{{more}}}"""
        );
        return made.Status == 201
            ? made.Json["id"]!.GetValue<string>()
            : throw new InvalidOperationException($"{made.Status}: {made.Text}");
    }

    /// <summary>Makes a group and gives back the id.</summary>
    public async Task<string> GroupAsync(string name, params string[] members)
    {
        var list = string.Join(",", members.Select(m => $$"""{"value":"{{m}}"}"""));
        var made = await SendAsync(
            "POST",
            "/Groups",
            $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{{name}}","members":[{{list}}]}"""
        );
        return made.Status == 201
            ? made.Json["id"]!.GetValue<string>()
            : throw new InvalidOperationException($"{made.Status}: {made.Text}");
    }

    /// <summary>Sends a PATCH with these operations.</summary>
    public Task<Answer> PatchAsync(string path, string operations, Action<HttpRequestMessage>? prepare = null) =>
        SendAsync(
            "PATCH",
            path,
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""",
            prepare
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(int Status, string Text, string? ContentType, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    /// <summary>The body as JSON.</summary>
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    /// <summary>The keyword of an error; null for none.</summary>
    public string? ScimType => Json["scimType"]?.GetValue<string>();

    /// <summary>A header of the answer; null when it is not there.</summary>
    public string? Header(string name) =>
        Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : null;
}
