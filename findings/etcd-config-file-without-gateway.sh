#!/usr/bin/env bash
# etcd 3.4.23 (Debian 12, etcd-server 3.4.23-4): started with a configuration file it serves no gRPC gateway, though the flag's default is
# true and the file says nothing of it; started with the same settings as flags it does.
#
# Seen: POST /v3/maintenance/status answers 404 "404 page not found" with --config-file, and 200 with flags, and 200 with the file once it
# says "enable-grpc-gateway: true". /version and /health answer 200 in all three, and etcdctl works in all three.
# The guess: what a configuration file leaves out has the flag's documented default.
# What it means: Patroni (section etcd3) speaks to the gateway alone. On a cluster whose etcd is configured by a file it never finds its
# members ("Failed to get list of machines ... 404 page not found"), while every probe of etcd itself is green: PostgreSQL does not start,
# and nobody is provisioned or signed in. The file of deploy/ha/etcd.yml says it.
set -euo pipefail
cd "$(mktemp -d)"
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
apt-get -qq download "etcd-server=3.4.23-4*"
dpkg -x etcd-server_*.deb .
etcd=$PWD/usr/bin/etcd
gateway() { # PORT: the status of the gateway, once the member is healthy
  for _ in $(seq 100); do curl -fs "http://127.0.0.1:$1/health" | grep -q true && break; sleep 0.2; done
  curl -s -o /dev/null -w '%{http_code}' -X POST -d '{}' "http://127.0.0.1:$1/v3/maintenance/status"
}
file() { # NAME PORT
  printf 'name: %s\ndata-dir: %s\nlisten-client-urls: http://127.0.0.1:%s\nadvertise-client-urls: http://127.0.0.1:%s\n' "$1" "$PWD/$1" "$2" "$2"
  printf 'listen-peer-urls: http://127.0.0.1:%s\ninitial-advertise-peer-urls: http://127.0.0.1:%s\ninitial-cluster: %s=http://127.0.0.1:%s\n' "$(($2 + 1))" "$(($2 + 1))" "$1" "$(($2 + 1))"
}
file silent 23791 >silent.yml
{ file told 23793; echo 'enable-grpc-gateway: true'; } >told.yml
"$etcd" --name flags --data-dir flags --listen-client-urls http://127.0.0.1:23795 --advertise-client-urls http://127.0.0.1:23795 \
  --listen-peer-urls http://127.0.0.1:23796 --initial-advertise-peer-urls http://127.0.0.1:23796 \
  --initial-cluster flags=http://127.0.0.1:23796 >flags.log 2>&1 &
"$etcd" --config-file silent.yml >silent.log 2>&1 &
"$etcd" --config-file told.yml >told.log 2>&1 &
flags=$(gateway 23795) silent=$(gateway 23791) told=$(gateway 23793)
echo "flags $flags, file $silent, file that says so $told"
[ "$flags $silent $told" = "200 404 200" ] || { echo "this has changed" >&2; exit 1; }
