#!/usr/bin/env bash
# Npgsql.EntityFrameworkCore.PostgreSQL 10.0.3 with Microsoft.EntityFrameworkCore 10.0.15 (NuGet): names.Contains(row.Column) over a
# nullable column becomes two conditions joined by OR, although the list's type holds no null; SQLite's provider writes one IN.
#
# Seen (ToQueryString):
#   Npgsql, nullable column: u."UserName" = ANY (@names) OR (u."UserName" IS NULL AND array_position(@names, NULL) IS NOT NULL)
#   the same for List<string> and string[], by EF.Parameter, and with an exclamation mark behind the column
#   Npgsql, required column, or behind "u.UserName != null &&": ... u."UserName" = ANY (@names)
#   Sqlite, nullable column: "u"."UserName" IN (@names1, @names2)
# The guess: by their C# types neither side is null (EF reads the same annotations for columns), and EF looks into the list when it is
# run, as SQLite's text shows; so one "= ANY" stands there, which an index on the column answers.
# What it means: looking up everybody with one of some user names or addresses is what a provisioning server does for each page of a bulk.
# The second branch has no bound in the names: with statistics of a large table PostgreSQL read the index of names through all tenants for
# it, where with few rows nothing was to be seen. "column != null &&" in front gives the plain form.
set -euo pipefail
cd "$(mktemp -d)"
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="10.0.3" />
    <PackageReference Include="Microsoft.EntityFrameworkCore.Sqlite" Version="10.0.15" />
  </ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

List<string> names = ["ada", "grace"];
string[] array = ["ada", "grace"];
var seen = new List<string>();
foreach (var (provider, options) in new (string, DbContextOptions)[]
{
    ("Npgsql", new DbContextOptionsBuilder().UseNpgsql("Host=nowhere").Options),
    ("Sqlite", new DbContextOptionsBuilder().UseSqlite("Data Source=:memory:").Options),
})
{
    using var db = new Db(options);
    Tell("nullable", db.Users.Where(u => names.Contains(u.UserName!)));
    Tell("nullable, of an array", db.Users.Where(u => array.Contains(u.UserName!)));
    Tell("nullable, parameter", db.Users.Where(u => EF.Parameter(names).Contains(u.UserName!)));
    Tell("nullable, guarded", db.Users.Where(u => u.UserName != null && names.Contains(u.UserName)));
    Tell("required", db.Users.Where(u => names.Contains(u.Key)));

    void Tell(string what, IQueryable<User> query)
    {
        var where = Regex.Replace(query.ToQueryString(), @"(?s)^.*\bWHERE ", "").Trim();
        Console.WriteLine($"{provider}, {what}: {Regex.Replace(where, @"\s+", " ")}");
        seen.Add($"{provider}, {what}: {(where.Contains(" OR ") ? "OR" : "one condition")}");
    }
}
return seen.SequenceEqual([
    "Npgsql, nullable: OR",
    "Npgsql, nullable, of an array: OR",
    "Npgsql, nullable, parameter: OR",
    "Npgsql, nullable, guarded: one condition",
    "Npgsql, required: one condition",
    "Sqlite, nullable: one condition",
    "Sqlite, nullable, of an array: one condition",
    "Sqlite, nullable, parameter: one condition",
    "Sqlite, nullable, guarded: one condition",
    "Sqlite, required: one condition",
]) ? 0 : 1;

class User { public int Id { get; set; } public string? UserName { get; set; } public required string Key { get; set; } }
class Db(DbContextOptions options) : DbContext(options) { public DbSet<User> Users => Set<User>(); }
X
dotnet run -v q
