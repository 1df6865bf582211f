#!/usr/bin/env bash
# OpenIddict.Server 7.8.0 (NuGet): SetClaims with an array of one value writes a JSON string, with two a JSON array, and with none leaves
# the claim out.
#
# Seen: SetClaims("groups", ImmutableArray) of 0, 1 and 2 values: no claim, "groups":"editors", "groups":["editors","viewers"]. A
# claim of the type JsonClaimValueTypes.JsonArray is a list for 0, 1 and 2.
# The guess: SetClaim takes one value and SetClaims an array of them, so that the two are a string and a list on the wire. Yet both end
# as System.Security.Claims.Claim, which knows no lists, and Microsoft.IdentityModel writes a type that stands once as a single value.
# What it means: OpenID Connect Core 1.0 section 2 wants amr to be an array of strings. A typed program (here a record with string[], read
# by System.Text.Json) lets people of two groups in, and fails for who is in one only, or who signed in without a second factor: a fault
# that tests with one well-equipped account never meet. A program in JavaScript goes through the letters of "editors" instead.
set -euo pipefail
cd "$(mktemp -d)"
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="OpenIddict.AspNetCore" Version="7.8.0" />
  </ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Collections.Immutable;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore;
using Microsoft.IdentityModel.JsonWebTokens;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddOpenIddict().AddServer(o =>
{
    o.EnableDegradedMode().AllowClientCredentialsFlow().SetTokenEndpointUris("/token");
    o.AddEphemeralEncryptionKey().AddEphemeralSigningKey().DisableAccessTokenEncryption();
    o.UseAspNetCore().DisableTransportSecurityRequirement().EnableTokenEndpointPassthrough();
    o.AddEventHandler<ValidateTokenRequestContext>(h => h.UseInlineHandler(_ => default));
});
var app = builder.Build();
app.MapPost("/token", (HttpContext http) =>
{
    var request = http.GetOpenIddictServerRequest()!;
    var groups = new[] { "editors", "viewers" }.Take((int)(long)request["count"]!.Value).ToImmutableArray();
    var identity = new ClaimsIdentity("try");
    identity.SetClaim("sub", "app").SetClaims("groups", groups);
    identity.AddClaim(new Claim("typed", JsonSerializer.Serialize(groups), JsonClaimValueTypes.JsonArray));
    identity.SetDestinations(_ => ["access_token"]);
    return Results.SignIn(new ClaimsPrincipal(identity), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
});
app.MapGet("/", () => "");
await app.StartAsync();

using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
var seen = new List<string>();
for (var count = 0; count <= 2; count++)
{
    var answer = await client.PostAsync("/token", new FormUrlEncodedContent(new Dictionary<string, string>
    {
        ["grant_type"] = "client_credentials", ["client_id"] = "app", ["client_secret"] = "any", ["count"] = $"{count}",
    }));
    var token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString()!;
    var payload = Encoding.UTF8.GetString(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.DecodeBytes(token.Split('.')[1]));
    var read = JsonDocument.Parse(payload).RootElement;
    string Part(string name) => read.TryGetProperty(name, out var value) ? value.GetRawText() : "absent";
    string typed;
    try { typed = $"{JsonSerializer.Deserialize<Told>(payload)!.groups?.Length ?? 0} groups"; }
    catch (JsonException) { typed = "JsonException"; }
    seen.Add($"{count}: SetClaims {Part("groups")}, JsonArray {Part("typed")}, a program with string[]: {typed}");
}
seen.ForEach(Console.WriteLine);
return seen.SequenceEqual([
    """0: SetClaims absent, JsonArray [], a program with string[]: 0 groups""",
    """1: SetClaims "editors", JsonArray ["editors"], a program with string[]: JsonException""",
    """2: SetClaims ["editors","viewers"], JsonArray ["editors","viewers"], a program with string[]: 2 groups""",
]) ? 0 : 1;

record Told(string[] groups);
X
dotnet run -v q
