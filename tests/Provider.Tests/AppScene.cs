using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;

namespace UserManagement.Provider.Tests;

/// <summary>An answer as a test looks at it.</summary>
internal sealed record Answer(int Status, string Body, string? Location, HttpResponseMessage Response)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>Where a page leads by itself.</summary>
    public string? Refresh => Response.Headers.TryGetValues("Refresh", out var refresh) ? refresh.Single()["0; url=".Length..] : null;

    /// <summary>What an app is told, in the address or by a form that posts itself to it.</summary>
    public IReadOnlyDictionary<string, string> Told =>
        Location is null
            ? PageForm.Of(Body).Single(f => f.Action == TestApp.Back).Fields.ToDictionary(f => f.Name, f => f.Value)
            : QueryHelpers.ParseQuery(new Uri(Location).Query).ToDictionary(p => p.Key, p => p.Value.ToString());
}

/// <summary>A browser without script: keeps cookies, follows what stays on the server, stops at pages and at what leaves it.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _http;
    private readonly TestServer _server;

    public Browser(TestServer server)
    {
        _server = server;
        Jar = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        _http = new(Jar) { BaseAddress = server.PublicUrl };
        _http.DefaultRequestHeaders.Accept.ParseAdd("text/html, */*;q=0.8");
    }

    public CookieJar Jar { get; }

    public async Task<Answer> GetAsync(string path) => await AnswerAsync(await _http.GetAsync(path));

    /// <summary>Goes on as long as the way stays here.</summary>
    public async Task<Answer> FollowAsync(Answer answer)
    {
        for (var i = 0; i < 10; i++)
        {
            if (answer.Status == 500)
            {
                throw new InvalidOperationException(_server.Log);
            }

            var next = answer.Status is 302 or 303 ? answer.Location : answer.Refresh;
            if (next is null || (!next.StartsWith('/') && !next.StartsWith(_http.BaseAddress!.ToString(), StringComparison.Ordinal)))
            {
                return answer;
            }

            answer = await GetAsync(next);
        }

        throw new InvalidOperationException("It goes round in circles: " + answer.Location + answer.Refresh);
    }

    public async Task<Answer> GoAsync(string path) => await FollowAsync(await GetAsync(path));

    /// <summary>Sends a form from a page of another site: without the cookies that are kept from such (SameSite=Lax), and goes on.</summary>
    public async Task<Answer> PostFromElsewhereAsync(string action, params (string Name, string Value)[] fields)
    {
        using var bare = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = _http.BaseAddress,
        };
        using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await FollowAsync(await AnswerAsync(await bare.PostAsync(action, content)));
    }

    public async Task<Answer> PostAsync(string action, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await AnswerAsync(await _http.PostAsync(action, content));
    }

    /// <summary>Sends the form of a page that posts to an address, with some fields filled in, and goes on from there.</summary>
    public async Task<Answer> SubmitAsync(Answer page, string action, params (string Name, string? Value)[] fields)
    {
        var form =
            PageForm.Of(page.Body).FirstOrDefault(f => f.Action == action)
            ?? throw new InvalidOperationException($"No form to {action} on: {page.Status} {page.Location} {page.Body}");
        using var content = form.With(fields).Content();
        return await FollowAsync(await AnswerAsync(await _http.PostAsync(action, content)));
    }

    public static async Task<Answer> AnswerAsync(HttpResponseMessage response) =>
        new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.OriginalString, response);

    public void Dispose() => _http.Dispose();
}

/// <summary>An app as it is at work: its registration, its secret, and what it does by itself.</summary>
internal sealed class TestApp(TestServer server, Client client, string? secret)
{
    public const string Back = "https://app.example.org/signin-oidc";
    public const string Verifier = "a-code-verifier-that-is-long-enough-for-rfc-7636-0";

    public Client Client => client;

    public string Id => client.ClientId!;

    public string? Secret { get; set; } = secret;

    /// <summary>Whether it sends PKCE.</summary>
    public bool Pkce { get; init; } = true;

    /// <summary>How it wants its answers; null for as it comes.</summary>
    public string? ResponseMode { get; init; }

    /// <summary>The server that it speaks to.</summary>
    public Uri At { get; init; } = server.PublicUrl;

