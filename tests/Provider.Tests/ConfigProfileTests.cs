using System.Text.Json;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>
/// The checks of the plan oidcc-config-certification-test-plan, and what the logout plans ask of the same document: which entries
/// OpenID Connect Discovery 1.0 section 3 requires, and that nothing is promised that is not kept.
/// </summary>
public sealed class ConfigProfileTests
{
    /// <summary>The names of the modules that are checked here.</summary>
    internal static IReadOnlyList<string> Modules { get; } =
    [
        "oidcc-discovery-endpoint-verification",
        "oidcc-rp-initiated-logout-discovery-endpoint-verification",
        "oidcc-backchannel-logout-discovery-endpoint-verification",
    ];

    /// <summary>The lists, each whole: <c>PromisesTests</c> tries what they name.</summary>
    private static readonly (string Name, string[] Holds)[] Lists =
    [
        ("scopes_supported", ["openid", "offline_access", "profile", "email", "workspace", "groups", "scim", "api"]),
        ("response_types_supported", ["code", "id_token"]),
        ("response_modes_supported", ["query", "form_post"]),
        ("grant_types_supported", ["authorization_code", "refresh_token", "client_credentials", "implicit"]),
        ("subject_types_supported", ["public", "pairwise"]),
        ("id_token_signing_alg_values_supported", ["RS256"]),
        ("token_endpoint_auth_methods_supported", ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]),
        ("introspection_endpoint_auth_methods_supported", ["client_secret_basic", "client_secret_post", "private_key_jwt"]),
        ("revocation_endpoint_auth_methods_supported", ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]),
        ("prompt_values_supported", ["none", "login", "consent", "select_account"]),
        ("code_challenge_methods_supported", ["S256"]),
        ("acr_values_supported", ["1", "2"]),
    ];

    /// <summary>The endpoints, at the paths that Duende IdentityServer has for them.</summary>
    private static readonly (string Name, string Path)[] Addresses =
    [
        ("authorization_endpoint", "/connect/authorize"),
        ("token_endpoint", "/connect/token"),
        ("userinfo_endpoint", "/connect/userinfo"),
        ("jwks_uri", "/.well-known/openid-configuration/jwks"),
        ("end_session_endpoint", "/connect/endsession"),
        ("introspection_endpoint", "/connect/introspect"),
        ("revocation_endpoint", "/connect/revocation"),
        ("pushed_authorization_request_endpoint", "/connect/par"),
    ];

    [Theory, EachDatabase]
    public async Task The_provider_does_what_the_config_plan_checks(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var issuer = scene.Server.PublicUrl.ToString().TrimEnd('/');
        using var http = new HttpClient { BaseAddress = scene.Server.PublicUrl };
        using var answer = await http.GetAsync("/.well-known/openid-configuration");
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(issuer, document.GetProperty("issuer").GetString());
        foreach (var (name, path) in Addresses)
        {
            Assert.Equal(issuer + path, document.GetProperty(name).GetString());
        }

        foreach (var (name, holds) in Lists)
        {
            var told = document.GetProperty(name).EnumerateArray().Select(v => v.GetString()).ToList();
            Assert.True(
                holds.Order(StringComparer.Ordinal).SequenceEqual(told.Order(StringComparer.Ordinal)),
                $"{name}: {string.Join(' ', told)}"
            );
        }

        // oidcc-backchannel-logout-discovery-endpoint-verification, RFC 9207 section 3, and no promise that is not kept
        foreach (
            var (name, value) in new[]
            {
                ("backchannel_logout_supported", true),
                ("backchannel_logout_session_supported", true),
                ("authorization_response_iss_parameter_supported", true),
                ("request_parameter_supported", false),
                ("request_uri_parameter_supported", false),
                ("claims_parameter_supported", false),
                ("frontchannel_logout_supported", false),
            }
        )
        {
            Assert.True((document.TryGetProperty(name, out var told) && told.GetBoolean()) == value, name);
            // what is not said of request_uri counts as yes (Discovery section 3)
            Assert.True(document.TryGetProperty(name, out _) || name == "frontchannel_logout_supported", name);
        }

        Assert.Equal(document.GetRawText(), await http.GetStringAsync("/.well-known/oauth-authorization-server")); // RFC 8414

        var keys = JsonDocument
            .Parse(await http.GetStringAsync(document.GetProperty("jwks_uri").GetString()))
            .RootElement.GetProperty("keys");
        Assert.Equal(keys.GetArrayLength(), keys.EnumerateArray().Select(k => k.GetProperty("kid").GetString()).Distinct().Count());
        foreach (var key in keys.EnumerateArray())
        {
            Assert.Equal(
                ("RSA", "sig", "RS256"),
                (key.GetProperty("kty").GetString(), key.GetProperty("use").GetString(), key.GetProperty("alg").GetString())
            );
            Assert.Equal(["alg", "e", "kid", "kty", "n", "use"], key.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        }
    }
}
