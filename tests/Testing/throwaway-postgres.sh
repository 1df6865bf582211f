#!/usr/bin/env bash
# A PostgreSQL cluster that lives exactly as long as its standard input stays open.
#
#   throwaway-postgres.sh            prints one line "port N" when the cluster takes connections, then waits
#   throwaway-postgres.sh --standbys the same, with room for standbys, so that a commit can wait for one
#   throwaway-postgres.sh --durable  every commit reaches the disk, with room for a million rows: for measuring
#   throwaway-postgres.sh --durable --counting    the same, and statements are counted (pg_stat_statements)
#
# Whoever starts it keeps the pipe; when that process ends, by whatever signal, the pipe closes, the
# cluster stops and its folder goes. The superuser is "postgres", no password, 127.0.0.1 only.
# Without --durable nothing is flushed to disk: it is fast, and worth nothing after a crash of the machine.
set -euo pipefail

bin=""
for candidate in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n -r); do
  if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then bin=$candidate; break; fi
done
if [ -z "$bin" ]; then
  found=$(command -v initdb || true)
  [ -n "$found" ] || { echo "no PostgreSQL server binaries (Debian: apt-get install postgresql); ./test installs them" >&2; exit 3; }
  bin=$(dirname "$(readlink -f "$found")")
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/um-postgres.XXXXXX")
as=()
if [ "$(id -u)" = 0 ]; then
  # PostgreSQL refuses to run as root.
  as=(setpriv --reuid=postgres --regid=postgres --init-groups --)
  chown postgres: "$folder"
fi
cd "$folder"

finish() {
  trap - EXIT INT TERM HUP
  "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop </dev/null >/dev/null 2>&1 || true
  cd /
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

"${as[@]}" "$bin/initdb" -D "$folder/data" --no-sync -U postgres -A trust -E UTF8 --locale=C.UTF-8 </dev/null >"$folder/initdb.log" 2>&1 \
  || { cat "$folder/initdb.log" >&2; exit 4; }

cat >>"$folder/data/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
max_connections = 500
CONF
if [ "${1:-}" = --durable ]; then
  cat >>"$folder/data/postgresql.conf" <<'CONF'
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = 1GB
maintenance_work_mem = 512MB
CONF
else
  cat >>"$folder/data/postgresql.conf" <<'CONF'
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 128MB
# hundreds of small databases: a worker would go round them all the time, and compile statements that run once
autovacuum = off
jit = off
CONF
fi
if [ "${2:-}" = --counting ]; then
  echo "shared_preload_libraries = 'pg_stat_statements'" >>"$folder/data/postgresql.conf"
fi
if [ "${1:-}" = --standbys ]; then
  cat >>"$folder/data/postgresql.conf" <<'CONF'
wal_level = replica
max_wal_senders = 2
synchronous_commit = on
CONF
fi

# Below the range the kernel hands out for outgoing connections; a taken port costs one more try.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  port=$((17000 + RANDOM % 15000))
  if "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -w -t 30 -l "$folder/server.log" -o "-p $port" start </dev/null >/dev/null 2>&1; then
    echo "port $port"
    exec >&-
    # The builtin, since bash answers a signal only after a foreground command has ended.
    while read -r _; do :; done
    exit 0
  fi
done
cat "$folder/server.log" >&2
exit 5
