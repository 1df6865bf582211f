#!/usr/bin/env bash
# OpenIddict.AspNetCore 7.8.0 (NuGet): its discovery document offers private_key_jwt at the token, introspection and revocation endpoints
# and says nowhere with which algorithms; openid-client 5.7.1 (npm) then refuses to be set up with private_key_jwt at all.
#
# Seen: "token_endpoint_auth_methods_supported": [..., "private_key_jwt", ...] and no "token_endpoint_auth_signing_alg_values_supported",
# the same for "introspection_" and "revocation_". In openid-client 5: TypeError "token_endpoint_auth_signing_alg_values_supported must be
# configured on the issuer if token_endpoint_auth_signing_alg is not defined on a client". Where the client names its algorithm it
# is set up. openid-client 6.8.1 takes the algorithm from the key and asks nothing.
# The guess: a server library of that age writes a document that RFC 8414 calls complete. Its section 2 says of the token endpoint, and likewise of the two others,
# MUST be present if private_key_jwt (or client_secret_jwt) is among the methods, and that no default is implied where it is left out.
# What it means: an app that signs in by a key against such a server fails before its first request, with a sentence about the "issuer"
# that sends people to their own settings. A server on OpenIddict adds the lists in a handler of HandleConfigurationRequestContext, as
# many as there are endpoints with a method that signs; a client is told its algorithm by hand.
set -euo pipefail
cd "$(mktemp -d)"
mkdir clients server
cd clients
npm init -y >/dev/null
npm install --no-audit --no-fund --silent five@npm:openid-client@5.7.1 six@npm:openid-client@6.8.1
cat > try.mjs <<'X'
import { generateKeyPairSync } from 'node:crypto';
import { Issuer } from 'five';
import * as six from 'six';

const at = new URL(process.argv[2]);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwks = { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' }] };
const issuer = await Issuer.discover(at.href);
const said = (make) => { try { make(); return 'set up'; } catch (e) { return `${e.name}: ${e.message}`; } };
const client = { client_id: 'app', token_endpoint_auth_method: 'private_key_jwt' };
const plain = said(() => new issuer.Client(client, jwks));
const named = said(() => new issuer.Client({ ...client, token_endpoint_auth_signing_alg: 'RS256' }, jwks));
const key = await crypto.subtle.importKey('jwk', { ...jwks.keys[0], use: undefined, alg: 'RS256' }, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']);
const later = await six.discovery(at, 'app', undefined, six.PrivateKeyJwt({ key, kid: 'one' }), { execute: [six.allowInsecureRequests] }).then(() => 'set up', (e) => `${e.name}: ${e.message}`);
console.log(`openid-client 5, no algorithm named: ${plain}`);
console.log(`openid-client 5, RS256 named:        ${named}`);
console.log(`openid-client 6:                     ${later}`);
const told = ['token', 'introspection', 'revocation'].some((e) => issuer[`${e}_endpoint_auth_signing_alg_values_supported`]);
const same = !told && plain.startsWith('TypeError: token_endpoint_auth_signing_alg_values_supported must be configured') && named === 'set up' && later === 'set up';
if (!same) console.error('this has changed');
process.exit(same ? 0 : 1);
X
cd ../server
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="OpenIddict.AspNetCore" Version="7.8.0" />
  </ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Text.Json;
using static OpenIddict.Server.OpenIddictServerEvents;

var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddOpenIddict().AddServer(o =>
{
    o.EnableDegradedMode().AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().AllowClientCredentialsFlow();
    o.SetAuthorizationEndpointUris("/authorize").SetTokenEndpointUris("/token");
    o.SetIntrospectionEndpointUris("/introspect").SetRevocationEndpointUris("/revoke");
    o.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
    o.UseAspNetCore().DisableTransportSecurityRequirement();
    o.AddEventHandler<ValidateAuthorizationRequestContext>(h => h.UseInlineHandler(_ => default));
    o.AddEventHandler<ValidateTokenRequestContext>(h => h.UseInlineHandler(_ => default));
    o.AddEventHandler<ValidateIntrospectionRequestContext>(h => h.UseInlineHandler(_ => default));
    o.AddEventHandler<ValidateRevocationRequestContext>(h => h.UseInlineHandler(_ => default));
});
var app = builder.Build();
app.MapGet("/", () => "");
await app.StartAsync();
using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
var text = await client.GetStringAsync("/.well-known/openid-configuration");
using var document = JsonDocument.Parse(text);
foreach (var endpoint in (string[])["token", "introspection", "revocation"])
{
    var methods = document.RootElement.GetProperty(endpoint + "_endpoint_auth_methods_supported");
    var algorithms = document.RootElement.TryGetProperty(endpoint + "_endpoint_auth_signing_alg_values_supported", out var told);
    Console.WriteLine($"{endpoint,-15}{string.Join(" ", methods.EnumerateArray()),-58}algorithms: {(algorithms ? told : "none told")}");
}

using var node = System.Diagnostics.Process.Start("node", ["../clients/try.mjs", app.Urls.First()]);
await node.WaitForExitAsync();
return node.ExitCode;
X
dotnet run
