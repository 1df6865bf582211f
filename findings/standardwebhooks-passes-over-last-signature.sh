#!/usr/bin/env bash
# StandardWebhooks 1.1.2 (NuGet) and standardwebhooks 1.0.0 (npm), the Standard Webhooks libraries of .NET and JavaScript: what each makes of
# a header `webhook-signature` that carries several signatures, as the specification provides for the time in which a secret is replaced
# ("v1,A v1,B": valid when any of them is).
#
# Seen, the same secret, id, time and body; A is right, B is a signature by the replaced secret:
#   header          npm      NuGet
#   A               valid    valid
#   A B             valid    valid
#   B A             valid    refused: the last of several is never looked at
#   B A A           valid    valid
# The guess: the order does not matter, and one right signature is enough wherever it stands.
# What it means: a sender that appends the new secret's signature to the old one's (the natural order) is refused by every .NET receiver that
# has taken the new secret already, for as long as both are live; one that puts the new first is refused by those that have the old one.
# What both kinds take: each signature is written and the last is written twice.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent standardwebhooks@1.0.0
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="StandardWebhooks" Version="1.1.2" /></ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Text.Json;
using StandardWebhooks;

var delivery = JsonSerializer.Deserialize<Delivery>(File.ReadAllText("delivery.json"), JsonSerializerOptions.Web)!;
foreach (var (name, signature) in delivery.Signatures)
{
    var headers = new HeaderDictionary
    {
        ["webhook-id"] = delivery.Id, ["webhook-timestamp"] = delivery.Time, ["webhook-signature"] = signature,
    };
    try { new StandardWebhook(delivery.Secret).Verify(delivery.Body, headers); Console.WriteLine($"{name}: valid"); }
    catch (Exception e) { Console.WriteLine($"{name}: {e.GetType().Name}, {e.Message}"); }
}

internal sealed record Delivery(string Secret, string Id, string Time, string Body, Dictionary<string, string> Signatures);
X
cat > try.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const [now, before] = ['a secret of at least 24 bytes, the new', 'a secret of at least 24 bytes, the old']
  .map((text) => Buffer.from(text).toString('base64'));
const [id, at, body] = ['msg_1', new Date(), '{"type":"member.suspended"}'];
const [a, b] = [now, before].map((secret) => new Webhook(secret).sign(id, at, body));
const signatures = { A: a, 'A B': `${a} ${b}`, 'B A': `${b} ${a}`, 'B A A': `${b} ${a} ${a}` };
const time = String(Math.floor(at / 1000));
writeFileSync('delivery.json', JSON.stringify({ secret: now, id, time, body, signatures }));
for (const [name, signature] of Object.entries(signatures)) {
  new Webhook(now).verify(body, { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature });
  console.log(`${name}: valid`);
}
JS
node try.mjs | tee npm.txt
dotnet run | tee nuget.txt
[ "$(grep -c ': valid$' npm.txt)" = 4 ] && [ "$(grep -c ': valid$' nuget.txt)" = 3 ] && grep -q '^B A: ' nuget.txt && ! grep -q '^B A: valid' nuget.txt \
  || { echo "this has changed" >&2; exit 1; }
