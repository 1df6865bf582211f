using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Rig;

/// <summary>An answer with its body read.</summary>
/// <param name="Status">The status.</param>
/// <param name="Text">The body.</param>
/// <param name="Headers">All headers.</param>
public sealed record Answer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>A field of the body, down a path with dots.</summary>
    public JsonElement At(string path) =>
        path.Split('.').Aggregate(Json, (json, name) => int.TryParse(name, out var index) ? json[index] : json.GetProperty(name));

    /// <summary>The code of a problem document, which is checked for being one.</summary>
    public string Code
    {
        get
        {
            Assert.Equal("application/problem+json", Headers["Content-Type"]);
            Assert.Equal((int)Status, At("status").GetInt32());
            Assert.EndsWith("/" + At("code").GetString(), At("type").GetString(), StringComparison.Ordinal);
            Assert.NotEmpty(At("detail").GetString()!);
            return At("code").GetString()!;
        }
    }
}

/// <summary>The real host over a test's database with the workspace <c>acme</c> and its first admin, Ada.</summary>
public sealed partial class ApiSite : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private ApiSite(TestDatabase database, TestServer server, WorkspaceContext workspace, string session)
    {
        _database = database;
        Server = server;
        Workspace = workspace;
        AdaSession = session;
    }

    /// <summary>The host.</summary>
    public TestServer Server { get; }

    /// <summary>The workspace <c>acme</c>.</summary>
    public WorkspaceContext Workspace { get; }

    /// <summary>Ada's session.</summary>
    public string AdaSession { get; }

    /// <summary>Starts it.</summary>
    public static async Task<ApiSite> StartAsync(
        Database kind,
        string preset = "seats",
        TimeProvider? time = null,
        params (string Name, string Value)[] set
    )
    {
        var database = await TestDatabase.NewAsync(kind);
        // No test asks a provider on the internet whether it is there.
        var server = await TestServer.StartAsync(
            database,
            time,
            set: set,
            configure: b => b.Services.AddSingleton<ConnectionProbe>((_, _) => Task.FromResult<Refusal?>(null))
        );
        var (workspace, session) = await NewWorkspaceAsync(server, "acme", preset, "ada@example.com");
        return new(database, server, workspace, session);
    }

    /// <summary>Another workspace with an admin of its own.</summary>
    public static async Task<(WorkspaceContext Workspace, string Session)> NewWorkspaceAsync(
        TestServer server,
        string slug,
        string preset,
        string email
    )
    {
        var made = await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new(slug, slug, preset), Ct);
        var link = await new InviteAdmin(server.Store).RunAsync(Actor.Operator, made.Value.Id, email, TimeSpan.FromHours(1), Ct);
        var opened = await new UseOneTimeLink(server.Store).RunAsync(link.Value, Browser.Unknown, Ct);
        return (made.Value, opened.Value.Secret);
    }

    /// <summary>A key that the operator makes.</summary>
    public async Task<IssuedApiKey> KeyAsync(string role = "admin", WorkspaceContext? workspace = null, int days = 30) =>
        (
            await Server
                .Service<CreateApiKey>()
                .RunAsync(Actor.Operator, (workspace ?? Workspace).Id, $"Key of {role}", role, TimeSpan.FromDays(days), Ct)
        ).Value;

    /// <summary>A program with a key of that role.</summary>
    public async Task<ApiClient> ProgramAsync(string role = "admin") => new(Server, (await KeyAsync(role)).Key);

    /// <summary>A key of whoever runs the server.</summary>
    public async Task<string> OperatorKeyAsync(string name = "Billing", int days = 30) =>
        (await Server.Service<CreateOperatorKey>().RunAsync(Actor.Operator, name, TimeSpan.FromDays(days), Ct)).Value.Key;

    /// <summary>Makes somebody an operator, whose session has shown a second factor.</summary>
    /// <param name="login">By what they sign in.</param>
    /// <param name="session">Their session.</param>
    public async Task MakeOperatorAsync(string login, string session)
    {
        Assert.True((await Server.Service<AllowOperator>().RunAsync(Actor.Operator, login, true, Ct)).Done);
        var hash = Secret.Hash(session);
        await Server.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test.factor",
            async attempt =>
            {
                var row = await attempt.Db.Sessions.SingleAsync(s => s.SecretHash == hash, Ct);
                attempt.Changes.Update(row, row with { SecondProvenAt = attempt.At, SecondProvenBy = "totp" });
                attempt.Changes.Add(
                    new SecondFactor
                    {
                        AccountId = row.AccountId,
                        TotpSealed = [1],
                        TotpConfirmedAt = attempt.At,
                        Version = 1,
                    }
                );
                return default(Nothing);
            },
            Ct
        );
    }

    /// <summary>Somebody whom the directory brings in.</summary>
    public async Task<Member> ProvisionAsync(string userName, string? givenName = null, string? familyName = null) =>
        (
            await Server
                .Service<ProvisionMember>()
                .RunAsync(
                    new()
                    {
                        Kind = ActorKind.Directory,
                        Door = Membership.Access.Door.Scim,
                        Name = "Entra",
                        Workspace = Workspace.Id,
                        Permissions = Actor.DirectoryPermissions,
                    },
                    Workspace.Id,
                    new()
                    {
                        UserName = userName,
                        GivenName = givenName,
                        FamilyName = familyName,
                        Email = userName,
                        Keys = [FindableBy.AnyCase(MemberKey.Emails, userName)], // as the SCIM door says it
                    },
                    Ct
                )
        ).Value;

    /// <summary>Somebody who is invited by the operator, makes an account with a password and joins.</summary>
    public async Task<(string Session, Member Member)> JoinAsync(string email, string role)
    {
        var asked = await Server
            .Service<InvitePeople>()
            .RunAsync(
                Actor.Operator,
                Workspace.Id,
                new()
                {
                    UserNames = [email],
                    Role = role,
                    SendMail = false,
                },
                Ct
            );
        var secret = asked.Value[0].Outcome.Value.LinkSecret;
        var opened = await Server
            .Service<CreateLocalAccount>()
            .RunAsync(secret, email, email.Split('@')[0], "correct horse battery staple 9", Browser.Unknown, Ct);
        var who = await Server.Service<ReadSession>().RunAsync(opened.Value.Secret, null, Ct);
        var redeemed = await Server.Service<AcceptInvitation>().RunAsync(who!, secret, null, null, Ct);
        return (opened.Value.Secret, redeemed.Value.Member);
    }

    /// <summary>A page's own script: a session with the page's antiforgery cookie and token.</summary>
    public async Task<ApiClient> PageAsync(string session)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = Server.PublicUrl,
        };
        browser.DefaultRequestHeaders.Add("Cookie", "__Host-session=" + session);
        using var page = await browser.GetAsync("/workspaces", Ct);
        var cookie = page
            .Headers.GetValues("Set-Cookie")
            .Select(c => c.Split(';')[0])
            .Single(c => c.StartsWith("__Host-um-form", StringComparison.Ordinal));
        return new(
            Server,
            null,
            session,
            (cookie, WebUtility.HtmlDecode(Token().Match(await page.Content.ReadAsStringAsync(Ct)).Groups[1].Value))
        );
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}

