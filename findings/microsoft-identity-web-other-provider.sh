#!/usr/bin/env bash
# Microsoft.Identity.Web 4.18.0 (NuGet): the setting Authority takes any OpenID provider's address, and none but Entra ID's kind works:
# "/v2.0" is put behind it, the app asks for an ID token alone, without PKCE, and a token without a tenant is refused.
#
# Seen, against a plain OpenID provider (discovery, keys, RS256):
#   Authority alone: the app asks for /v2.0/.well-known/openid-configuration, where the provider has nothing.
#   MetadataAddress named beside it: it leads people to authorize with response_type=id_token, response_mode=form_post, no code_challenge.
#   The ID token that comes back, right in signature, issuer, audience, nonce and time: IDX40003, for it has neither tid nor tenantId.
#   With IssuerValidator set back to null as well, the same token signs the person in.
# The guess: the section is named AzureAd, but Authority, ClientId and AddMicrosoftIdentityWebApp look like the OpenID Connect handler with
# defaults for Entra ID that give way to what is set, as its other options do (ResponseType, UsePkce); Authority is its own word.
# What it means: an app that moves from Entra ID to another provider by changing Authority and ClientId cannot sign anybody in, and says so
# first with a 404 in the provider's log, then with a 400 for its flow where the provider is up to date (OAuth 2.1 drops what it asks for),
# then with a fault in the app after the person has signed in. The provider must be ready to tell the second, and its guide all three.
set -euo pipefail
cd "$(mktemp -d)"
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.Identity.Web" Version="4.18.0" /></ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Identity.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

var asked = new List<string>();
var key = new RsaSecurityKey(RSA.Create(2048)) { KeyId = "one" };
var provider = Builder().Build();
provider.Use((http, next) => { asked.Add(http.Request.Path); return next(); });
var issuer = "";
provider.MapGet("/.well-known/openid-configuration", () => new
{
    issuer, authorization_endpoint = issuer + "/authorize", token_endpoint = issuer + "/token", jwks_uri = issuer + "/jwks",
    response_types_supported = new[] { "code", "id_token" }, subject_types_supported = new[] { "public" },
    id_token_signing_alg_values_supported = new[] { "RS256" },
});
provider.MapGet("/jwks", () =>
{
    var open = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.Rsa.ExportParameters(false)) { KeyId = "one" });
    return new { keys = new[] { new { kty = "RSA", use = "sig", kid = "one", alg = "RS256", n = open.N, e = open.E } } };
});
await provider.StartAsync();
issuer = provider.Urls.First();

var told = new List<string>();
told.Add("Authority alone: " + await TryAsync(_ => { }));
told.Add("with MetadataAddress: " + await TryAsync(o => o.MetadataAddress = issuer + "/.well-known/openid-configuration"));
told.Add("and no IssuerValidator: " + await TryAsync(o =>
{
    o.MetadataAddress = issuer + "/.well-known/openid-configuration";
    o.TokenValidationParameters.IssuerValidator = null;
}));
told.ForEach(Console.WriteLine);
return told.SequenceEqual([
    "Authority alone: asks for /v2.0/.well-known/openid-configuration, and cannot lead on",
    "with MetadataAddress: asks for id_token by form_post, code_challenge absent; its token: IDX40003",
    "and no IssuerValidator: asks for id_token by form_post, code_challenge absent; its token: signed in",
]) ? 0 : 1;

WebApplicationBuilder Builder()
{
    var builder = WebApplication.CreateBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    return builder;
}

async Task<string> TryAsync(Action<OpenIdConnectOptions> set)
{
    asked.Clear();
    var builder = Builder();
    builder.Services.AddAuthentication(OpenIdConnectDefaults.AuthenticationScheme)
        .AddMicrosoftIdentityWebApp(o => (o.Authority, o.ClientId) = (issuer, "app"));
    builder.Services.Configure<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme, o =>
    {
        o.RequireHttpsMetadata = false; // the address of this machine
        o.CorrelationCookie.SecurePolicy = o.NonceCookie.SecurePolicy = CookieSecurePolicy.None;
        (o.CorrelationCookie.SameSite, o.NonceCookie.SameSite) = (SameSiteMode.Lax, SameSiteMode.Lax);
        o.Events.OnRemoteFailure = c =>
        {
            c.HandleResponse();
            c.Response.StatusCode = 400;
            return c.Response.WriteAsync(c.Failure!.Message);
        };
        set(o);
    });
    var app = builder.Build();
    app.UseAuthentication();
    app.MapGet("/in", (HttpContext http) => http.User.Identity!.IsAuthenticated
        ? Results.Text("in")
        : Results.Challenge(new() { RedirectUri = "/in" }, [OpenIdConnectDefaults.AuthenticationScheme]));
    await app.StartAsync();
    using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new(app.Urls.First()) };
    var led = await browser.GetAsync("/in");
    if (led.Headers.Location is not { } there)
    {
        return $"asks for {string.Join(", ", asked.Distinct())}, and cannot lead on";
    }

    var query = QueryHelpers.ParseQuery(there.Query);
    var flow = $"asks for {query["response_type"]} by {query["response_mode"]}, code_challenge {(query.ContainsKey("code_challenge") ? "there" : "absent")}";
    var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer, Audience = "app", SigningCredentials = new(key, "RS256"), Expires = DateTime.UtcNow.AddMinutes(5),
        Claims = new Dictionary<string, object> { ["sub"] = "7", ["nonce"] = query["nonce"].ToString() },
    });
    var back = await browser.PostAsync("/signin-oidc", new FormUrlEncodedContent([new("id_token", token), new("state", query["state"]!)]));
    var text = await back.Content.ReadAsStringAsync();
    return $"{flow}; its token: {(back.StatusCode == System.Net.HttpStatusCode.Found ? "signed in" : text.Split(':')[0])}";
}
X
dotnet run -v q
