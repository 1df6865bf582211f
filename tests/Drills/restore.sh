#!/usr/bin/env bash
# Both ways of restoring PostgreSQL that docs/operations.md describes, with a server under load: what was acknowledged before the backup (or
# before the point in time) is there afterwards, what came after is not, nobody is signed in, and `verify` finds no difference.
#
#   tests/Drills/restore.sh [BUILD]      BUILD: a published server; made when it is not given
#
# Root on Debian with PostgreSQL's server package. Some two minutes. Prints a line for each way; exit code 0 when nothing was lost.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
run=$(mktemp -d "${TMPDIR:-/tmp}/um-restore.XXXXXX")
chmod 711 "$run"
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
port=$((20000 + RANDOM % 20000)) web=$((port + 1)) restored=$((port + 2))
server="" writers=""
as() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
end() {
  local rc=$?
  [ -z "$writers" ] || kill $writers 2>/dev/null || true
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  for data in "$run/pg" "$run/pitr"; do [ ! -f "$data/postmaster.pid" ] || as "$bin/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1 || true; done
  if [ $rc -eq 0 ]; then rm -rf "$run"; else echo "what was said: $run/*.log" >&2; fi
}
trap end EXIT

build=${1:-}
if [ -z "$build" ]; then build=$run/build; dotnet publish src/Host -c Release -v quiet -o "$build"; fi
um() { "$build/UserManagement.Host" "$@" 2>>"$run/verbs.log"; }
export USERMANAGEMENT_STORAGE__PROVIDER=Postgres USERMANAGEMENT_MASTERKEY=$(openssl rand -base64 32) USERMANAGEMENT_DATA=$run/data
to() { export USERMANAGEMENT_STORAGE__CONNECTIONSTRING="Host=127.0.0.1;Port=$1;Database=$2;Username=postgres"; }
sql() { "$bin/psql" -h 127.0.0.1 -p "$1" -U postgres -d "$2" -Atqc "$3"; }

mkdir "$run/archive" "$run/base" && chown postgres: "$run/archive" "$run/base"
install -d -o postgres -m 700 "$run/pg" && as "$bin/initdb" -D "$run/pg" -A trust >"$run/initdb.log" 2>&1
cat >>"$run/pg/postgresql.conf" <<CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
archive_mode = on
archive_command = 'cp %p $run/archive/%f'
CONF
as "$bin/pg_ctl" -D "$run/pg" -l "$run/archive/pg.log" -w start >/dev/null
sql $port postgres "create database um" && to $port um
um migrate >/dev/null
um workspace create acme >/dev/null
token=$(um scim-token create acme | grep -oE 'umscim_[A-Za-z0-9_-]+' | head -1)
um admin invite acme ada@example.org >/dev/null
um serve --urls "http://127.0.0.1:$web" >"$run/server.log" 2>&1 & server=$!
until um ready --urls "http://127.0.0.1:$web" >/dev/null; do sleep 0.2; done

# each writer keeps a ledger of what was acknowledged
write() {
  local n=0 code
  while :; do
    n=$((n + 1))
    code=$(curl -s -o /dev/null -w '%{http_code}' -X POST "http://127.0.0.1:$web/scim/v2/acme/Users" -H "Authorization: Bearer $token" \
      -H 'Content-Type: application/scim+json' -d "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"w$1-$n@example.org\"}") || continue
    [ "$code" != 201 ] || echo "w$1-$n@example.org" >>"$run/ledger.$1"
  done
}
for w in 1 2 3 4; do write $w & writers="$writers $!"; done
acknowledged() { cat "$run"/ledger.* 2>/dev/null | sort; }
wait_for() { until [ "$(acknowledged | wc -l)" -ge "$1" ]; do sleep 0.2; done; }

compare() { # compare NAME PORT DATABASE LEDGER: what of the ledger is there, and how much more
  sql "$2" "$3" "select user_name from members where user_name like 'w%'" | sort >"$run/there"
  local lost more
  lost=$(comm -23 "$4" "$run/there" | wc -l) more=$(comm -13 "$4" "$run/there" | wc -l)
  to "$2" "$3"
  um migrate >/dev/null
  local void; void=$(um restored | grep Void)
  um verify >/dev/null || { echo "$1: verify differs"; return 1; }
  um restored | grep -q "Nothing was left"
  echo "$1: $(wc -l <"$4") acknowledged before, $lost lost; $more more that were acknowledged or in flight meanwhile. $void"
  [ "$lost" = 0 ]
}

wait_for 200
"$bin/pg_basebackup" -h 127.0.0.1 -p $port -U postgres -D "$run/base/b" --wal-method=stream --checkpoint=fast
wait_for 400
acknowledged >"$run/before-dump"
"$bin/pg_dump" -h 127.0.0.1 -p $port -U postgres --format=custom --file "$run/um.dump" um
wait_for 600
acknowledged >"$run/before-time"
at=$(sql $port um "select clock_timestamp()")
sleep 1
kill $writers; writers=""
sql $port um "select pg_switch_wal()" >/dev/null
kill "$server"; wait "$server" || true; server=""

sql $port postgres "create database um_restored"
"$bin/pg_restore" -h 127.0.0.1 -p $port -U postgres --dbname um_restored --exit-on-error --single-transaction "$run/um.dump"
compare "pg_dump and pg_restore" $port um_restored "$run/before-dump"

sleep 1 # the last segment is archived
cp -a "$run/base/b" "$run/pitr" && chown -R postgres: "$run/pitr" && chmod 700 "$run/pitr"
cat >>"$run/pitr/postgresql.conf" <<CONF
port = $restored
archive_mode = off
restore_command = 'cp $run/archive/%f %p'
recovery_target_time = '$at'
recovery_target_action = promote
CONF
as touch "$run/pitr/recovery.signal"
as "$bin/pg_ctl" -D "$run/pitr" -l "$run/archive/pitr.log" -w start >/dev/null
until [ "$(sql $restored um 'select pg_is_in_recovery()')" = f ]; do sleep 0.2; done
compare "base backup to a point in time" $restored um "$run/before-time"
