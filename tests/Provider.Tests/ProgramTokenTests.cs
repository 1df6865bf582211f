using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>Apps that act for themselves at the SCIM and the REST door of their workspace.</summary>
public sealed class ProgramTokenTests
{
    private static readonly string[] UserSchemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
    private static readonly string[] ScimOnly = [AppScopeNames.Scim];

    [Theory, EachDatabase]
    public async Task A_token_opens_the_doors_of_its_workspace_and_no_other(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        await scene.OtherAsync("other");
        var app = await ProgramAsync(scene);
        var answer = await AskAsync(app);
        Assert.InRange(answer.Json.GetProperty("expires_in").GetInt32(), 590, 600);
        var token = Token(answer);
        Assert.StartsWith("umat_", token, StringComparison.Ordinal);

        Assert.Equal(200, await ScimAsync(scene, token));
        Assert.Equal(200, await RestAsync(scene, token));
        Assert.Equal(401, await ScimAsync(scene, token, "other"));
        Assert.Equal(404, await RestAsync(scene, token, "other"));
        foreach (var wrong in new[] { token + "x", token[..^1], "umat_" + new string('a', 43), "umat_" })
        {
            Assert.Equal((401, 401), (await ScimAsync(scene, wrong), await RestAsync(scene, wrong)));
        }

        // a door at a time, and none for what is not the app's
        var scim = Token(await AskAsync(app, ("scope", "scim")));
        Assert.Equal((200, 401), (await ScimAsync(scene, scim), await RestAsync(scene, scim)));
        Assert.Equal("invalid_scope", (await AskAsync(app, ("scope", "root"))).Json.GetProperty("error").GetString());
        Assert.Equal("invalid_client", (await AskAsync(app, ("client_secret", "umapp_wrong"))).Json.GetProperty("error").GetString());
        var without = await scene.AppAsync(s => s with { AllowClientCredentials = true, RedirectUris = [] }, scene.Workspace.Id);
        Assert.NotEqual(200, (await AskAsync(without, ("scope", "scim"))).Status);
        Assert.DoesNotContain("umat_", (await AskAsync(without)).Body, StringComparison.Ordinal);

        // what is done is told in the app's name
        Assert.Equal(201, await CreateAsync(scene, token, "grace@acme.test"));
        var me = await GetAsync(scene, token, "/api/v1/me");
        Assert.Equal("Nightly", me.Json.GetProperty("name").GetString());
        await using (var db = scene.Server.Store.Read())
        {
            Assert.Contains(db.AuditEntries.ToList(), e => e is { Act: "member.provisioned", ActorName: "Nightly" });
        }

        scene.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal((401, 401), (await ScimAsync(scene, token), await RestAsync(scene, token)));
    }

    [Theory, EachDatabase]
    public async Task A_token_ends_with_its_secret_its_settings_its_maker_and_its_app(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await ProgramAsync(scene);
        var store = scene.Server.Store;
        var old = Token(await AskAsync(app));
        var second = (await new AddClientSecret(store).RunAsync(Actor.Operator, scene.Workspace.Id, app.Id, default)).Value;
        var other = Token(await AskAsync(app, ("client_secret", second.Secret!)));
        Assert.True(await app.IsActiveAsync(old));

        await new RemoveClientSecret(store).RunAsync(
            Actor.Operator,
            scene.Workspace.Id,
            app.Id,
            ClientSecrets.Of(second.Row)[0].Id,
            default
        );
        Assert.Equal((401, 401), (await ScimAsync(scene, old), await RestAsync(scene, old)));
        Assert.Equal((200, 200), (await ScimAsync(scene, other), await RestAsync(scene, other)));
        app.Secret = second.Secret;
        Assert.False(await app.IsActiveAsync(old));
        Assert.True(await app.IsActiveAsync(other));

        var settings = ClientSettings.Of(second.Row);
        await ChangeAsync(settings with { AllowedScopes = ScimOnly, Role = null });
        Assert.Equal((200, 401), (await ScimAsync(scene, other), await RestAsync(scene, other)));
        await ChangeAsync(settings with { AllowClientCredentials = false, AllowedScopes = [], Role = null, RedirectUris = [TestApp.Back] });
        Assert.Equal((401, 401), (await ScimAsync(scene, other), await RestAsync(scene, other)));
        await ChangeAsync(settings);
        Assert.Equal((200, 200), (await ScimAsync(scene, other), await RestAsync(scene, other)));

        Assert.Equal(200, (await app.PostAsync("/connect/revocation", ("token", other))).Status);
        Assert.Equal((401, 401), (await ScimAsync(scene, other), await RestAsync(scene, other)));

        // who gave the role stands behind it
        using var boss = await scene.JoinAsync("boss@acme.test");
        var member = await scene.MemberAsync("boss@acme.test");
        using var another = await scene.JoinAsync("second@acme.test"); // so that it is not the last admin who goes
        foreach (var admin in new[] { member, await scene.MemberAsync("second@acme.test") })
        {
            var assigned = await scene
                .Server.Service<Membership.Roles.AssignRole>()
                .RunAsync(Actor.Operator, scene.Workspace.Id, admin.Id, "admin", default);
            Assert.True(assigned.Done, assigned.Refusal?.Message);
        }

        var actor = new Actor
        {
            Kind = ActorKind.Member,
            Door = Door.Page,
            Name = "Boss",
            Id = member.Id.Value,
            Workspace = scene.Workspace.Id,
            Member = member.Id,
            Role = "admin",
            Permissions = Permission.All.ToHashSet(),
            FreshUntil = DateTimeOffset.MaxValue,
        };
        var changed = await new ChangeClient(store).RunAsync(actor, scene.Workspace.Id, app.Id, null, settings, default);
        Assert.True(changed.Done, changed.Refusal?.Message);
        var backed = Token(await AskAsync(app));
        Assert.Equal(200, await RestAsync(scene, backed));
        Assert.True((await scene.Server.Service<SuspendMember>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, default)).Done);
        Assert.Equal((200, 401), (await ScimAsync(scene, backed), await RestAsync(scene, backed)));
        Assert.False((await new ClientPage(store).OneAsync(Actor.Operator, scene.Workspace.Id, app.Id, default)).Value.HasRole);

