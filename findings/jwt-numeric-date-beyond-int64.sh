#!/usr/bin/env bash
# Microsoft.IdentityModel.JsonWebTokens 8.23.0 (NuGet): a token whose `exp`, `iat` or `nbf` is a JSON number beyond a 64-bit integer
# (1e30, "never") cannot be read at all, even with ValidateLifetime = false, while a fraction, a text and the year 9999 are read.
#
# Seen: the same signed token validates with exp 253402300799, 4102444800.5 and "4102444800"; with exp 1e30 the result is invalid with
# an ArgumentException (IDX14101, unable to decode the payload), so that issuer, signature and every other claim are never looked at.
# jsonwebtoken 9.0.3 and jose 6.2.18 (npm) read the same token and take it as not expired.
# The guess: RFC 7519 section 2 makes NumericDate any JSON numeric value, and switching the check of the lifetime off switches off what
# can fail about it.
# What it means: a relying party that wants to judge the lifetime itself cannot do so behind this library: such a provider's sign-ins
# are refused as malformed tokens, and the message should say so instead of naming the signature.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent jsonwebtoken@9.0.3 jose@6.2.18
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.IdentityModel.JsonWebTokens" Version="8.23.0" /></ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

var key = Encoding.ASCII.GetBytes("a key of thirty-two bytes or more");
static string B64(byte[] bytes) => Base64UrlEncoder.Encode(bytes);
string Token(string exp)
{
    var text = B64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8.ToArray()) + "." + B64(Encoding.UTF8.GetBytes($"{{\"iss\":\"me\",\"sub\":\"ada\",\"exp\":{exp}}}"));
    return text + "." + B64(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)));
}

var parameters = new TokenValidationParameters { ValidIssuer = "me", ValidateAudience = false, ValidateLifetime = false, IssuerSigningKey = new SymmetricSecurityKey(key) };
(string Exp, string Expected)[] cases = [("253402300799", "valid"), ("4102444800.5", "valid"), ("\"4102444800\"", "valid"), ("1e30", "ArgumentException")];
var same = true;
foreach (var (exp, expected) in cases)
{
    var token = Token(exp);
    File.WriteAllText(exp == "1e30" ? "far.jwt" : "near.jwt", token);
    var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, parameters);
    var seen = result.IsValid ? "valid" : result.Exception.GetType().Name;
    Console.WriteLine($"JsonWebTokenHandler 8.23.0  exp {exp,-16}{seen}  {(result.IsValid ? "" : result.Exception.Message.Split(':')[0])}");
    same &= seen == expected;
}

return same ? 0 : 1;
X
dotnet run || { echo "this has changed" >&2; exit 1; }
cat > try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { jwtVerify } from 'jose';

const jsonwebtoken = createRequire(import.meta.url)('jsonwebtoken');
const token = readFileSync('far.jwt', 'utf8');
const key = 'a key of thirty-two bytes or more';
const seen = [jsonwebtoken.verify(token, key).sub, (await jwtVerify(token, new TextEncoder().encode(key))).payload.sub];
console.log('jsonwebtoken 9.0.3, jose 6.2.18  exp 1e30', seen.join(' '));
if (seen.join() !== 'ada,ada') { console.error('this has changed'); process.exit(1); }
JS
node try.mjs
