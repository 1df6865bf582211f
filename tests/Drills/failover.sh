#!/usr/bin/env bash
# What is lost, and for how long nobody can write, when the cluster of deploy/ha loses a node: three nodes of PostgreSQL under Patroni,
# three members of etcd, HAProxy and two servers on this machine's loopback.
#
#   tests/Drills/failover.sh                            the control and every fault, once each (some ten minutes)
#   tests/Drills/failover.sh kill-node kill-node        these, one after the other
#
# Faults: none, kill-node, kill-postgres, kill-patroni, switchover, stop-standbys. Root on Debian: installs patroni, etcd-server and haproxy
# where they are missing. A minute each, the fault after ten seconds; exit code 0 when nothing was lost and every refusal was 503 with Retry-After.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[ $# -gt 0 ] || set -- none switchover kill-patroni kill-postgres kill-node stop-standbys
run=$(mktemp -d "${TMPDIR:-/tmp}/um-failover.XXXXXX")
end() {
  local rc=$?
  tests/Drills/Failover/cluster down "$run"
  rm -rf "$run/build" "$run/data"
  if [ $rc -eq 0 ]; then rm -rf "$run"; else echo "what servers, Patroni and etcd said: $run/*.log"; fi
}
trap end EXIT
dotnet publish src/Host -c Release -v quiet -o "$run/build"
tests/Drills/Failover/cluster up "$run"
dotnet run --project tests/Drills -c Release -- failover "$run/build" tests/Drills/Failover/cluster "$run" "$@"
