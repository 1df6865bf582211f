using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;

namespace UserManagement.Identity.Tests;

/// <summary>An answer as a test looks at it.</summary>
internal sealed record Answer(int Status, string Body, string? Location, HttpResponseMessage Response)
{
    /// <summary>The whole of what a client can compare: status, target, cookies' names, body without its tokens and challenges.</summary>
    public string Comparable =>
        $"{Status} {Location} {string.Join(',', Cookies.Select(c => c.Split('=')[0]))} {Regex.Replace(Body, "name=\"__RequestVerificationToken\" value=\"[^\"]*\"|data-options=\"[^\"]*\"", "")}";

    public IReadOnlyList<string> Cookies => Response.Headers.TryGetValues("Set-Cookie", out var set) ? [.. set] : [];
}

/// <summary>A browser without script: keeps cookies, takes the form's token from the page before it posts.</summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly HttpClient _http;

    public Visitor(TestServer server)
    {
        Jar = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        _http = new(Jar) { BaseAddress = server.PublicUrl };
    }

    public CookieJar Jar { get; }

    public string? Session => Jar.Cookies.GetValueOrDefault("__Host-session");

    /// <summary>Sends a header with every request from now on, in place of an earlier one.</summary>
    public void SendAlways(string name, string value)
    {
        _http.DefaultRequestHeaders.Remove(name);
        _http.DefaultRequestHeaders.Add(name, value);
    }

    public async Task<Answer> GetAsync(string path) => await AnswerAsync(await _http.GetAsync(path));

    /// <summary>Opens the page with the form, then posts to the action with the page's token, and the form's number where it has one.</summary>
    public async Task<Answer> SubmitAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var body = (await GetAsync(page)).Body;
        return await PostAsync(
            action,
            [
                .. fields,
                ("__RequestVerificationToken", Token(body)),
                .. PageForm
                    .Of(body)
                    .Where(f => f.Action == action)
                    .SelectMany(f => f.Fields)
                    .Where(f => f.Name == "formNumber")
                    .Select(f => (f.Name, f.Value)),
            ]
        );
    }

    public async Task<Answer> PostAsync(string action, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await AnswerAsync(await _http.PostAsync(action, content));
    }

    public Task<Answer> SignInAsync(string login, string password = Scene.Password, string returnUrl = "/") =>
        SubmitAsync("/signin", "/signin", ("login", login), ("password", password), ("returnUrl", returnUrl));

    /// <summary>Begins a sign-in, lets the provider agree, and brings its answer back.</summary>
    public async Task<Answer> ComeThroughAsync(HostileProvider provider, string start, Func<string, string>? between = null)
    {
        var begun = await GetAsync(start);
        return begun.Status == 303 && begun.Location!.StartsWith("http", StringComparison.Ordinal)
            ? await GetAsync(between?.Invoke(Back(provider, begun.Location)) ?? Back(provider, begun.Location))
            : begun;
    }

    /// <summary>The address to which the provider sends the browser back, with its answer.</summary>
    public static string Back(HostileProvider provider, string authorize)
    {
        var url = new Uri(authorize);
        var to = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(url.Query)["redirect_uri"].ToString();
        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(
            new Uri(to).AbsolutePath,
            provider.Visit(url).Select(a => KeyValuePair.Create(a.Key, (string?)a.Value))
        );
    }

    public static string Token(string body) =>
        TokenField().Match(body) is { Success: true } found ? WebUtility.HtmlDecode(found.Groups[1].Value) : "";

    public void Dispose() => _http.Dispose();

    private static async Task<Answer> AnswerAsync(HttpResponseMessage response) =>
        new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.OriginalString, response);

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]*)\"")]
    private static partial Regex TokenField();
}

/// <summary>A server with the workspace <c>acme</c> on a database of its own.</summary>
internal sealed class Scene : IAsyncDisposable
{
    public const string Password = "a quiet green harbour";
    private readonly TestDatabase _database;

    private Scene(TestDatabase database, TestServer server, HandClock clock, WorkspaceContext workspace)
    {
        _database = database;
        Server = server;
        Clock = clock;
        Workspace = workspace;
    }

    public TestServer Server { get; }

    public HandClock Clock { get; }

    public WorkspaceContext Workspace { get; }

    public static async Task<Scene> NewAsync(Database kind, string preset = "seats", params (string, string)[] set)
    {
        var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var server = await TestServer.StartAsync(
            database,
            clock,
            set: [("SignIn:PlatformNetworks", "127.0.0.0/8"), ("SignIn:PlatformMayUseHttp", "true"), .. set]
        );
        return new(
            database,
            server,
            clock,
            (await server.Service<CreateWorkspace>().RunAsync(Actor.Operator, new("acme", "Acme", preset), default)).Value
        );
    }

    /// <summary>A connection of the installation to a provider.</summary>
    public async Task<IdentityConnection> ConnectAsync(
        HostileProvider provider,
        ConnectionKind kind,
        string name,
        Func<ConnectionDraft, ConnectionDraft>? change = null,
        WorkspaceContext? own = null
    )
    {
        var draft = new ConnectionDraft
        {
            Kind = kind,
            Name = name,
            Authority = provider.Authority,
            ClientId = HostileProvider.ClientId,
            Credential = HostileProvider.ClientSecret,
        };
        ConnectionProbe probe = own is null ? Server.Service<ConnectionProbe>() : (_, _) => Task.FromResult<Membership.Refusal?>(null);
        return (
            await Server
                .Service<CreateConnection>()
                .RunAsync(Actor.Operator, own?.Id ?? default, change?.Invoke(draft) ?? draft, probe, default)
        ).Value;
    }

    public async Task<(string Copied, string? Mailed)> InviteAsync(
        string userName,
        string? role = null,
        IdentityProvider provider = IdentityProvider.Any,
        string? tenant = null,
        Actor? by = null
    )
    {
        var made = (
            await Server
                .Service<InvitePeople>()
                .RunAsync(
                    by ?? Actor.Operator,
                    Workspace.Id,
                    new()
                    {
                        UserNames = [userName],
                        Role = role,
                        Provider = provider,
                        TenantId = tenant,
                    },
                    default
                )
        ).Value[0].Outcome.Value;
        return (made.LinkSecret, Server.Store.Box.OpenText(Invitation.MailPurpose, made.Invitation.MailSealed));
    }

    /// <summary>Somebody who joined over the pages, and is signed in.</summary>
    public async Task<Visitor> JoinAsync(string userName, string? role = null)
    {
        var (_, mailed) = await InviteAsync(userName, role);
        var visitor = new Visitor(Server);
        var joined = await visitor.SubmitAsync(
            $"/invite/{mailed}",
            "/invite/create",
            ("secret", mailed!),
            ("login", userName),
            ("givenName", "Jo"),
            ("familyName", "Harbour"),
            ("password", Password)
        );
        return joined is { Status: 303, Location: "/w/acme" }
            ? visitor
            : throw new InvalidOperationException($"{joined.Status} {joined.Location} {joined.Body}");
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _database.DisposeAsync();
    }
}
