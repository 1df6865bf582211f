#!/usr/bin/env bash
# A long moderate load with little memory: what a server holds after an hour, and whether it grows.
#
#   tests/Drills/soak.sh                           two hours, 512 MiB, about twenty acts a second
#   tests/Drills/soak.sh MINUTES MIB RATE [BUILD]  BUILD: a published server; made when it is not given
#
# Root on Linux: the kernel holds the server to its memory (a cgroup, version 1 or 2). Writes a sample each half minute to soak.tsv in the
# folder it names, and each quarter of the time what is in use after a full collection (dotnet-gcdump); prints the answers, the slopes by
# least squares and what `verify` says; exit code 0 when nothing was wrong.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

minutes=${1:-120} mib=${2:-512} rate=${3:-20} build=${4:-}
run=$(mktemp -d "${TMPDIR:-/tmp}/um-soak.XXXXXX")
if [ -d /sys/fs/cgroup/memory ]; then group=/sys/fs/cgroup/memory limit=memory.limit_in_bytes; else group=/sys/fs/cgroup limit=memory.max; fi
group=$group/um-soak.$$
mkdir "$group"
trap 'rmdir "$group"; rm -rf "$run/build" "$run/tools"' EXIT
echo $((mib * 1048576)) >"$group/$limit"
if [ -z "$build" ]; then build=$run/build; dotnet publish src/Host -c Release -v quiet -o "$build"; fi
dotnet tool install dotnet-gcdump --version 10.0.750501 --tool-path "$run/tools" >/dev/null
echo "samples: $run/soak.tsv"
nice dotnet run --project tests/Drills -c Release -- soak "$build" "$group" "$run/soak.tsv" "$minutes" "$rate" "$run/tools/dotnet-gcdump"
