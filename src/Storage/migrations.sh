#!/usr/bin/env bash
# Keeps the migrations of both databases at the model.
#
#   src/Storage/migrations.sh initial      after changing an entity, while nothing is released: makes Initial anew
#   src/Storage/migrations.sh add NAME     after the first release: one more migration for each database
#   src/Storage/migrations.sh lean         after the tool was called by hand: what `add` does with its Designer files
#
# Initial keeps one fixed number, so that the hand-written migrations that follow it stay as they are.
#
# What the tool writes into NAME.Designer.cs beside the migration's name is the whole model once more, thousands of lines for each
# step. No step here needs it (each says its column types), and building it is half of a first start: the name goes into the migration.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

number=20260901000000

ef() { dotnet tool run dotnet-ef -- "$@" --project . --startup-project . --no-build; }

add() { # add NAME: for both databases; the warnings that the tool would silence stay on, for there are none
  ef migrations add "$1" --context SqliteDb --output-dir Sqlite/Migrations
  ef migrations add "$1" --context PostgresDb --output-dir Postgres/Migrations
  sed -i '/#pragma warning .* 612, 618/d' Sqlite/Migrations/*.cs Postgres/Migrations/*.cs
  sed -i '1s/^\xEF\xBB\xBF//' Sqlite/Migrations/*.cs Postgres/Migrations/*.cs
  lean
}

lean() {
  local designer file
  for designer in Sqlite/Migrations/*.Designer.cs Postgres/Migrations/*.Designer.cs; do
    [ -e "$designer" ] || continue
    file=${designer%.Designer.cs}.cs
    sed -i -e '0,/^using Microsoft.EntityFrameworkCore.Migrations;/s//using Microsoft.EntityFrameworkCore.Infrastructure;\n&/' \
      -e "s/^    public partial class /$(grep -m1 '^    \[DbContext(' "$designer")\n$(grep -m1 '^    \[Migration(' "$designer")\n    public class /" "$file"
    rm "$designer"
  done
}

case "${1:-}" in
  initial)
    for room in Sqlite Postgres; do
      rm -f "$room"/Migrations/*_Initial.cs "$room"/Migrations/*ModelSnapshot.cs
    done
    dotnet tool restore >/dev/null
    dotnet build . -v quiet
    add Initial
    for room in Sqlite Postgres; do
      for file in "$room"/Migrations/*_Initial.cs; do
        sed -E -i "s/Migration\(\"[0-9]+_Initial\"\)/Migration(\"${number}_Initial\")/" "$file"
        sed -i '1s/^\xEF\xBB\xBF//' "$file"
        mv "$file" "$room/Migrations/${number}_${file##*_}"
      done
    done
    ;;
  add)
    [ -n "${2:-}" ] || { echo "which name? src/Storage/migrations.sh add NAME" >&2; exit 64; }
    dotnet tool restore >/dev/null
    dotnet build . -v quiet
    add "$2"
    ;;
  lean) lean ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 64
    ;;
esac
dotnet build . -v quiet
