#!/usr/bin/env bash
# otplib 12.0.1, speakeasy 2.0.0 (npm): a TOTP secret that is copied with the blanks in which it is shown gives wrong codes
# without an error; otplib 13.5.0 and totp-generator 2.0.1 raise an error for the same text, otpauth 9.4.1 gives the right code.
#
# Seen: for the 20-byte secret below at second 59 the right code is A; otplib 12 makes B of "JBSW Y3DP ...", speakeasy C, three
# different six-digit numbers from one secret. The alphabet of RFC 4648 section 6 has no blank, and section 3.3 says that a decoder
# rejects what stands outside of it; both take the blank for a letter.
# The guess: a base32 reader either passes over blanks, as the authenticator apps do that show secrets in groups of four, or refuses.
# What it means: a sign-in page that shows the secret in groups must not let the blanks into what is copied or into the otpauth
# address, and must not tell people that blanks do not matter: scripts and password stores on these libraries then send codes that
# are refused as wrong, and nothing says why.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent otplib12@npm:otplib@12.0.1 otplib13@npm:otplib@13.5.0 speakeasy@2.0.0 totp-generator@2.0.1 otpauth@9.4.1
cat > try.mjs <<'JS'
import { createRequire } from 'node:module';
import { generate } from 'otplib13';
import { TOTP as Otpauth } from 'otpauth';
import { TOTP as Generator } from 'totp-generator';

const require = createRequire(import.meta.url);
const { authenticator } = require('otplib12');
const speakeasy = require('speakeasy');
authenticator.options = { epoch: 59_000 };

const plain = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const shown = plain.match(/.{4}/g).join(' ');
const libraries = {
  'otplib 12.0.1': secret => authenticator.generate(secret),
  'speakeasy 2.0.0': secret => speakeasy.totp({ secret, encoding: 'base32', time: 59 }),
  'otplib 13.5.0': secret => generate({ secret, epoch: 59 }),
  'totp-generator 2.0.1': async secret => (await Generator.generate(secret, { timestamp: 59_000 })).otp,
  'otpauth 9.4.1': secret => new Otpauth({ secret }).generate({ timestamp: 59_000 }),
};
const code = async (make, secret) => { try { return await make(secret); } catch (error) { return `error: ${error.message}`; } };

const right = await code(libraries['otpauth 9.4.1'], plain);
const kinds = {};
for (const [name, make] of Object.entries(libraries)) {
  const [a, b] = [await code(make, plain), await code(make, shown)];
  kinds[name] = a !== right ? 'wrong even without blanks' : b === right ? 'right' : b.startsWith('error') ? 'error' : 'wrong code';
  console.log(name.padEnd(22), 'plain', a, ' with blanks', b);
}
const expected = { 'otplib 12.0.1': 'wrong code', 'speakeasy 2.0.0': 'wrong code', 'otplib 13.5.0': 'error', 'totp-generator 2.0.1': 'error', 'otpauth 9.4.1': 'right' };
if (JSON.stringify(kinds) !== JSON.stringify(expected)) { console.error('this has changed:', kinds); process.exit(1); }
JS
node try.mjs
