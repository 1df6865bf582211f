#!/usr/bin/env bash
# Microsoft.Data.Sqlite 10.0.15 with SQLitePCLRaw.lib.e_sqlite3 2.1.13 (SQLite 3.53.3): in a table whose primary key begins with the
# tenant, an index on exactly the two columns of the WHERE clause is not used. The covering index of the primary key is taken by the
# tenant alone, and all rows of the tenant are walked.
#
# Seen, 50,000 rows of one tenant, PRIMARY KEY (workspace_id, attribute, value, member_id), index (workspace_id, member_id): both
# "workspace_id = ? AND member_id = ?" and "... IN (1000 values)" are planned as SEARCH USING COVERING INDEX sqlite_autoindex (workspace_id=?)
# and take milliseconds for one row. After ANALYZE, or with two fixed rows in sqlite_stat1, the plan is (workspace_id=? AND member_id=?)
# and takes microseconds. ANALYZE on the empty database changes nothing, so a migration that runs it before the first person is added is
# no remedy; PRAGMA optimize behaves as that.
# The guess: equality on every column of an index beats equality on the first column of another one.
# Why it is not so: without statistics SQLite takes every first column to choose ten rows, and a covering index of ten rows costs less
# than nine rows with a look into the table. With a tenant in front of every key, the first column chooses all rows of the tenant.
# What it means: look-ups by member, group or login that are flat on PostgreSQL grow with the workspace on SQLite. Statistics must be
# written where the tables are made (fixed rows in sqlite_stat1 for every index that begins with the tenant), not measured.
set -euo pipefail
cd "$(mktemp -d)"
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.Data.Sqlite.Core" Version="10.0.15" />
    <PackageReference Include="SQLitePCLRaw.bundle_e_sqlite3" Version="2.1.13" />
  </ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Diagnostics;
using Microsoft.Data.Sqlite;

const string ByTenant = "(workspace_id=?)";
const string ByBoth = "(workspace_id=? AND member_id=?)";
var same = true;

SqliteConnection Filled(bool analyzedWhenEmpty)
{
    var db = new SqliteConnection("Data Source=:memory:");
    db.Open();
    Do(db, "CREATE TABLE keys (workspace_id TEXT NOT NULL, attribute TEXT NOT NULL, value TEXT NOT NULL, member_id TEXT NOT NULL, PRIMARY KEY (workspace_id, attribute, value, member_id))");
    Do(db, "CREATE INDEX by_member ON keys (workspace_id, member_id)");
    if (analyzedWhenEmpty) { Do(db, "ANALYZE"); Do(db, "PRAGMA optimize=0x10002"); }
    Do(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) INSERT INTO keys SELECT 'acme', 'a' || (i % 5), 'v' || i, 'm' || (i / 5) FROM n");
    return db;
}

void Look(string name, SqliteConnection db, string expected)
{
    Console.WriteLine($"{name}: SQLite {db.ServerVersion}");
    foreach (var count in new[] { 1, 1000 })
    {
        var where = count == 1 ? "= 'm7'" : "IN (" + string.Join(",", Enumerable.Range(0, count).Select(i => $"'m{i}'")) + ")";
        var sql = $"SELECT * FROM keys WHERE workspace_id = 'acme' AND member_id {where}";
        using var explain = new SqliteCommand("EXPLAIN QUERY PLAN " + sql, db);
        using var plan = explain.ExecuteReader();
        plan.Read();
        var text = plan.GetString(3);
        Do(db, sql);
        var began = Stopwatch.GetTimestamp();
        Do(db, sql);
        Console.WriteLine($"  {count,4} members: {text}  {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.00} ms");
        same &= text.EndsWith(expected, StringComparison.Ordinal);
    }
}

void Do(SqliteConnection db, string sql)
{
    using var command = new SqliteCommand(sql, db);
    using var reader = command.ExecuteReader();
    while (reader.Read()) { }
}

using (var db = Filled(false)) { Look("no statistics", db, ByTenant); Do(db, "ANALYZE"); Look("analyzed when full", db, ByBoth); }
using (var db = Filled(true)) { Look("analyzed when empty", db, ByTenant); }
using (var db = Filled(true))
{
    Do(db, "ANALYZE sqlite_schema");
    Do(db, "DELETE FROM sqlite_stat1");
    Do(db, "INSERT INTO sqlite_stat1 VALUES ('keys', 'sqlite_autoindex_keys_1', '1000000 100000 10000 2 1 noskipscan'), ('keys', 'by_member', '1000000 100000 10 noskipscan')");
    Do(db, "ANALYZE sqlite_schema");
    Look("fixed statistics", db, ByBoth);
}

if (!same) { Console.Error.WriteLine("this has changed"); }
return same ? 0 : 1;
X
dotnet run
