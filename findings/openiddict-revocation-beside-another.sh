#!/usr/bin/env bash
# OpenIddict.Server 7.8.0 with OpenIddict.EntityFrameworkCore 7.8.0 (NuGet): of two revocations of one token at the same moment, one is
# answered 400 unsupported_token_type, although the token is revoked; one after the other, both are answered 200.
#
# Seen: two requests for the same access token that meet where its row is saved: 200 and 400 {"error":"unsupported_token_type"}, and
# the row says "revoked". The same two in turn: 200 and 200.
# The guess: RFC 7009 section 2.2 answers 200 also for a token that is invalid by then, since what the client wants, a dead token, is
# there in either case; unsupported_token_type (2.2.1) says that tokens of this kind cannot be revoked at all.
# What it means: a client that signs somebody out in two tabs, or repeats a request that it gave up waiting for, is told that the server
# cannot revoke such tokens, for one that is revoked. A server on OpenIddict answers 200 itself where another request was faster.
set -euo pipefail
cd "$(mktemp -d)"
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="OpenIddict.AspNetCore" Version="7.8.0" />
    <PackageReference Include="OpenIddict.EntityFrameworkCore" Version="7.8.0" />
    <PackageReference Include="Microsoft.EntityFrameworkCore.Sqlite" Version="10.0.15" />
  </ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
var meet = new Meet();
builder.Services.AddDbContext<Db>(o => o.UseSqlite("Data Source=try.db").UseOpenIddict().AddInterceptors(meet));
builder.Services.AddOpenIddict()
    .AddCore(o => o.UseEntityFrameworkCore().UseDbContext<Db>())
    .AddServer(o =>
    {
        o.SetTokenEndpointUris("token").SetRevocationEndpointUris("revoke").AllowClientCredentialsFlow();
        o.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
        o.UseAspNetCore().EnableTokenEndpointPassthrough().DisableTransportSecurityRequirement();
    });
var app = builder.Build();
app.UseAuthentication();
app.MapPost("/token", () =>
{
    var identity = new ClaimsIdentity("x");
    identity.AddClaim(Claims.Subject, "me");
    return Results.SignIn(new ClaimsPrincipal(identity), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
});
await using (var scope = app.Services.CreateAsyncScope())
{
    await scope.ServiceProvider.GetRequiredService<Db>().Database.EnsureCreatedAsync();
    await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().CreateAsync(new OpenIddictApplicationDescriptor
    {
        ClientId = "me",
        ClientSecret = "secret",
        Permissions = { Permissions.Endpoints.Token, Permissions.Endpoints.Revocation, Permissions.GrantTypes.ClientCredentials },
    });
}

await app.StartAsync();
using var http = new HttpClient { BaseAddress = new(app.Urls.Single()) };
var inTurn = await TwiceAsync(atOnce: false);
var atOnce = await TwiceAsync(atOnce: true);
Console.WriteLine($"one after the other: {inTurn}\nat the same moment:  {atOnce}");
return inTurn == "200, 200, revoked" && atOnce == "200, 400 unsupported_token_type, revoked" ? 0 : 1;

async Task<string> TwiceAsync(bool atOnce)
{
    var answer = await PostAsync("/token", ("grant_type", "client_credentials"));
    var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    meet.Waits = atOnce ? 2 : 0;
    Task<HttpResponseMessage> Revoke() => PostAsync("/revoke", ("token", token));
    HttpResponseMessage[] both = atOnce ? await Task.WhenAll(Revoke(), Revoke()) : [await Revoke(), await Revoke()];
    var said = new List<string>();
    foreach (var one in both.OrderBy(b => b.StatusCode))
    {
        var body = await one.Content.ReadAsStringAsync();
        said.Add(body.Contains("error") ? $"{(int)one.StatusCode} {JsonDocument.Parse(body).RootElement.GetProperty("error")}" : $"{(int)one.StatusCode}");
    }

    await using var scope = app.Services.CreateAsyncScope();
    var rows = await scope.ServiceProvider.GetRequiredService<Db>().Set<OpenIddict.EntityFrameworkCore.Models.OpenIddictEntityFrameworkCoreToken>().ToListAsync();
    return string.Join(", ", [.. said, rows.MaxBy(r => r.CreationDate)!.Status]);
}

Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] form) =>
    http.PostAsync(path, new FormUrlEncodedContent(form.Append(("client_id", "me")).Append(("client_secret", "secret")).Select(f => KeyValuePair.Create(f.Item1, f.Item2))));

class Db(DbContextOptions<Db> options) : DbContext(options);

// holds each save back until as many have come as are waited for
class Meet : SaveChangesInterceptor
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public int Waits;

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData data, InterceptionResult<int> result, CancellationToken ct = default)
    {
        if (Volatile.Read(ref Waits) > 0)
        {
            if (Interlocked.Decrement(ref Waits) == 0) _all.TrySetResult();
            await _all.Task.WaitAsync(TimeSpan.FromSeconds(20), ct);
        }

        return result;
    }
}
X
dotnet run || { echo "this has changed" >&2; exit 1; }
