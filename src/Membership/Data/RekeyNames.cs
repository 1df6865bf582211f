using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// Two that were told apart by their names and are the same by <see cref="Key"/> now. Nobody is lost: the later one keeps the key it has.
/// </summary>
/// <param name="Where">The workspace's slug, or "accounts".</param>
/// <param name="What">Which name: userName, group, login or address.</param>
/// <param name="Id">Whose key stands apart: found by this id, and by the name only once one of the two is renamed or removed.</param>
/// <param name="Name">Their name.</param>
public sealed record NameCollision(string Where, string What, Guid Id, string Name);

/// <summary>
/// Brings every stored key to what <see cref="Key"/> makes of the name today: a part of migrating. It may run any number of times,
/// beside servers too, and goes on where it was stopped. It goes through each table once, along its primary key, a page a statement
/// (see <see cref="KeyPages"/>), whatever is odd in it; what is right already is not written. A run that came to its end leaves a mark.
/// A key that somebody else has stays as it is: as it is no key of any name today, it stands apart without meeting another. A member's
/// becomes today's at their next change, or when the other one is renamed or removed (see <see cref="Members.ApartNames"/>); a
/// group's, a login's or an address's at the next run.
/// </summary>
public sealed class RekeyNames(Store store)
{
    private const int Together = 200;

    /// <summary>Runs through everything.</summary>
    /// <param name="again">
    /// Whether also where a run by the same <see cref="Key.Rules"/> came to its end: a server of an older version may have written since.
    /// </param>
    /// <param name="told">Told after each page how many rows were read; null for nobody.</param>
    /// <param name="ct">Stops it; what is written stays.</param>
    /// <returns>Who has the same name as somebody else; empty as a rule, and where nothing was run.</returns>
    public async Task<IReadOnlyList<NameCollision>> RunAsync(bool again, Func<long, Task>? told, CancellationToken ct)
    {
        List<Workspace> workspaces;
        await using (var db = store.Read())
        {
            if (!again && await db.Marks.AnyAsync(m => m.Name == Mark.KeyRules && m.Value == Key.Rules, ct))
            {
                return [];
            }

            workspaces = await db.Workspaces.AsNoTracking().OrderBy(w => w.Slug).ToListAsync(ct);
        }

        var run = new Progress(told);
        foreach (var workspace in workspaces)
        {
            await ThroughAsync<Members.Member>(
                run,
                (db, after) => KeyPages.MembersAsync(db, workspace.Id, after, ct),
                (attempt, ids) => KeyPlans.MembersAsync(attempt, workspace, ids, ct),
                ct
            );
            await ThroughAsync<Groups.Group>(
                run,
                (db, after) => KeyPages.GroupsAsync(db, workspace.Id, after, ct),
                (attempt, ids) => KeyPlans.GroupsAsync(attempt, workspace, ids, ct),
                ct
            );
        }

        await ThroughAsync<Accounts.Account>(
            run,
            (db, after) => KeyPages.LoginsAsync(db, after, ct),
            (attempt, ids) => KeyPlans.LoginsAsync(attempt, ids, ct),
            ct
        );
        await ThroughAsync<Accounts.Account>(
            run,
            (db, after) => KeyPages.AddressesAsync(db, after, ct),
            (attempt, ids) => KeyPlans.AddressesAsync(attempt, ids, ct),
            ct
        );
        await ChangeAsync(attempt => MarkAsync(attempt, ct), ct);
        return run.Found;
    }

    private async Task ThroughAsync<T>(
        Progress run,
        Func<MembershipDb, Id<T>, Task<KeyPage<T>>> read,
        Func<Attempt, List<Id<T>>, Task<IReadOnlyList<NameCollision>>> plan,
        CancellationToken ct
    )
    {
        Id<T>? after = default(Id<T>);
        while (after is { } start)
        {
            KeyPage<T> page;
            await using (var db = store.Read())
            {
                page = await read(db, start);
            }

            foreach (var ids in page.Odd.Chunk(Together))
            {
                run.Found.AddRange(await ChangeAsync(attempt => plan(attempt, [.. ids]), ct));
            }

            after = page.Next;
            run.Rows += page.Rows;
            await (run.Told?.Invoke(run.Rows) ?? Task.CompletedTask);
        }
    }

    private async Task<IReadOnlyList<NameCollision>> ChangeAsync(
        Func<Attempt, Task<IReadOnlyList<NameCollision>>> plan,
        CancellationToken ct
    )
    {
        var done = await store.ChangeAsync<Collisions>(
            Actor.System,
            null,
            "names.rekeyed",
            async attempt => new Collisions(await plan(attempt)),
            ct
        );
        return done.Is(out var found, out var refusal)
            ? found.All
            : throw new InvalidOperationException($"The keys of names could not be written: {refusal.Message} Run it again.");
    }

    private static async Task<IReadOnlyList<NameCollision>> MarkAsync(Attempt attempt, CancellationToken ct)
    {
        var mark = new Mark
        {
            Name = Mark.KeyRules,
            Value = Key.Rules,
            At = attempt.At,
        };
        if (await attempt.Db.Marks.AsNoTracking().FirstOrDefaultAsync(m => m.Name == Mark.KeyRules, ct) is { } set)
        {
            attempt.Changes.Update(set, mark);
        }
        else
        {
            attempt.Changes.AddIfMissing(mark); // by another process at the same moment
        }

        return [];
    }

    private sealed record Collisions(IReadOnlyList<NameCollision> All);

    private sealed class Progress(Func<long, Task>? told)
    {
        public Func<long, Task>? Told => told;

        public List<NameCollision> Found { get; } = [];

        public long Rows { get; set; }
    }
}
