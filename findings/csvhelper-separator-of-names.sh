#!/usr/bin/env bash
# CsvHelper 34.0.0 (NuGet): with the default options the separator is guessed, and the comma wins over what the header line says: a
# one-column file of names written "Last, First" is cut in two, and so is a semicolon file whose lines hold as many commas.
#
# Seen: "name" over "Lovelace, Ada" is read with the comma, one header and two fields a row. "user name;groups, comma separated" over
# "ada@corp.example;dev, ops" is read with the comma too: the first column is "user name;groups", its value "ada@corp.example;dev". No
# error in either case: a row with more fields than the header is taken by default. With no comma in the header ("user name;groups")
# the semicolon is found.
# The guess: the header decides (in the first file it holds no separator at all), or rows that do not fit it are refused.
# What it means: a list of people from a spreadsheet in a language that writes semicolons invites wrong names or nobody, and nothing was
# refused. The separator must be taken from the header line by the caller and handed over as CsvReaderOptions.Separator.
set -euo pipefail
cd "$(mktemp -d)"
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="CsvHelper" Version="34.0.0" /></ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using System.Text;
using CsvHelper;

(string Text, char? Given, string Expected)[] cases =
[
    ("name\nLovelace, Ada\nHopper, Grace\n", null, ", [name] Lovelace|Ada"),
    ("user name;groups, comma separated\nada@corp.example;dev, ops\n", null, ", [user name;groups| comma separated] ada@corp.example;dev|ops"),
    ("user name;groups, comma separated\nada@corp.example;dev, ops\n", ';', "; [user name|groups, comma separated] ada@corp.example|dev, ops"),
    ("user name;groups\nada@corp.example;dev, ops\n", null, "; [user name|groups] ada@corp.example|dev, ops"),
];
var same = true;
foreach (var (text, given, expected) in cases)
{
    var options = given is null ? CsvReaderOptions.Default : CsvReaderOptions.Default with { Separator = given };
    using var csv = CsvReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(text)), options);
    csv.Read();
    var fields = string.Join('|', Enumerable.Range(0, csv.FieldCount).Select(i => csv.GetString(i).Trim()));
    var seen = $"{csv.Separator} [{string.Join('|', csv.Headers.ToArray())}] {fields}";
    Console.WriteLine($"{text.Split('\n')[0],-36}{(given is null ? "guessed" : "given"),-9}{seen}");
    same &= seen == expected;
}

if (!same) { Console.Error.WriteLine("this has changed"); }
return same ? 0 : 1;
X
dotnet run