        await new RemoveClient(store).RunAsync(Actor.Operator, scene.Workspace.Id, app.Id, default);
        Assert.Equal((401, 401), (await ScimAsync(scene, backed), await RestAsync(scene, backed)));
        Assert.Equal("invalid_client", (await AskAsync(app)).Json.GetProperty("error").GetString());

        Task<Membership.Outcome<Client>> ChangeAsync(ClientSettings to) =>
            new ChangeClient(store).RunAsync(Actor.Operator, scene.Workspace.Id, app.Id, null, to, default);
    }

    [Theory, EachDatabase]
    public async Task A_token_that_was_got_by_a_key_ends_with_that_key(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        using var key = RSA.Create(2048);
        var app = await ProgramAsync(scene, s => s with { JsonWebKeySet = KeySet(key) });
        var assertion = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = app.Id,
                Audience = scene.Server.PublicUrl.ToString().TrimEnd('/'),
                TokenType = "JWT",
                IssuedAt = scene.Clock.Now.UtcDateTime,
                Expires = scene.Clock.Now.AddMinutes(5).UtcDateTime,
                Claims = new Dictionary<string, object> { ["sub"] = app.Id, ["jti"] = "1" },
                SigningCredentials = new(new RsaSecurityKey(key) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256),
            }
        );
        var token = Token(
            await AskAsync(
                app,
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion)
            )
        );
        Assert.Equal((200, 200), (await ScimAsync(scene, token), await RestAsync(scene, token)));
        using var another = RSA.Create(2048);
        var changed = await scene
            .Server.Service<ChangeClient>()
            .RunAsync(
                Actor.Operator,
                scene.Workspace.Id,
                app.Id,
                null,
                ClientSettings.Of(app.Client) with
                {
                    JsonWebKeySet = KeySet(another),
                },
                default
            );
        Assert.True(changed.Done);
        Assert.Equal((401, 401), (await ScimAsync(scene, token), await RestAsync(scene, token)));
    }

    private static string KeySet(RSA key)
    {
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.ExportParameters(false)));
        return JsonSerializer.Serialize(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "RSA",
                        kid = "k1",
                        n = jwk.N,
                        e = jwk.E,
                    },
                },
            }
        );
    }

    [Theory, EachDatabase]
    public async Task No_person_hands_a_door_to_an_app(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await ProgramAsync(scene, s => s with { RedirectUris = [TestApp.Back], RequireConsent = false });
        using var browser = await scene.JoinAsync("grace@acme.test");
        var back = await browser.GoAsync(app.Authorize(("scope", "openid scim")));
        Assert.Equal("invalid_scope", back.Told["error"]);
        Assert.Equal(
            "invalid_scope",
            (await app.PostAsync("/connect/par", [.. app.Parameters(("scope", "openid api")).Select(p => (p.Key, p.Value!))]))
                .Json.GetProperty("error")
                .GetString()
        );
        var tokens = await AppScene.TokensAsync(app, browser, ("scope", "openid email"));
        Assert.Equal(
            (401, 401),
            (
                await ScimAsync(scene, tokens.GetProperty("access_token").GetString()!),
                await RestAsync(scene, tokens.GetProperty("access_token").GetString()!)
            )
        );
    }

    [Theory, EachDatabase]
    public async Task Its_requests_cost_no_more_statements_than_those_of_todays_tokens(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var store = scene.Server.Store;
        var token = Token(await AskAsync(await ProgramAsync(scene)));
        var key = (
            await new CreateApiKey(store).RunAsync(Actor.Operator, scene.Workspace.Id, "HR", "viewer", TimeSpan.FromDays(1), default)
        )
            .Value
            .Key;
        var directory = (await new CreateScimCredential(store).RunAsync(Actor.Operator, scene.Workspace.Id, "Entra", null, default))
            .Value
            .Token;
        var (rest, scim) = (new RecognizeApiKey(store), new RecognizeScimToken(store));

        // the first ones note the use as well, and EF begins to tell of its statements within a second
        Assert.NotNull(await rest.RunAsync(token, null, default));
        Assert.NotNull(await scim.RunAsync("acme", token, null, default));
        Assert.NotNull(await scim.RunAsync("acme", directory, null, default));
        await Until.TrueAsync(async () => await CountAsync(() => rest.RunAsync(key, null, default)) == 1);
        Assert.Equal(1, await CountAsync(() => scim.RunAsync("acme", directory, null, default)));
        Assert.Equal(1, await CountAsync(() => rest.RunAsync(token, null, default)));
        Assert.Equal(1, await CountAsync(() => scim.RunAsync("acme", token, null, default)));
    }

    [Theory, EachDatabase]
    public async Task Twenty_ask_at_once_while_the_app_goes(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await ProgramAsync(scene);
        var asked = Enumerable.Range(0, 20).Select(_ => AskAsync(app)).ToList();
        await new RemoveClient(scene.Server.Store).RunAsync(Actor.Operator, scene.Workspace.Id, app.Id, default);
        foreach (var answer in await Task.WhenAll(asked))
        {
            Assert.True(answer.Status is 200 or 400 or 401, answer.Body);
            if (answer.Status == 200)
            {
                Assert.Equal(401, await ScimAsync(scene, Token(answer)));
            }
        }
    }

    /// <summary>The statements that a piece of work sends, below EF and by it.</summary>
    private static async Task<int> CountAsync(Func<Task> work)
    {
        using var reads = ReadLog.Start();
        using var statements = StatementLog.Start();
        await work();
        return reads.Statements.Count + statements.Statements.Count;
    }

    private static Task<TestApp> ProgramAsync(AppScene scene, Func<ClientSettings, ClientSettings>? change = null)
    {
        var settings = new ClientSettings
        {
            ClientName = "Nightly",
            AllowClientCredentials = true,
            AllowedScopes = [AppScopeNames.Scim, AppScopeNames.Api, AppScopeNames.Email],
            Role = "admin",
        };
        return scene.AppAsync(_ => change?.Invoke(settings) ?? settings, scene.Workspace.Id);
    }

    private static Task<Answer> AskAsync(TestApp app, params (string Name, string Value)[] more) =>
        app.PostAsync("/connect/token", [("grant_type", "client_credentials"), .. more]);

    private static string Token(Answer answer) =>
        answer.Status == 200 ? answer.Json.GetProperty("access_token").GetString()! : throw new InvalidOperationException(answer.Body);

    private static async Task<int> ScimAsync(AppScene scene, string token, string slug = "acme") =>
        (await GetAsync(scene, token, $"/scim/v2/{slug}/Users?count=1")).Status;

    private static async Task<int> RestAsync(AppScene scene, string token, string slug = "acme") =>
        (await GetAsync(scene, token, $"/api/v1/workspaces/{slug}/members")).Status;

    private static async Task<Answer> GetAsync(AppScene scene, string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", token) } };
        return await Browser.AnswerAsync(await scene.Server.Client.SendAsync(request));
    }

    private static async Task<int> CreateAsync(AppScene scene, string token, string userName)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/scim/v2/acme/Users")
        {
            Headers = { Authorization = new("Bearer", token) },
            Content = JsonContent.Create(new { schemas = UserSchemas, userName }, new MediaTypeHeaderValue("application/scim+json")),
        };
        return (int)(await scene.Server.Client.SendAsync(request)).StatusCode;
    }
}
