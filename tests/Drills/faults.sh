#!/usr/bin/env bash
# Drills of docs/reliability.md that need no cluster: clients with a ledger write while a server, a database or a disk fails.
#
#   tests/Drills/faults.sh                     all, five runs each, each with a control
#   tests/Drills/faults.sh -n 1 R1 R21         once, of these: R1 R2 R5 R8 R9 R10 R13 R15 R19 R21
#
# Root on Debian with PostgreSQL's server package and haproxy. R13 builds an earlier commit too (OLD, f776b4d by default). Exit code 0 when
# nothing acknowledged was lost and no answer was another than 201 and 503 with Retry-After.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

runs=5
if [ "${1:-}" = -n ]; then runs=$2; shift 2; fi
run=$(mktemp -d "${TMPDIR:-/tmp}/um-faults.XXXXXX")
trap 'git worktree remove --force "$run/source" 2>/dev/null || true; rm -rf "$run"' EXIT
command -v haproxy >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get -qq install -y haproxy >/dev/null
dotnet publish src/Host -c Release -v quiet -o "$run/build"
if [ $# -eq 0 ] || [[ " $* " = *" R13 "* ]]; then
  git worktree add --detach --quiet "$run/source" "${OLD:-f776b4d}"
  (cd "$run/source" && dotnet publish src/Host -c Release -v quiet -o "$run/old")
  export OLD_BUILD=$run/old
fi
dotnet run --project tests/Drills -c Release -- faults "$run/build" "$runs" "$@"
