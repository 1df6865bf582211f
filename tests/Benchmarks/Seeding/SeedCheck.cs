using Microsoft.EntityFrameworkCore;
using UserManagement.Benchmarks.Databases;
using UserManagement.Membership.Licensing;

namespace UserManagement.Benchmarks.Seeding;

/// <summary>Shows at the start of a run that seeded rows are what the core would have written.</summary>
internal static class SeedCheck
{
    /// <summary>Seeds a few people, lets the core verify them, and brings one in by both ways to compare the rows.</summary>
    /// <returns>What is wrong; null when all agrees.</returns>
    public static async Task<string?> RunAsync(DurablePostgres? postgres)
    {
        await using var database = await BenchDatabase.NewAsync(postgres, "seed_check");
        var seeded = await Seed.RunAsync(database, "seeded", 300);
        await Seed.GroupAsync(database, seeded, "All", 300);
        var acted = await Seed.RunAsync(database, "acted", 0);
        var person = new SeedPerson(7);
        var made = await Seed.ProvisionAsync(database.Store, acted, person);
        if ((await new VerifyCounters(database.Store).RunAsync(default)) is { Count: > 0 } wrong)
        {
            return string.Join("; ", wrong.Take(5));
        }

        await using var db = database.Store.Read();
        var twin = await db.Members.SingleAsync(m => m.WorkspaceId == seeded.Id && m.UserName == person.UserName);
        var byAct = await Seed.RowsOfAsync(db, acted.Id, made.Id);
        var bySeed = await Seed.RowsOfAsync(db, seeded.Id, twin.Id);
        foreach (var (one, other) in byAct.Zip(bySeed))
        {
            if (
                one.Rows.Count != other.Rows.Count
                || one.Rows.Zip(other.Rows).Any(pair => !pair.First.Zip(pair.Second).All(v => Alike(v.First, v.Second)))
            )
            {
                return $"The rows of {one.Shape.Name} differ from those that the act writes.";
            }
        }

        return null;
    }

    // ids, times, salts and digests differ by nature, and so do texts that hold times
    private static bool Alike(object? one, object? other) =>
        (one, other) switch
        {
            (Guid, Guid) => true,
            (byte[] a, byte[] b) => a.Length == b.Length,
            (long a, long b) when a > 1_000_000_000_000 => b > 1_000_000_000_000,
            (string a, string b) when a.Contains("joinedAt", StringComparison.Ordinal) => a.Length == b.Length,
            _ => Equals(one, other),
        };
}
