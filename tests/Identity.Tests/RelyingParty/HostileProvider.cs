using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity.Tests;

/// <summary>
/// An OpenID provider that is right by itself and wrong wherever a test says so: every document, header, claim,
/// signature and answer can be changed before it goes out.
/// </summary>
internal sealed class HostileProvider : IAsyncDisposable
{
    public const string ClientId = "our client";
    public const string ClientSecret = "s3cret/with +odd=chars and länge";
    public const string Tenant = "11111111-2222-4333-8444-555555555555";
    public const string Person = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
    public static readonly RSA FirstKey = RSA.Create(2048);
    public static readonly RSA SecondKey = RSA.Create(2048);
    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConnectionKind _kind;
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _codes = new();
    private int _nextCode;

    private HostileProvider(WebApplication app, ConnectionKind kind, TimeProvider time)
    {
        (_app, _kind, _time) = (app, kind, time);
        KeyId = "first";
        Keys = [Public(FirstKey, "first")];
        Sign = input => FirstKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    public string Base { get; private set; } = "";

    public string Authority => _kind == ConnectionKind.Entra ? $"{Base}/common/v2.0" : Base;

    /// <summary>How often each path was asked for.</summary>
    public ConcurrentDictionary<string, int> Hits { get; } = new();

    public ConcurrentQueue<(string? Authorization, Dictionary<string, string> Form)> TokenRequests { get; } = new();

    public string KeyId { get; set; }

    public List<Dictionary<string, object?>> Keys { get; set; }

    public Func<byte[], byte[]> Sign { get; set; }

    public Func<Task>? BeforeToken { get; set; }

    public Action<Dictionary<string, object?>> OnDocument { get; set; } = _ => { };

    public Action<Dictionary<string, object?>> OnHeader { get; set; } = _ => { };

    public Action<Dictionary<string, object?>> OnClaims { get; set; } = _ => { };

    public Func<string, string> OnIdToken { get; set; } = t => t;

    public Action<Dictionary<string, object?>> OnTokens { get; set; } = _ => { };

    public Action<Dictionary<string, object?>> OnUserInfo { get; set; } = _ => { };

    public Func<List<KeyValuePair<string, string>>, List<KeyValuePair<string, string>>> OnAnswer { get; set; } = a => a;

    public Func<HttpContext, Task>? InsteadOfKeys { get; set; }

    public Func<HttpContext, Task>? InsteadOfToken { get; set; }

    public Func<HttpContext, Task>? InsteadOfDocument { get; set; }

    public Func<HttpContext, Task>? InsteadOfUserInfo { get; set; }

    /// <summary>Where a request is redirected to, before anything else; null for nowhere.</summary>
    public Func<HttpContext, string?> OnRequest { get; set; } = _ => null;

    /// <summary>Whether the client's proof in a form is refused, before the code is looked at.</summary>
    public Func<Dictionary<string, string>, bool> RefusesClient { get; set; } = _ => false;

    /// <summary>Requests that were pushed (RFC 9126), by their URI.</summary>
    public ConcurrentDictionary<string, Dictionary<string, string>> Pushed { get; } = new();

    /// <summary>The claims of an ID token or of UserInfo, right by themselves.</summary>
    public Dictionary<string, object?> RightClaims() => Claims(new() { ["nonce"] = "", ["client_id"] = ClientId }, "");

    /// <summary>A token signed as ID tokens are, with any claims.</summary>
    public string Signed(Dictionary<string, object?> claims, string type = "JWT")
    {
        Dictionary<string, object?> header = new()
        {
            ["alg"] = "RS256",
            ["typ"] = type,
            ["kid"] = KeyId,
        };
        OnHeader(header);
        var input = $"{Part(header)}.{Part(claims)}";
        return $"{input}.{Base64Url.EncodeToString(Sign(Encoding.ASCII.GetBytes(input)))}";
    }

    public static async Task<HostileProvider> NewAsync(ConnectionKind kind, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var provider = new HostileProvider(app, kind, time);
        app.Run(provider.AnswerAsync);
        await app.StartAsync();
        provider.Base = app.Urls.Single().TrimEnd('/');
        return provider;
    }

    public static Dictionary<string, object?> Public(RSA key, string kid, string? alg = "RS256")
    {
        var parameters = key.ExportParameters(false);
        return new()
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = kid,
            ["alg"] = alg,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    public static Dictionary<string, object?> Public(ECDsa key, string kid)
    {
        var point = key.ExportParameters(false).Q;
        return new()
        {
            ["kty"] = "EC",
            ["use"] = "sig",
            ["kid"] = kid,
            ["crv"] = $"P-{key.KeySize}",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
    }

    /// <summary>The browser's visit: the person agrees at once; gives what the browser brings back.</summary>
    public List<KeyValuePair<string, string>> Visit(Uri url)
    {
        var query = QueryHelpers.ParseQuery(url.Query).ToDictionary(q => q.Key, q => q.Value.ToString());
        query = query.TryGetValue("request_uri", out var pushed) ? Pushed[pushed] : query;
        var code = $"code-{Interlocked.Increment(ref _nextCode)}";
        _codes[code] = query;
        return OnAnswer([new("code", code), new("state", query["state"])]);
    }

    public int HitsOf(string path) => Hits.GetValueOrDefault(path);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        Hits.AddOrUpdate(path, 1, (_, n) => n + 1);
        if (OnRequest(http) is { } elsewhere)
        {
            http.Response.Redirect(elsewhere, permanent: true);
        }
        else if (path.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal))
        {
            await (InsteadOfDocument ?? DocumentAsync)(http);
        }
        else if (path == "/keys")
        {
            await (InsteadOfKeys ?? (h => h.Response.WriteAsJsonAsync(new { keys = Keys })))(http);
        }
        else if (path == "/token")
        {
            await (InsteadOfToken ?? TokenAsync)(http);
        }
        else if (path == "/userinfo")
        {
            var claims = RightClaims();
            OnUserInfo(claims);
            await (InsteadOfUserInfo ?? (h => h.Response.WriteAsJsonAsync(claims)))(http);
        }
        else if (path == "/par")
        {
            var form = (await http.Request.ReadFormAsync()).ToDictionary(f => f.Key, f => f.Value.ToString());
            TokenRequests.Enqueue((http.Request.Headers.Authorization, form));
            var uri = $"urn:ietf:params:oauth:request_uri:{Pushed.Count}";
            Pushed[uri] = form;
            var taken = form.GetValueOrDefault("client_id") == ClientId && !RefusesClient(form);
            http.Response.StatusCode = taken ? 201 : 400;
            await http.Response.WriteAsJsonAsync(
                taken ? new { request_uri = uri, expires_in = 60 } : (object)new { error = "invalid_request" }
            );
        }
        else
        {
            http.Response.StatusCode = 404;
        }
    }

    private Task DocumentAsync(HttpContext http)
    {
        Dictionary<string, object?> document = new()
        {
            ["issuer"] = _kind == ConnectionKind.Entra ? $"{Base}/{{tenantid}}/v2.0" : Base,
            ["authorization_endpoint"] = $"{Base}/authorize",
            ["token_endpoint"] = $"{Base}/token",
            ["userinfo_endpoint"] = $"{Base}/userinfo",
            ["jwks_uri"] = $"{Base}/keys",
        };
        OnDocument(document);
        return http.Response.WriteAsJsonAsync(document);
    }

    private async Task TokenAsync(HttpContext http)
    {
        var form = (await http.Request.ReadFormAsync()).ToDictionary(f => f.Key, f => f.Value.ToString());
        TokenRequests.Enqueue((http.Request.Headers.Authorization, form));
        if (RefusesClient(form))
        {
            http.Response.StatusCode = 401;
            await http.Response.WriteAsJsonAsync(new { error = "invalid_client" });
            return;
        }

        if (
            !_codes.TryRemove(form["code"], out var asked)
            || form["redirect_uri"] != asked["redirect_uri"]
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]))) != asked["code_challenge"]
        )
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsJsonAsync(new { error = "invalid_grant" });
            return;
        }

        if (BeforeToken is { } before)
        {
            await before();
        }

        const string access = "an-access-token";
        Dictionary<string, object?> tokens = new()
        {
            ["access_token"] = access,
            ["token_type"] = "Bearer",
            ["expires_in"] = 300,
            ["id_token"] = OnIdToken(IdToken(asked, access)),
        };
        OnTokens(tokens);
        await http.Response.WriteAsJsonAsync(tokens);
    }

    private string IdToken(Dictionary<string, string> asked, string access)
    {
        var claims = Claims(asked, access);
        OnClaims(claims);
        return Signed(claims);
    }

    private Dictionary<string, object?> Claims(Dictionary<string, string> asked, string access)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        Dictionary<string, object?> claims = new()
        {
            ["iss"] = Base,
            ["aud"] = asked["client_id"],
            ["sub"] = "subject-1",
            ["nonce"] = asked["nonce"],
            ["iat"] = now,
            ["exp"] = now + 300,
            ["at_hash"] = HalfHash(Encoding.ASCII.GetBytes(access)),
            ["name"] = "Jo Harbour",
            ["given_name"] = "Jo",
            ["family_name"] = "Harbour",
            ["email"] = "jo@acme.com",
            ["email_verified"] = true,
            ["amr"] = new[] { "pwd", "mfa" },
        };
        switch (_kind)
        {
            case ConnectionKind.Google:
                claims["hd"] = "acme.com";
                claims["azp"] = asked["client_id"];
                break;
            case ConnectionKind.Entra:
                claims["iss"] = $"{Base}/{Tenant}/v2.0";
                claims["tid"] = Tenant;
                claims["oid"] = Person;
                claims["ver"] = "2.0";
                claims["preferred_username"] = "jo@acme.com";
                claims.Remove("email_verified");
                break;
            default:
                claims["preferred_username"] = "jo@acme.com";
                break;
        }

        return claims;
    }

    private string HalfHash(byte[] access)
    {
        Dictionary<string, object?> header = new() { ["alg"] = "RS256" };
        OnHeader(header);
        var algorithm = header.GetValueOrDefault("alg") as string ?? "";
        var hash =
            algorithm.EndsWith("384", StringComparison.Ordinal) ? SHA384.HashData(access)
            : algorithm.EndsWith("512", StringComparison.Ordinal) || algorithm.StartsWith("Ed", StringComparison.Ordinal)
                ? SHA512.HashData(access)
            : SHA256.HashData(access);
        return Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2));
    }

    private static string Part(Dictionary<string, object?> claims) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
}
