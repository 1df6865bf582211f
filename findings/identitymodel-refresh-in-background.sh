#!/usr/bin/env bash
# Microsoft.IdentityModel.Protocols.OpenIdConnect and JsonWebTokens 8.23.0 (NuGet): after a provider changed its signing key, the first
# token by the new key is refused although the refresh that it causes fetches that key; 7.7.1 accepts it (so does 8.0.1; 8.16.0 does not).
#
# Seen, a provider whose documents take a fifth of a second, a token by a key that it has just begun to use, validated twice by
# JsonWebTokenHandler with TokenValidationParameters.ConfigurationManager:
#   7.7.1                                                  valid, valid; the documents are fetched once more
#   8.23.0                                                 SecurityTokenSignatureKeyNotFoundException, and valid once the fetch is over
#   8.23.0, with the switch UpdateConfigAsBlocking         valid, valid
# RequestRefresh() followed by GetConfigurationAsync() gives the old keys in 8.23.0 and the new ones in 7.7.1. With a provider that answers
# at once the outcome of 8.23.0 changes from run to run.
# The guess: RequestRefresh means that the next GetConfigurationAsync asks the provider, as its documentation says and as the handler
# itself reckons: it calls the one, then the other, and validates again where the configuration is a new one. Now the first starts a fetch
# in the background and the second gives back what is there.
# What it means: a server whose packages were brought up to date turns away whoever comes first after a key change: every sign-in and
# every API call until the fetch is over, on each server by itself. "Sign in again" helps, so nobody reports it. Set the switch
# (Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking), or hand the handler a manager whose refresh is awaited; a test must change
# the key right before one sign-in and look at that very sign-in.
set -euo pipefail
cd "$(mktemp -d)"
cat > Program.cs <<'CS'
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

var isBlocking = args is ["blocking"];
AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", isBlocking);
const string Address = "https://idp.example/.well-known/openid-configuration";
var provider = new Provider();
ConfigurationManager<OpenIdConnectConfiguration> Manager() => new(Address, new OpenIdConnectConfigurationRetriever(), provider);

var keys = Manager();
await keys.GetConfigurationAsync(default);
provider.ChangeKey();
keys.RequestRefresh();
var next = (await keys.GetConfigurationAsync(default)).SigningKeys.Single().KeyId == provider.KeyId ? "new keys" : "old keys";

var manager = Manager();
await manager.GetConfigurationAsync(default);
provider.ChangeKey();
var parameters = new TokenValidationParameters
{
    ConfigurationManager = manager,
    ValidAudience = "app",
    ValidIssuer = "https://idp.example",
};
async Task<string> ValidateAsync()
{
    var result = await new JsonWebTokenHandler().ValidateTokenAsync(provider.Token(), parameters);
    return result.IsValid ? "valid" : result.Exception.GetType().Name;
}

var first = await ValidateAsync();
await Task.Delay(2000);
Console.WriteLine($"{next}; {first}; {await ValidateAsync()}");

internal sealed class Provider : IDocumentRetriever
{
    private RSA _key = RSA.Create(2048);
    private int _keys = 1;

    public string KeyId => "key" + _keys;

    public void ChangeKey() => (_key, _keys) = (RSA.Create(2048), _keys + 1);

    public string Token() =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = "https://idp.example",
                Audience = "app",
                Expires = DateTime.UtcNow.AddMinutes(5),
                SigningCredentials = new(new RsaSecurityKey(_key) { KeyId = KeyId }, SecurityAlgorithms.RsaSha256),
            }
        );

    public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
    {
        await Task.Delay(200, cancel);
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(_key.ExportParameters(false)));
        return address.EndsWith("/jwks", StringComparison.Ordinal)
            ? $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"{{KeyId}}","n":"{{key.N}}","e":"{{key.E}}"}]}"""
            : """{"issuer":"https://idp.example","jwks_uri":"https://idp.example/jwks"}""";
    }
}
CS
build() { # version
  cat > Try.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>true</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.IdentityModel.Protocols.OpenIdConnect" Version="$1" /></ItemGroup>
</Project>
XML
  dotnet build -v q --nologo -clp:ErrorsOnly >/dev/null
  echo "== $1"
}

expect() { # what is to be seen, arguments
  local seen
  seen=$(dotnet bin/Debug/net10.0/Try.dll "${@:2}")
  echo "$seen"
  [ "$seen" = "$1" ] || { echo "this has changed: $1" >&2; exit 1; }
}

build 7.7.1
expect "new keys; valid; valid"
build 8.23.0
expect "old keys; SecurityTokenSignatureKeyNotFoundException; valid"
expect "new keys; valid; valid" blocking
