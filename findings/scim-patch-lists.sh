#!/usr/bin/env bash
# scim-patch 0.8.3, scimmy 1.3.5 (npm): what a PATCH makes of a group's members, of two primary addresses and of a part of a name. In
# scim-patch somebody whom Entra ID takes out of a group stays in it, with no error; both put a member in twice who is in already, and
# both leave two addresses primary; scimmy loses the parts of a name that a replace does not name.
#
# Seen, the members kept as {value, display}, as they are answered:
#   remove, path members, value [{"value":"2"}] (Entra ID's form)   scim-patch: nobody leaves. scimmy: 2 leaves, as in both where a
#                                                                   member is kept as {value} alone
#   add of {"value":"2"}, who is a member                           both: 2 is in the list twice; scimmy also for the very same object
#   add of an address with primary true                             both: two addresses are primary
#   replace, path name, value {"givenName":"B"}                     scim-patch: familyName stays. scimmy: it is gone
# The guess: a member is known by its value, for its schema has no other key, and by that a PATCH adds and removes; that is how RFC 7644
# section 3.5.2.1 reads (a value that is there already makes no change). Section 3.5.2 says that a new primary value SHALL take the
# place of the old one, section 3.5.2.3 that sub-attributes which are not specified SHALL be left unchanged. scim-patch compares the
# whole object, so that the display name which the server itself put there decides whether somebody is found.
# What it means: a server that hands these operations to a library answers 200 to a directory that has just taken somebody's group, and
# with it a role or a license, away, and the group stays; whether that happens depends on what else the server keeps of a member. A group
# whose members are a list, and no set by value, counts people twice, and may take seats for them twice. Members belong in a table with
# a key, a PATCH of them is translated into rows that come and go, and the other two rules are applied by the schema after the patch.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent scim-patch@0.8.3 scimmy@1.3.5
cat > try.mjs <<'JS'
import { createRequire } from 'node:module';
import SCIMMY from 'scimmy';

const { scimPatch } = createRequire(import.meta.url)('scim-patch');
const times = { created: '2026-01-01T00:00:00Z', lastModified: '2026-01-01T00:00:00Z' };
const group = isNamed => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], id: 'g', displayName: 'Operations', meta: { resourceType: 'Group', ...times },
  members: ['Ada', 'Grace', 'Alan'].map((display, i) => ({ value: `${i + 1}`, ...(isNamed ? { display } : {}) })),
});
const user = () => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], id: 'u', userName: 'ada@corp.example', meta: { resourceType: 'User', ...times },
  name: { familyName: 'Lovelace', givenName: 'Ada' }, emails: [{ value: 'ada@corp.example', type: 'work', primary: true }],
});
const members = found => (found?.members ?? []).map(m => m.value).join(' ');
const primaries = found => `${found.emails.filter(e => e.primary).length} primary`;
const leave = { op: 'remove', path: 'members', value: [{ value: '2' }] };
const cases = [
  ['leaves', () => group(true), leave, members],
  ['leaves, kept without names', () => group(false), leave, members],
  ['comes again', () => group(true), { op: 'add', path: 'members', value: [{ value: '2' }] }, members],
  ['comes again, the same object', () => group(true), { op: 'add', path: 'members', value: [{ value: '2', display: 'Grace' }] }, members],
  ['another primary', user, { op: 'add', path: 'emails', value: [{ value: 'a@home.example', type: 'home', primary: true }] }, primaries],
  ['part of a name', user, { op: 'replace', path: 'name', value: { givenName: 'B' } }, found => JSON.stringify(found.name)],
];
const byScimmy = async (before, operation) => {
  const type = before.members ? SCIMMY.Schemas.Group : SCIMMY.Schemas.User;
  const patch = new SCIMMY.Messages.PatchOp({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] });
  return await patch.apply(new type(before, 'out')) ?? before; // nothing where nothing changed
};

const seen = {};
for (const [name, before, operation, show] of cases) {
  for (const [library, apply] of Object.entries({ 'scim-patch': async (b, o) => scimPatch(b, [o]), scimmy: byScimmy })) {
    seen[`${library}, ${name}`] = show(await apply(before(), structuredClone(operation)));
    console.log(library.padEnd(12), name.padEnd(30), seen[`${library}, ${name}`]);
  }
}
const expected = {
  'scim-patch, leaves': '1 2 3', 'scimmy, leaves': '1 3',
  'scim-patch, leaves, kept without names': '1 3', 'scimmy, leaves, kept without names': '1 3',
  'scim-patch, comes again': '1 2 3 2', 'scimmy, comes again': '1 2 3 2',
  'scim-patch, comes again, the same object': '1 2 3', 'scimmy, comes again, the same object': '1 2 3 2',
  'scim-patch, another primary': '2 primary', 'scimmy, another primary': '2 primary',
  'scim-patch, part of a name': '{"familyName":"Lovelace","givenName":"B"}', 'scimmy, part of a name': '{"givenName":"B"}',
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) { console.error('this has changed'); process.exit(1); }
JS
node try.mjs
