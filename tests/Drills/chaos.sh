#!/usr/bin/env bash
# Random valid requests over SCIM, REST and pages while roles, limits, licenses and the policy move under them.
#
#   tests/Drills/chaos.sh                        PostgreSQL with two servers, ten minutes
#   tests/Drills/chaos.sh sqlite --minutes 2     SQLite with one server
#   tests/Drills/chaos.sh --seed 42 --rate 100   the draws of an earlier run; acts a second at most (default 60)
#
# On this machine alone. Prints the seed, the answers by server, door and status, what `verify` says and all that was wrong
# (an answer of the 500s, a member in a role that is not there, more given out beyond a limit, no admin left); exit code 0
# when nothing was. Needs PostgreSQL's server binaries, as ./test does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

run=$(mktemp -d "${TMPDIR:-/tmp}/um-chaos.XXXXXX")
trap 'rm -rf "$run"' EXIT
dotnet publish src/Host -c Release -v quiet -o "$run/build"
dotnet run --project tests/Drills -c Release -- chaos "$run/build" "$@"
