#!/usr/bin/env bash
# PostgreSQL 17.5 (npm @electric-sql/pglite 0.3.14, which is PostgreSQL itself): a prepared search by the whole key of a unique index goes
# along another index, through every row of the tenant, when it was planned while the table was nearly empty.
#
# Seen, a table of tenant, id, user name, sort key, state and 24 attributes, with a unique index (tenant, user_name) and a second index
# (tenant, sort_key, id); tenant = $1 AND user_name = $2 AND state <> 'Ended' is prepared and executed six times beside one row, then
# 10,000 rows come:
#   the second index partial, WHERE state <> 'Ended', made before or after:  prepared, 10,000 rows are read and thrown away for one
#   the second index whole, made after the unique one:                       likewise
#   made before it, or without the 24 attributes:                            the unique index
#   the same text not prepared, and prepared after ANALYZE:                  the unique index
# The guess: an equality on all columns of a unique index finds at most one row, so no plan is cheaper than that index, statistics or not.
# Why it is not so: a table that was never analyzed is taken for ten pages, and the wider its rows, the fewer they are held to be; with few
# enough, both indexes are estimated to yield one row. Then a partial index, taken to hold fewer, is cheaper by a hundredth (0.14..8.16),
# and of two that cost the same the newer one is taken. Six executions make that the plan of the session for good: rows that come do not
# end it, only ANALYZE (or autovacuum, a minute later) does.
# What it means: the first cycle of a directory into a new database asks for each name before it creates it, on kept connections with
# prepared statements (Npgsql prepares by itself). Each look-up then reads everybody who is there: 5,464 rows on average at 10,000
# people (PostgreSQL 15). It meets the first customer of a new installation, and whoever restores a dump, which brings no statistics.
set -euo pipefail
cd "$(mktemp -d)"
npm install --no-audit --no-fund --silent @electric-sql/pglite@0.3.14
cat > try.mjs <<'X'
import { PGlite } from '@electric-sql/pglite';

const fails = [];
const sql = "SELECT * FROM people WHERE tenant = $1 AND user_name = $2 AND state <> 'Ended'";

async function look(name, attributes, order, wanted) {
  const db = new PGlite();
  const wide = Array.from({ length: attributes }, (_, i) => `, attribute${i} text`).join('');
  const insert = 'INSERT INTO people (tenant, id, user_name, sort_key, state)';
  await db.exec(`
    CREATE TABLE people (tenant int NOT NULL, id int NOT NULL, user_name text NOT NULL, sort_key text NOT NULL, state text NOT NULL${wide},
      PRIMARY KEY (tenant, id));
    ${order.map(i => ({
      unique: 'CREATE UNIQUE INDEX by_user_name ON people (tenant, user_name);',
      partial: "CREATE INDEX by_sort_key ON people (tenant, sort_key, id) WHERE state <> 'Ended';",
      whole: 'CREATE INDEX by_sort_key ON people (tenant, sort_key, id);',
    })[i]).join(' ')}
    ${insert} VALUES (1, 0, 'first', 'first', 'Active');
    PREPARE named(int, text) AS ${sql};`);
  for (let i = 0; i < 6; i++) await db.exec("EXECUTE named(1, 'nobody')");
  await db.exec(`${insert} SELECT 1, g, 'p' || g, 's' || g, 'Active' FROM generate_series(1, 10000) g`);
  const plan = async text => {
    const lines = (await db.query(`EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) ${text}`)).rows.map(r => r['QUERY PLAN']).join('\n');
    return `${lines.match(/using (\w+)/)?.[1]}, ${lines.match(/Rows Removed by Filter: (\d+)/)?.[1] ?? 0} rows for nothing`;
  };
  const seen = [await plan("EXECUTE named(1, 'p7')"), await plan(sql.replace('$1', '1').replace('$2', "'p7'"))];
  await db.exec('ANALYZE people');
  seen.push(await plan("EXECUTE named(1, 'p7')"));
  console.log(`${name}\n  prepared: ${seen[0]}\n  not prepared: ${seen[1]}\n  prepared, after ANALYZE: ${seen[2]}`);
  if (seen.join('; ') !== wanted.join('; ')) fails.push(name);
  await db.close();
}

const key = 'by_user_name, 0 rows for nothing';
const through = 'by_sort_key, 10000 rows for nothing';
await look('wide rows, unique index first, then a partial one', 24, ['unique', 'partial'], [through, key, key]);
await look('wide rows, unique index first, then a whole one', 24, ['unique', 'whole'], [through, key, key]);
await look('wide rows, partial index first, then the unique one', 24, ['partial', 'unique'], [through, key, key]);
await look('wide rows, whole index first, then the unique one', 24, ['whole', 'unique'], [key, key, key]);
await look('narrow rows, unique index first, then a partial one', 0, ['unique', 'partial'], [key, key, key]);
if (fails.length) {
  console.log(`otherwise than said: ${fails.join(', ')}`);
  process.exit(1);
}
console.log('as said');
X
node try.mjs