    public static string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>The address of a request that is right, but for what is said otherwise; null leaves a parameter out.</summary>
    public string Authorize(params (string Name, string? Value)[] over) =>
        "/connect/authorize" + QueryHelpers.AddQueryString("", Parameters(over));

    public Dictionary<string, string?> Parameters(params (string Name, string? Value)[] over)
    {
        var all = new Dictionary<string, string?>
        {
            ["client_id"] = Id,
            ["redirect_uri"] = Back,
            ["response_type"] = "code",
            ["scope"] = "openid profile email workspace groups offline_access",
            ["state"] = "a state, with ümlaut & =",
            ["nonce"] = "n-0S6_WzA2Mj",
            ["code_challenge"] = Pkce ? Challenge : null,
            ["code_challenge_method"] = Pkce ? "S256" : null,
            ["response_mode"] = ResponseMode,
        };
        foreach (var (name, value) in over)
        {
            all[name] = value;
        }

        return all.Where(p => p.Value is not null).ToDictionary();
    }

    public Task<Answer> RedeemAsync(string code, params (string Name, string Value)[] over) =>
        PostAsync(
            "/connect/token",
            [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", Back),
                .. Pkce ? [("code_verifier", Verifier)] : Array.Empty<(string, string)>(),
                .. over,
            ]
        );

    public Task<Answer> RefreshAsync(string token, params (string Name, string Value)[] more) =>
        PostAsync("/connect/token", [("grant_type", "refresh_token"), ("refresh_token", token), .. more]);

    /// <summary>Posts with the app's own proof; a field that is given twice counts as the last says.</summary>
    public async Task<Answer> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        var all = new Dictionary<string, string> { ["client_id"] = Id };
        if (Secret is not null)
        {
            all["client_secret"] = Secret;
        }

        foreach (var (name, value) in fields)
        {
            all[name] = value;
        }

        using var http = new HttpClient { BaseAddress = At };
        using var content = new FormUrlEncodedContent(all);
        var answer = await Browser.AnswerAsync(await http.PostAsync(path, content));
        return answer.Status < 500 ? answer : throw new InvalidOperationException($"{path} {answer.Status} {server.Log}");
    }

    public async Task<Answer> UserInfoAsync(string accessToken)
    {
        using var http = new HttpClient { BaseAddress = At };
        http.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        return await Browser.AnswerAsync(await http.GetAsync("/connect/userinfo"));
    }

    public async Task<bool> IsActiveAsync(string token) =>
        (await PostAsync("/connect/introspect", ("token", token))).Json.GetProperty("active").GetBoolean();

    /// <summary>What a token says, unchecked.</summary>
    public static JsonElement Payload(string token) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
}

/// <summary>A server with the workspace <c>acme</c> on a database of its own.</summary>
internal sealed class AppScene : IAsyncDisposable
{
    public const string Password = "a quiet green harbour";
    private readonly TestDatabase _database;
    private bool _ownsDatabase;

    private AppScene(TestDatabase database, TestServer server, HandClock clock, WorkspaceContext workspace)
    {
        _database = database;
        Server = server;
        Clock = clock;
        Workspace = workspace;
    }

    public TestDatabase Database => _database;

    public TestServer Server { get; }

    public HandClock Clock { get; }

    public WorkspaceContext Workspace { get; }

    /// <summary>Starts it.</summary>
    /// <param name="kind">The database.</param>
    /// <param name="now">What its clock shows; null for a day of the tests' own. For apps that look at the real one.</param>
    /// <param name="set">Settings beside those that all scenes have.</param>
    public static async Task<AppScene> NewAsync(Database kind, DateTimeOffset? now = null, params (string Name, string Value)[] set)
    {
        var scene = await OnAsync(await TestDatabase.NewAsync(kind), now is { } at ? new HandClock(at) : new HandClock(), null, set);
        scene._ownsDatabase = true;
        return scene;
    }

