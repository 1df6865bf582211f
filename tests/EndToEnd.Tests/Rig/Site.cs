using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Playwright;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>
/// The real host with the workspace <c>acme</c>, to be opened in browsers. What a test does not look at is done by acts
/// of the core; what it looks at, through the pages.
/// </summary>
public sealed class Site : IAsyncDisposable
{
    /// <summary>The password of everybody who joins by <see cref="JoinAsync"/>.</summary>
    public const string Password = "correct horse battery staple 9";

    /// <summary>The address of the first admin.</summary>
    public const string Ada = "ada@example.com";

    private static readonly string[] UserSchemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];

    private readonly HashSet<string> _joined = [];
    private readonly BrowserSession _browser;
    private readonly TestDatabase _database;
    private readonly ConcurrentBag<IPage> _pages = [];

    private Site(BrowserSession browser, TestDatabase database, TestServer server, WorkspaceContext workspace)
    {
        _browser = browser;
        _database = database;
        Server = server;
        Workspace = workspace;
    }

    /// <summary>The host.</summary>
    public TestServer Server { get; }

    /// <summary>The workspace <c>acme</c>.</summary>
    public WorkspaceContext Workspace { get; }

    /// <summary>Its database, for another server on it.</summary>
    public TestDatabase Database => _database;

    /// <summary>The directory of the workspace.</summary>
    public Actor Directory =>
        new()
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Microsoft Entra",
            Workspace = Workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };

    /// <summary>Starts it with an empty workspace: no admin yet.</summary>
    /// <param name="browser">The browser of the run.</param>
    /// <param name="kind">The database.</param>
    /// <param name="preset">The preset of the workspace.</param>
    /// <param name="time">The clock; null for the real one.</param>
    /// <param name="configure">Last word on the registrations; null for none.</param>
    /// <param name="set">More settings by name.</param>
    public static async Task<Site> StartAsync(
        BrowserSession browser,
        Testing.Database kind,
        string preset = "seats",
        TimeProvider? time = null,
        Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? configure = null,
        params (string Name, string Value)[] set
    )
    {
        var database = await TestDatabase.NewAsync(kind);
        var server = await TestServer.StartAsync(database, time, configure: configure, set: set);
        return new(browser, database, server, await NewWorkspaceAsync(server, "acme", "Acme", preset));
    }

    /// <summary>Another workspace on the same server.</summary>
    public static async Task<WorkspaceContext> NewWorkspaceAsync(TestServer server, string slug, string name, string preset = "seats") =>
        (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new(slug, name, preset), default)).Value;

    /// <summary>A one-time link for an admin.</summary>
    public async Task<string> AdminLinkAsync(string email = Ada) => Server.Links.AdminSignIn(await AdminSecretAsync(email));

    /// <summary>A page on which nobody is signed in.</summary>
    public async Task<IPage> NewPageAsync(int width = 1280, int height = 800, bool dark = false, bool script = true)
    {
        var page = await _browser.NewPageAsync(Server.PublicUrl.ToString(), width, height, dark, script);
        _pages.Add(page);
        return page;
    }

    /// <summary>A page on which an admin is signed in, standing on the member list.</summary>
    public async Task<IPage> AdminPageAsync(string email = Ada, bool script = true, string path = "/w/acme/members")
    {
        var opened = _joined.Contains(email)
            ? await Server.Service<SignInLocally>().RunAsync(email, Password, Browser.Unknown, default)
            : await new UseOneTimeLink(Server.Store).RunAsync(await AdminSecretAsync(email), Browser.Unknown, default);
        return await SignedInPageAsync(opened.Value, script, path);
    }

    /// <summary>A page with a session.</summary>
    public async Task<IPage> SignedInPageAsync(OpenedSession session, bool script = true, string path = "/")
    {
        var page = await NewPageAsync(script: script);
        await page.Context.AddCookiesAsync([
            new()
            {
                Name = "__Host-session",
                Value = session.Secret,
                Url = "https://localhost/",
                Secure = true,
                HttpOnly = true,
            },
        ]);
        await page.GotoAsync(path);
        return page;
    }

    /// <summary>Somebody who is invited by the operator, makes an account and joins.</summary>
    /// <param name="email">Their address.</param>
    /// <param name="role">The role's key.</param>
    /// <param name="givenName">First name; null for none.</param>
    /// <param name="familyName">Last name; null for none.</param>
    /// <param name="into">The workspace; null for <c>acme</c>.</param>
    public async Task<(OpenedSession Session, Member Member)> JoinAsync(
        string email,
        string role,
        string? givenName = null,
        string? familyName = null,
        WorkspaceContext? into = null
    )
    {
        var secret = (await InviteAsync(email, role, into: into)).LinkSecret;
        var opened = await Server
            .Service<CreateLocalAccount>()
            .RunAsync(
                secret,
                email,
                $"{givenName} {familyName}".Trim() is { Length: > 0 } name ? name : email.Split('@')[0],
                Password,
                Browser.Unknown,
                default
            );
        var who = await Server.Service<ReadSession>().RunAsync(opened.Value.Secret, null, default);
        var redeemed = await Server.Service<AcceptInvitation>().RunAsync(who!, secret, givenName, familyName, default);
        _joined.Add(email);
        return (opened.Value, redeemed.Value.Member);
    }

    /// <summary>Somebody who is invited and has not joined.</summary>
    public async Task<IssuedInvitation> InviteAsync(
        string email,
        string? role = null,
        IdentityProvider provider = IdentityProvider.Any,
        WorkspaceContext? into = null
    ) => (
            await Server
                .Service<InvitePeople>()
                .RunAsync(
                    Actor.Operator with
                    {
                        Name = "Ada Lovelace",
                    },
                    (into ?? Workspace).Id,
                    new()
                    {
                        UserNames = [email],
                        Role = role,
                        Provider = provider,
                        SendMail = false,
                    },
                    default
                )
        ).Value[0].Outcome.Value;

    /// <summary>Somebody whom the directory brings in.</summary>
    public async Task<Member> ProvisionAsync(string userName, string? givenName = null, string? familyName = null, bool active = true) =>
        (
            await Server
                .Service<ProvisionMember>()
                .RunAsync(
                    Directory,
                    Workspace.Id,
                    new()
                    {
                        UserName = userName,
                        GivenName = givenName,
                        FamilyName = familyName,
                        Email = userName,
                        Active = active,
                    },
                    default
                )
        ).Value;

    /// <summary>A group with these people; of the directory unless said otherwise.</summary>
    public async Task<Group> GroupAsync(string name, IEnumerable<Member> members, Actor? by = null) =>
        (
            await Server
                .Service<CreateGroup>()
                .RunAsync(by ?? Directory, Workspace.Id, new() { DisplayName = name }, [.. members.Select(m => m.Id)], default)
        )
            .Value
            .Group;

    /// <summary>Gives the workspace attributes of its own, in place of those that it has.</summary>
    public async Task DefineAsync(params CustomAttribute[] attributes)
    {
        var now = Workspace.Configuration;
        var wanted = now with { Scim = now.Scim with { Attributes = attributes } };
        var changed = await Server.Service<ChangeConfiguration>().RunAsync(Actor.Operator, Workspace.Id, null, wanted, default);
        Xunit.Assert.True(changed.Done, changed.Refusal?.Message);
    }

    /// <summary>Notes that somebody was here that long ago.</summary>
    public Task SeenAsync(Member member, TimeSpan ago) =>
        Server.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "member.seen",
            attempt =>
            {
                var at = attempt.At - ago;
                attempt.Changes.AddIfMissing(
                    new MemberActivity
                    {
                        WorkspaceId = member.WorkspaceId,
                        MemberId = member.Id,
                        FirstSignInAt = at,
                        LastSignInAt = at,
                        LastActiveAt = at,
                    }
                );
                return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
            },
            default
        );

    /// <summary>A directory's client with a token of its own.</summary>
    /// <param name="at">The server that it calls; null for the first.</param>
    public async Task<HttpClient> ScimAsync(TestServer? at = null)
    {
        var made = await Server
            .Service<CreateScimCredential>()
            .RunAsync(Actor.Operator, Workspace.Id, "Microsoft Entra", TimeSpan.FromDays(365), default);
        return ScimClient($"{(at ?? Server).Settings.Urls[0].ToString().TrimEnd('/')}/scim/v2/acme", made.Value.Token);
    }

    /// <summary>A directory's client; relative addresses begin without a slash.</summary>
    public static HttpClient ScimClient(string url, string token)
    {
        var http = new HttpClient { BaseAddress = new Uri(url + "/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>What a directory posts to create a user.</summary>
    public static JsonContent ScimUser(string userName, string givenName, string familyName, bool active = true) =>
        JsonContent.Create(
            new
            {
                schemas = UserSchemas,
                userName,
                externalId = "ext-" + userName,
                active,
                displayName = $"{givenName} {familyName}",
                name = new { givenName, familyName },
                emails = new[]
                {
                    new
                    {
                        value = userName,
                        type = "work",
                        primary = true,
                    },
                },
            },
            new MediaTypeHeaderValue("application/scim+json")
        );

    /// <summary>What the browser complained about.</summary>
    public IReadOnlyList<string> Complaints(IPage page) => _browser.Complaints(page);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var page in _pages)
        {
            await page.Context.CloseAsync(); // a page that stays open goes on working
        }

        await Server.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task<string> AdminSecretAsync(string email) =>
        (await new InviteAdmin(Server.Store).RunAsync(Actor.Operator, Workspace.Id, email, TimeSpan.FromHours(1), default)).Value;
}
