#!/usr/bin/env bash
# Microsoft.EntityFrameworkCore.Sqlite 10.0.15 (NuGet): ids.Contains(row.Id) makes a parameter of each element, and above 32,600 elements
# the query fails, where SQLite itself takes 32,766 parameters and the provider of version 9 sent a list of any length as one (json_each).
#
# Seen, a table of 60,000 people with a Guid as key:
#   4,000 and 32,600 ids: found. 32,601, 32,766 and 60,000 ids: SqliteException "SQLite Error 1: 'too many SQL variables'."
#   with UseParameterizedCollectionMode(ParameterTranslationMode.Parameter): all of them found
#   4,000 ids: 78 ms, as one parameter 7 ms; lists of 1 to 300 ids become 23 texts of SQL, as one parameter one
#   SQL Server's provider 10.0.15, 2,000 ids: a parameter each; 2,500 ids: one (OPENJSON). Sqlite 9.0.0, by hand: json_each at any length
#   a second context of the same class with the other setting, asking the same query: the first one's text
# The guess: what is new in version 10 falls back to one parameter where a list is too long, as SQL Server's provider does; what SQLite
# takes, EF hands over; parameters are the quicker form; and options of a context are its own.
# Why it is not so: SQLite's provider has no such fallback, and the list is padded up to a multiple of 200 first, so that the last 166
# that SQLite would take are out of reach. Each parameter is made, named and bound by itself. The compiled query is kept by the class of
# the context and the expression, not by this setting.
# What it means: a group of 40,000 members, a bulk of everybody, a full cycle: what a provisioning server asks by lists of ids works in
# each test of some hundreds and is an unexpected error for the large customer, after an upgrade that changed no line of code.
set -euo pipefail
cd "$(mktemp -d)"
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.EntityFrameworkCore.Sqlite" Version="10.0.15" />
    <PackageReference Include="Microsoft.EntityFrameworkCore.SqlServer" Version="10.0.15" />
  </ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

const int People = 60_000;
using var kept = new SqliteConnection("Data Source=people;Mode=Memory;Cache=Shared");
kept.Open();
using (var fill = kept.CreateCommand())
{
    fill.CommandText = $"""
        CREATE TABLE Members (Id TEXT NOT NULL PRIMARY KEY);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {People}) INSERT INTO Members SELECT printf('%08X-0000-7000-8000-000000000000', i) FROM n;
        """;
    fill.ExecuteNonQuery();
}

List<Guid> Ids(int count) => [.. Enumerable.Range(1, count).Select(i => Guid.Parse($"{i:X8}-0000-7000-8000-000000000000"))];

string Ask(Db db, int count)
{
    var ids = Ids(count);
    try
    {
        return db.Members.Where(m => ids.Contains(m.Id)).Count().ToString();
    }
    catch (Exception e) when (e is SqliteException or InvalidOperationException)
    {
        return e.Message.Split('\n')[0];
    }
}

double Milliseconds(Db db)
{
    var all = new List<double>();
    for (var round = 0; round < 15; round++)
    {
        var clock = Stopwatch.StartNew();
        Ask(db, 4000);
        all.Add(clock.Elapsed.TotalMilliseconds);
    }

    all.Sort();
    return all[7];
}

using var each = new Each();
using var one = new One();
foreach (var count in new[] { 4000, 32_600, 32_601, 32_766, 60_000 })
{
    Console.WriteLine($"{count} ids: as it comes: {Ask(each, count)}; one parameter: {Ask(one, count)}");
}

var texts = Enumerable.Range(1, 300).Select(n => { var ids = Ids(n); return each.Members.Where(m => ids.Contains(m.Id)).ToQueryString(); })
    .Select(t => t[t.IndexOf("SELECT", StringComparison.Ordinal)..]).Distinct().Count();
var textsOne = Enumerable.Range(1, 300).Select(n => { var ids = Ids(n); return one.Members.Where(m => ids.Contains(m.Id)).ToQueryString(); })
    .Select(t => t[t.IndexOf("SELECT", StringComparison.Ordinal)..]).Distinct().Count();
var (a, b) = (Milliseconds(each), Milliseconds(one));
string Text(Db db) { var ids = Ids(40); var t = db.Members.Where(m => ids.Contains(m.Id)).ToQueryString(); return t.Contains("json_each") ? "one parameter" : "a parameter each"; }
bool IsOpenJson(int count) { using var db = new OfSqlServer(); var ids = Ids(count); return db.Members.Where(m => ids.Contains(m.Id)).ToQueryString().Contains("OPENJSON"); }
Console.WriteLine($"SQL Server, one parameter: 2,000 ids {IsOpenJson(2000)}, 2,500 ids {IsOpenJson(2500)}");
using var first = new Db(null);
using var second = new Db(ParameterTranslationMode.Parameter);
var (asFirst, asSecond) = (Text(first), Text(second));
Console.WriteLine($"two contexts of one class: {asFirst}; set to one parameter: {asSecond}");
Console.WriteLine($"texts for lists of 1 to 300: {texts}, one parameter {textsOne}; 4,000 ids: {a:0.0} ms, one parameter {b:0.0} ms");
const string TooMany = "SQLite Error 1: 'too many SQL variables'.";
var holds = Ask(each, 32_600) == "32600" && Ask(each, 32_601) == TooMany && Ask(each, 32_766) == TooMany
    && Ask(one, 32_601) == "32601" && Ask(one, 60_000) == "60000" && texts > 1 && textsOne == 1 && a > 2 * b && asFirst == asSecond
    && !IsOpenJson(2000) && IsOpenJson(2500);
Console.WriteLine(holds ? "as described" : "it has changed");
return holds ? 0 : 1;

class Each() : Db(null);

class One() : Db(ParameterTranslationMode.Parameter);

class Db(ParameterTranslationMode? mode) : DbContext
{
    public DbSet<Member> Members => Set<Member>();

    protected override void OnConfiguring(DbContextOptionsBuilder options) =>
        options.UseSqlite("Data Source=people;Mode=Memory;Cache=Shared", o => { if (mode is { } m) { o.UseParameterizedCollectionMode(m); } });
}

class OfSqlServer : DbContext
{
    public DbSet<Member> Members => Set<Member>();

    protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseSqlServer("Server=nowhere");
}

class Member { public Guid Id { get; set; } }
X
dotnet run -c Release 2>&1