    /// <summary>Starts it on a database that stays the caller's; at an address where a server was before, or with null at a new one.</summary>
    public static async Task<AppScene> OnAsync(
        TestDatabase database,
        HandClock clock,
        string? address,
        params (string Name, string Value)[] set
    )
    {
        (string, string)[] same = address is null ? [] : [("Urls", address)];
        var server = await TestServer.StartAsync(
            database,
            clock,
            set: [("SignIn:PlatformNetworks", "127.0.0.0/8"), ("SignIn:PlatformMayUseHttp", "true"), .. same, .. set]
        );
        await using var db = server.Store.Read();
        var workspace =
            await WorkspaceContext.BySlugAsync(db, "acme", default)
            ?? (await server.Service<CreateWorkspace>().RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        return new(database, server, clock, workspace);
    }

    public async Task<WorkspaceContext> OtherAsync(string slug, string preset = "seats") =>
        (await Server.Service<CreateWorkspace>().RunAsync(Actor.Operator, new(slug, slug, preset), default)).Value;

    /// <summary>Registers an app: a confidential one of the installation that asks nobody, but for what is said otherwise.</summary>
    public async Task<TestApp> AppAsync(
        Func<ClientSettings, ClientSettings>? change = null,
        Id<Workspace>? workspace = null,
        string? id = null
    )
    {
        var settings = new ClientSettings
        {
            ClientName = "Notes",
            RedirectUris = [TestApp.Back],
            PostLogoutRedirectUris = ["https://app.example.org/signed-out"],
            RequireConsent = false,
            AllowOfflineAccess = true,
            AllowedScopes = AppScopeNames.All,
        };
        var made = (
            await Server.Service<CreateClient>().RunAsync(Actor.Operator, workspace, id, change?.Invoke(settings) ?? settings, default)
        ).Value;
        return new(Server, made.Row, made.Secret);
    }

    /// <summary>Somebody who joined over the pages, and is signed in.</summary>
    public async Task<Browser> JoinAsync(string userName, WorkspaceContext? workspace = null)
    {
        var made = (
            await Server
                .Service<InvitePeople>()
                .RunAsync(Actor.Operator, (workspace ?? Workspace).Id, new() { UserNames = [userName] }, default)
        )
            .Value[0]
            .Outcome
            .Value;
        var browser = new Browser(Server);
        var page = await browser.GetAsync($"/invite/{Server.Store.Box.OpenText(Invitation.MailPurpose, made.Invitation.MailSealed)}");
        var joined = await browser.SubmitAsync(
            page,
            "/invite/create",
            ("login", userName),
            ("givenName", "Jo"),
            ("familyName", "Harbour"),
            ("password", Password)
        );
        return joined.Status == 200 ? browser : throw new InvalidOperationException($"{joined.Status} {joined.Location} {joined.Body}");
    }

    /// <summary>Signs in with a password on the sign-in page to which a request led.</summary>
    public static Task<Answer> SignInAsync(Browser browser, Answer page, string login)
    {
        var form = PageForm
            .Of(page.Body)
            .Single(f => f.Action.EndsWith("/next", StringComparison.Ordinal) || f.Fields.Any(x => x.Name == "password"));
        return form.Action.EndsWith("/next", StringComparison.Ordinal)
            ? NextAsync()
            : browser.SubmitAsync(page, form.Action, ("login", login), ("password", Password));

        async Task<Answer> NextAsync()
        {
            var second = await browser.SubmitAsync(page, form.Action, ("login", login));
            return await SignInAsync(browser, second, login);
        }
    }

    /// <summary>From the app's request to its tokens, by somebody who is signed in.</summary>
    public static async Task<JsonElement> TokensAsync(TestApp app, Browser browser, params (string Name, string? Value)[] over)
    {
        var back = await browser.GoAsync(app.Authorize(over));
        var answer = await app.RedeemAsync(
            (back.Location is not null || app.ResponseMode is not null) && back.Told.TryGetValue("code", out var code)
                ? code
                : throw new InvalidOperationException($"{back.Status} {back.Location} {back.Body}")
        );
        return answer.Status == 200 ? answer.Json : throw new InvalidOperationException(answer.Body);
    }

    public async Task<Membership.Members.Member> MemberAsync(string userName, WorkspaceContext? workspace = null)
    {
        await using var db = Server.Store.Read();
        var (key, id) = (Key.Of(userName), (workspace ?? Workspace).Id);
        return db.Members.Single(m => m.WorkspaceId == id && m.UserNameKey == key);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (_ownsDatabase)
        {
            await _database.DisposeAsync();
        }
    }
}
