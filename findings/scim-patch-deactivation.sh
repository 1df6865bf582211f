#!/usr/bin/env bash
# scim-patch 0.8.3, scimmy 1.3.5 (npm): three deactivations that real directories send leave a person active in scim-patch, with no
# error: op "replace" of active by the text "False" (Entra ID without its flag), the same in another case ("ACTIVE"), and a value
# filter as a key of a value without path. scimmy refuses the first two and applies the third.
#
# Seen: scim-patch stores active: "False" (a text, which every `if (user.active)` takes for true); for the path ACTIVE it adds a second
# attribute beside the first; of {"emails[type eq \"work\"].value": ...} it makes an attribute of that very name and changes no address.
# The guess: RFC 7643 section 2.1 makes attribute names case-insensitive, so a library for PATCH finds `active` under ACTIVE; and a
# text where the schema wants a boolean is either read or refused (RFC 7644 section 3.5.2, invalidValue), as one library does.
# What it means: a provisioning server that hands such an operation to a PATCH function without a schema answers 200 to a directory
# that has just taken somebody's access away, and access stays. Values must be read by the schema before or after the patch, names
# without regard to case, and a 2xx must never stand on "the library raised nothing".
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent scim-patch@0.8.3 scimmy@1.3.5
cat > try.mjs <<'JS'
import { createRequire } from 'node:module';
import SCIMMY from 'scimmy';

const { scimPatch } = createRequire(import.meta.url)('scim-patch');
const user = () => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], id: '1', userName: 'ada@corp.example', active: true,
  emails: [{ type: 'work', value: 'ada@corp.example', primary: true }],
});
const operations = {
  text: { op: 'Replace', path: 'active', value: 'False' },
  case: { op: 'replace', path: 'ACTIVE', value: false },
  key: { op: 'replace', value: { 'emails[type eq "work"].value': 'new@corp.example' } },
};
const byScimPatch = operation => scimPatch({ ...user(), meta: { resourceType: 'User', created: new Date(0), lastModified: new Date(0), location: '' } }, [operation]);
const byScimmy = async operation => await new SCIMMY.Messages.PatchOp({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] })
  .apply(new SCIMMY.Schemas.User(user(), 'out'), async changed => changed);
const done = (name, result) => name === 'key' ? result.emails[0].value === 'new@corp.example' : !result.active;

const seen = {};
for (const [name, operation] of Object.entries(operations)) {
  for (const [library, apply] of Object.entries({ 'scim-patch': byScimPatch, scimmy: byScimmy })) {
    let outcome;
    try { outcome = done(name, await apply(structuredClone(operation))) ? 'done' : 'not done, no error'; } catch (error) { outcome = 'refused'; }
    seen[`${library} ${name}`] = outcome;
    console.log(library.padEnd(12), JSON.stringify(operation).padEnd(80), outcome);
  }
}
const expected = {
  'scim-patch text': 'not done, no error', 'scimmy text': 'refused',
  'scim-patch case': 'not done, no error', 'scimmy case': 'refused',
  'scim-patch key': 'not done, no error', 'scimmy key': 'done',
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) { console.error('this has changed'); process.exit(1); }
JS
node try.mjs
