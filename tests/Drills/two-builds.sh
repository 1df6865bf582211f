#!/usr/bin/env bash
# A rolling upgrade and a rollback: an earlier build and this one on one database, SQLite and PostgreSQL.
#
#   tests/Drills/two-builds.sh             beside the build of commit f776b4d, the first that was deployed
#   tests/Drills/two-builds.sh COMMIT      beside that of another commit
#
# Builds both in a folder of its own, which goes afterwards. Prints the phases, the answers by build, door and status, and
# all that was wrong; exit code 0 when nothing was. Needs PostgreSQL's server binaries, as ./test does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

commit=${1:-f776b4d}
run=$(mktemp -d "${TMPDIR:-/tmp}/um-two-builds.XXXXXX")
finish() {
  git worktree remove --force "$run/source" 2>/dev/null || true
  rm -rf "$run"
}
trap finish EXIT

git worktree add --detach --quiet "$run/source" "$commit"
(cd "$run/source" && dotnet publish src/Host -c Release -v quiet -o "$run/old")
dotnet publish src/Host -c Release -v quiet -o "$run/new"
dotnet run --project tests/Drills -c Release -- two-builds "$run/old" "$run/new"
