using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>
/// The discovery document against what happens: each thing that it lists works, and what it does not list is refused or is not there.
/// </summary>
public sealed class PromisesTests
{
    private const string ByAssertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>What tokens and answers hold beside the claims about a person.</summary>
    private static readonly HashSet<string> OfProtocol =
    [
        "iss",
        "aud",
        "azp",
        "exp",
        "iat",
        "nbf",
        "jti",
        "nonce",
        "at_hash",
        "c_hash",
        "scope",
        "client_id",
    ];

    [Theory, EachDatabase]
    public async Task What_the_discovery_document_lists_works_and_what_it_does_not_list_is_refused(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        using var http = new HttpClient { BaseAddress = scene.Server.PublicUrl };
        var document = JsonDocument.Parse(await http.GetStringAsync("/.well-known/openid-configuration")).RootElement;
        string[] List(string name) => [.. document.GetProperty(name).EnumerateArray().Select(e => e.GetString()!)];
        using var jo = await scene.JoinAsync("jo@acme.com");
        var app = await scene.AppAsync(s => s with { AllowIdTokenFormPost = true });
        using var key = RSA.Create(2048);

        // each response type in each mode; an ID token alone by a form only, as docs/apps.md says
        foreach (var type in List("response_types_supported"))
        {
            foreach (var mode in List("response_modes_supported"))
            {
                var back = await jo.GoAsync(app.Authorize([("response_type", type), ("response_mode", mode), .. WithoutPkce(type)]));
                Assert.True(
                    back.Told.ContainsKey((type, mode) is ("id_token", "query") ? "error" : type),
                    $"{type} by {mode}: {back.Status} {back.Location}"
                );
            }
        }

        // each way to prove oneself, at each endpoint that names it, and none that is not named
        var byKey = await scene.AppAsync(s => s with { JsonWebKeySet = AppProofTests.KeySet(key) });
        var open = await scene.AppAsync(s => s with { RequireClientSecret = false });
        foreach (
            var (endpoint, field) in new[]
            {
                ("token", "token_endpoint_auth_methods_supported"),
                ("introspect", "introspection_endpoint_auth_methods_supported"),
                ("revocation", "revocation_endpoint_auth_methods_supported"),
            }
        )
        {
            foreach (var method in new[] { "client_secret_basic", "client_secret_post", "private_key_jwt", "none", "client_secret_jwt" })
            {
                var who = method switch
                {
                    "private_key_jwt" => byKey,
                    "none" => open,
                    _ => app,
                };
                var code = endpoint == "token" || method == "none" ? (await jo.GoAsync(who.Authorize())).Told["code"] : "";
                (string, string)[] fields =
                    endpoint == "token"
                        ?
                        [
                            ("grant_type", "authorization_code"),
                            ("code", code),
                            ("redirect_uri", TestApp.Back),
                            ("code_verifier", TestApp.Verifier),
                        ]
                        :
                        [
                            (
                                "token",
                                method == "none"
                                    ? (await open.RedeemAsync(code)).Json.GetProperty("access_token").GetString()!
                                    : "of nobody"
                            ),
                        ];
                var status = await ByAsync(scene, who, method, endpoint, fields, key);
                Assert.True(List(field).Contains(method) == (status == 200), $"{method} at {endpoint}: {status}");
            }
        }

        // each algorithm by which an app may sign its proof
        using var ec256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var ec384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var ec521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        foreach (var endpoint in new[] { "token", "introspection", "revocation" })
        {
            Assert.Equal(
                "ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512",
                string.Join(' ', List(endpoint + "_endpoint_auth_signing_alg_values_supported").Order(StringComparer.Ordinal))
            );
        }

        TestApp? byRsa = null;
        foreach (var algorithm in List("token_endpoint_auth_signing_alg_values_supported"))
        {
            SecurityKey signs = algorithm switch
            {
                "ES256" => new ECDsaSecurityKey(ec256),
                "ES384" => new ECDsaSecurityKey(ec384),
                "ES512" => new ECDsaSecurityKey(ec521),
                _ => new RsaSecurityKey(key),
            };
            signs.CryptoProviderFactory = new() { CacheSignatureProviders = false };
            Task<TestApp> MakeAsync() => scene.AppAsync(s => s with { JsonWebKeySet = KeySet(signs) });
            var signing = signs is RsaSecurityKey ? byRsa ??= await MakeAsync() : await MakeAsync();
            var proved = await signing.PostAsync(
                "/connect/introspect",
                ("token", "of nobody"),
                ("client_assertion_type", ByAssertion),
                ("client_assertion", Signed(signing, signs, algorithm, scene))
            );
            Assert.True(proved.Status == 200, $"{algorithm}: {proved.Body}");
        }

        // each grant
        var program = await scene.AppAsync(
            s =>
                s with
                {
                    RedirectUris = [],
                    AllowClientCredentials = true,
                    AllowOfflineAccess = false,
                    Role = "admin",
                    AllowedScopes = AppScopeNames.OfPrograms,
                },
            scene.Workspace.Id
        );
        var tokens = await AppScene.TokensAsync(app, jo);
        var worked = new List<string> { "authorization_code", "implicit" }; // the second is the ID token alone, above
        if ((await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status == 200)
        {
            worked.Add("refresh_token");
        }

        var given = new HashSet<string>(tokens.GetProperty("scope").GetString()!.Split(' '));
        foreach (var scope in AppScopeNames.OfPrograms)
        {
            var itself = await program.PostAsync("/connect/token", ("grant_type", "client_credentials"), ("scope", scope));
            Assert.Equal(200, itself.Status);
            given.Add(scope);
        }

        Assert.Equal(worked.Append("client_credentials").Order(), List("grant_types_supported").Order());
        Assert.Equal(given.Order(), List("scopes_supported").Order());

        // each wish: taken, and none that is not listed
        foreach (var prompt in List("prompt_values_supported"))
        {
            var asked = await jo.GoAsync(app.Authorize(("prompt", prompt)));
            Assert.True(asked.Location is null || !asked.Told.ContainsKey("error"), $"{prompt}: {asked.Location}");
        }

        Assert.Equal("invalid_request", (await jo.GoAsync(app.Authorize(("prompt", "create")))).Told["error"]);

        // each claim: none comes that is not listed, and none is listed that never comes
        var licensed = await scene.OtherAsync("licensed", "licensed");
        using var ada = await scene.JoinAsync("ada@acme.com", licensed);
        await AppAttributeTests.DefineAsync(scene, [new() { Name = "costCenter" }]);
        await AppAttributeTests.SayAsync(scene, """{"costCenter":"4711"}""");
        var learns = await scene.AppAsync(s => s with { Attributes = ["costCenter"] });
        var told = new HashSet<string>();
        foreach (var (who, level) in new[] { (jo, "1"), (ada, "1") })
        {
            var issued = await AppScene.TokensAsync(learns, who);
            var idToken = TestApp.Payload(issued.GetProperty("id_token").GetString()!);
            Assert.Contains(level, List("acr_values_supported"));
            Assert.Equal(level, idToken.GetProperty("acr").GetString());
            Assert.Equal(
                [new JsonWebToken(issued.GetProperty("id_token").GetString()!).Alg],
                List("id_token_signing_alg_values_supported")
            );
            var info = (await learns.UserInfoAsync(issued.GetProperty("access_token").GetString()!)).Json;
            told.UnionWith(idToken.EnumerateObject().Concat(info.EnumerateObject()).Select(c => c.Name));
        }

        told.ExceptWith(OfProtocol);
        told.RemoveWhere(name => name.StartsWith("oi_", StringComparison.Ordinal)); // OpenIddict's own
        Assert.Equal(told.Order(), List("claims_supported").Except(OfProtocol).Order());

        // each kind of subject
        var pair = await scene.AppAsync(s => s with { PairwiseSubject = true });
        string Subject(JsonElement of) => TestApp.Payload(of.GetProperty("id_token").GetString()!).GetProperty("sub").GetString()!;
        Assert.Equal(["pairwise", "public"], List("subject_types_supported").Order());
        Assert.Equal(Subject(tokens), Subject(await AppScene.TokensAsync(open, jo)));
        Assert.NotEqual(Subject(tokens), Subject(await AppScene.TokensAsync(pair, jo)));

        // each address answers, and what has none is not there
        foreach (
            var entry in document
                .EnumerateObject()
                .Where(e => e.Name.EndsWith("_endpoint", StringComparison.Ordinal) || e.Name == "jwks_uri")
        )
        {
            Assert.NotEqual(404, (int)(await http.GetAsync(entry.Value.GetString())).StatusCode);
        }

        foreach (
            var (name, path) in new[]
            {
                ("registration_endpoint", "register"),
                ("device_authorization_endpoint", "deviceauthorization"),
                ("backchannel_authentication_endpoint", "ciba"),
                ("check_session_iframe", "checksession"),
            }
        )
        {
            Assert.False(document.TryGetProperty(name, out _), name);
            Assert.Equal(404, (int)(await http.GetAsync("/connect/" + path)).StatusCode);
        }
    }

    private static (string, string?)[] WithoutPkce(string type) =>
        type == "id_token" ? [("code_challenge", null), ("code_challenge_method", null), ("scope", "openid")] : [];

    /// <summary>The public half of a key, as an app's settings have it.</summary>
    private static string KeySet(SecurityKey key)
    {
        var whole = JsonWebKeyConverter.ConvertFromSecurityKey(key);
        return key is RsaSecurityKey
            ? $$"""{"keys":[{"kty":"RSA","n":"{{whole.N}}","e":"{{whole.E}}"}]}"""
            : $$"""{"keys":[{"kty":"EC","crv":"{{whole.Crv}}","x":"{{whole.X}}","y":"{{whole.Y}}"}]}""";
    }

    private static string Signed(TestApp app, SecurityKey key, string algorithm, AppScene scene) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = app.Id,
                Audience = scene.Server.PublicUrl.ToString().TrimEnd('/'),
                IssuedAt = scene.Clock.Now.UtcDateTime,
                Expires = scene.Clock.Now.AddMinutes(5).UtcDateTime,
                Claims = new Dictionary<string, object> { ["sub"] = app.Id, ["jti"] = app.Id + algorithm },
                SigningCredentials = new(key, algorithm),
            }
        );

    private static async Task<int> ByAsync(
        AppScene scene,
        TestApp app,
        string method,
        string endpoint,
        (string Name, string Value)[] fields,
        RSA key
    )
    {
        var issuer = scene.Server.PublicUrl.ToString().TrimEnd('/');
        (string, string)[] proof = method switch
        {
            "client_secret_post" => [("client_id", app.Id), ("client_secret", app.Secret!)],
            "private_key_jwt" =>
            [
                ("client_assertion_type", ByAssertion),
                ("client_assertion", AppProofTests.Assertion(key, app.Id, issuer, scene.Clock.Now, endpoint)),
            ],
            "client_secret_jwt" =>
            [
                ("client_assertion_type", ByAssertion),
                ("client_assertion", Signed(app, new SymmetricSecurityKey(Encoding.UTF8.GetBytes(app.Secret!)), "HS256", scene)),
            ],
            "none" => [("client_id", app.Id)],
            _ => [],
        };
        using var http = new HttpClient { BaseAddress = scene.Server.PublicUrl };
        if (method == "client_secret_basic")
        {
            http.DefaultRequestHeaders.Authorization = new(
                "Basic",
                Convert.ToBase64String(Encoding.ASCII.GetBytes($"{app.Id}:{app.Secret}"))
            );
        }

        using var form = new FormUrlEncodedContent(proof.Concat(fields).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        return (int)(await http.PostAsync("/connect/" + endpoint, form)).StatusCode;
    }
}
