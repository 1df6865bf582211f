#!/usr/bin/env bash
# scim2-parse-filter 0.2.10, scimmy 1.3.5 (npm): `userName eq "ADA@corp.example"` does not find ada@corp.example in either, and a
# filter on a multi-valued attribute (`emails co "Ada"`) finds nobody in the first; in the second it and `emails.value eq ...` raise a
# TypeError as soon as one person of the list has no address at all.
#
# Seen: as printed below. Attribute NAMES are compared without regard to case, values are not, although RFC 7643 section 4.1.1 makes
# userName and section 4.1.2 emails caseExact false, and RFC 7644 section 3.4.2.2 lets `emails co` mean emails.value and says that an
# attribute without a value does not match.
# The guess: a package that is made for SCIM filters knows the schema's caseExact and the default sub-attribute, or asks for them.
# What it means: directories look a person up by userName before they create it. A server on such an evaluator answers "nobody" for a
# name that differs in case, the directory creates, and the unique index answers 409, in every cycle again. Filters must be compiled
# against the schema (caseExact, default sub-attribute, absence), and index and evaluator must share one comparison.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent scim2-parse-filter@0.2.10 scimmy@1.3.5
cat > try.mjs <<'JS'
import { createRequire } from 'node:module';
import SCIMMY from 'scimmy';

const { parse, filter } = createRequire(import.meta.url)('scim2-parse-filter');
const people = () => [
  { id: '1', userName: 'ada@corp.example', emails: [{ type: 'work', value: 'Ada@Corp.example' }] },
  { id: '2', userName: 'bob@corp.example' },
];
const libraries = {
  'scim2-parse-filter': text => people().filter(filter(parse(text))),
  scimmy: text => new SCIMMY.Types.Filter(text).match(people()),
};
const expected = {
  'userName eq "ada@corp.example"': ['1', '1'],
  'USERNAME eq "ada@corp.example"': ['1', '1'],
  'userName eq "ADA@corp.example"': ['nobody', 'nobody'],
  'emails.value eq "Ada@Corp.example"': ['1', 'TypeError'],
  'emails.value eq "ada@corp.example"': ['nobody', 'TypeError'],
  'emails co "Ada"': ['nobody', 'TypeError'],
};
let changed = false;
for (const [text, wanted] of Object.entries(expected)) {
  const seen = Object.values(libraries).map(find => {
    try { return find(text).map(person => person.id).join() || 'nobody'; } catch (error) { return error.constructor.name; }
  });
  console.log(text.padEnd(38), Object.keys(libraries).map((name, i) => `${name}: ${seen[i]}`).join('   '));
  changed ||= JSON.stringify(seen) !== JSON.stringify(wanted);
}
if (changed) { console.error('this has changed'); process.exit(1); }
JS
node try.mjs