/// <summary>A caller of the REST door: with a key, with a cookie, or with nothing.</summary>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="server">Where it goes.</param>
    /// <param name="key">The API key; null for none.</param>
    /// <param name="session">The session's secret; null for none.</param>
    /// <param name="antiforgery">The antiforgery cookie and token of a page; null for none.</param>
    public ApiClient(TestServer server, string? key, string? session = null, (string Cookie, string Token)? antiforgery = null)
    {
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.PublicUrl };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Add("Authorization", "Bearer " + key);
        }

        if (session is not null)
        {
            _http.DefaultRequestHeaders.Add("Cookie", $"__Host-session={session}" + (antiforgery is { } a ? $"; {a.Cookie}" : ""));
        }

        if (antiforgery is { } page)
        {
            _http.DefaultRequestHeaders.Add("RequestVerificationToken", page.Token);
        }
    }

    /// <summary>Sends a request below <c>/api/v1</c>.</summary>
    /// <param name="method">GET, POST ...</param>
    /// <param name="path">Below the door's root; one that begins with <c>acme</c> is below that workspace.</param>
    /// <param name="body">A text as it stands, or anything else as JSON; null for none.</param>
    /// <param name="headers">Further headers.</param>
    public async Task<Answer> SendAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(
            new(method),
            "/api/v1/" + (path.StartsWith("acme", StringComparison.Ordinal) ? "workspaces/" + path : path.TrimStart('/'))
        );
        if (body is not null)
        {
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = new(value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await _http.SendAsync(request);
        return new(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response
                .Headers.Concat(response.Content.Headers)
                .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase)
        );
    }

    /// <summary>Reads.</summary>
    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
