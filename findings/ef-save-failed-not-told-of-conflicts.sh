#!/usr/bin/env bash
# Microsoft.EntityFrameworkCore 10.0.15 (with the Sqlite provider): a save that ends in DbUpdateConcurrencyException does not tell the
# interceptor's SaveChangesFailed(Async), while the event of the same name on the context is raised; other failed saves tell both.
#
# Seen: a duplicate key: "SavingChanges SaveChangesFailed event". A row that somebody else changed: "SavingChanges
# ThrowingConcurrencyException event", though the exception derives from DbUpdateException.
# The guess: SavingChanges is followed by SavedChanges, SaveChangesFailed or SaveChangesCanceled, whatever happens.
# What it means: whatever an interceptor opens in SavingChanges and closes in SaveChangesFailed (a turn to write, a lock, a span, a count
# of saves under way) stays open after a conflict. Token stores of OpenID providers (OpenIddict's EF Core stores among them) meet such
# conflicts as a matter of course, when two requests redeem one refresh token; a directory's PATCH of one user from two workers is another.
# ThrowingConcurrencyException(Async) must close it as well.
set -euo pipefail
cd "$(mktemp -d)"
cat > try.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.EntityFrameworkCore.Sqlite" Version="10.0.15" /></ItemGroup>
</Project>
X
cat > Program.cs <<'X'
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

using (var db = new People([])) { db.Database.EnsureDeleted(); db.Database.EnsureCreated(); db.Add(new Person { Id = 1, Name = "Ada" }); db.SaveChanges(); }

var duplicate = await ToldAsync(async db =>
{
    db.Add(new Person { Id = 1, Name = "Grace" });
    await db.SaveChangesAsync();
});
var conflict = await ToldAsync(async db =>
{
    var ada = await db.Set<Person>().SingleAsync();
    await db.Database.ExecuteSqlRawAsync("UPDATE Person SET Version = Version + 1");
    (ada.Name, ada.Version) = ("Ada Lovelace", ada.Version + 1);
    await db.SaveChangesAsync();
});
Console.WriteLine($"duplicate key: {duplicate}\nchanged row:   {conflict}");
var same =
    duplicate == "DbUpdateException: SavingChanges SaveChangesFailed event"
    && conflict == "DbUpdateConcurrencyException: SavingChanges ThrowingConcurrencyException event";
if (!same) { Console.Error.WriteLine("this has changed"); }
return same ? 0 : 1;

static async Task<string> ToldAsync(Func<People, Task> save)
{
    List<string> told = [];
    await using var db = new People(told);
    db.SaveChangesFailed += (_, _) => told.Add("event");
    try { await save(db); told.Insert(0, "saved:"); }
    catch (DbUpdateException e) { told.Insert(0, e.GetType().Name + ":"); }
    return string.Join(' ', told);
}

sealed class Person { public int Id { get; set; } public string Name { get; set; } = ""; public int Version { get; set; } }

sealed class People(List<string> told) : DbContext
{
    protected override void OnConfiguring(DbContextOptionsBuilder options) =>
        options.UseSqlite("Data Source=people.db").AddInterceptors(new Listener(told));

    protected override void OnModelCreating(ModelBuilder model) => model.Entity<Person>().Property(p => p.Version).IsConcurrencyToken();
}

sealed class Listener(List<string> told) : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData data, InterceptionResult<int> result, CancellationToken ct)
    {
        told.Add("SavingChanges");
        return base.SavingChangesAsync(data, result, ct);
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData data, int result, CancellationToken ct)
    {
        told.Add("SavedChanges");
        return base.SavedChangesAsync(data, result, ct);
    }

    public override Task SaveChangesFailedAsync(DbContextErrorEventData data, CancellationToken ct)
    {
        told.Add("SaveChangesFailed");
        return base.SaveChangesFailedAsync(data, ct);
    }

    public override ValueTask<InterceptionResult> ThrowingConcurrencyExceptionAsync(ConcurrencyExceptionEventData data, InterceptionResult result, CancellationToken ct)
    {
        told.Add("ThrowingConcurrencyException");
        return base.ThrowingConcurrencyExceptionAsync(data, result, ct);
    }
}
X
dotnet run
