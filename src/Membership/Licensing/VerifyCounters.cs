using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>A count that does not agree with the rows it counts, or a row that does not agree with its facts.</summary>
/// <param name="Workspace">The workspace's slug; "accounts" for what belongs to none.</param>
/// <param name="What">What differs.</param>
/// <param name="Stored">The stored value.</param>
/// <param name="Found">What the rows say.</param>
public sealed record Discrepancy(string Workspace, string What, string Stored, string Found);

/// <summary>
/// Compares the stored counts with the rows they count, and each member with the facts it follows from, what a
/// rule gave with what it would give. Reads
/// everything: for the operator and for drills, not for a page. Run it while nothing is being written.
/// </summary>
public sealed class VerifyCounters(Store store)
{
    /// <summary>Everything that differs; empty when all agrees.</summary>
    public async Task<IReadOnlyList<Discrepancy>> RunAsync(CancellationToken ct)
    {
        await using var db = store.Read();
        var found = new List<Discrepancy>();
        foreach (var row in await db.Workspaces.AsNoTracking().OrderBy(w => w.Slug).ToListAsync(ct))
        {
            found.AddRange(await OfAsync(db, WorkspaceContext.Of(db, row), ct));
        }

        await foreach (var login in db.LocalCredentials.AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
        {
            Differ(found, "accounts", $"key of the login of {login.AccountId}", login.LoginKey, Key.Of(login.Login));
        }

        await foreach (
            var account in db.Accounts.AsNoTracking().Where(a => a.ProvenEmailKey != null).AsAsyncEnumerable().WithCancellation(ct)
        )
        {
            Differ(found, "accounts", $"key of the address of {account.Id}", account.ProvenEmailKey, Key.OfOrNull(account.ProvenEmailKey));
        }

        return found;
    }

    private static async Task<List<Discrepancy>> OfAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct)
    {
        var found = new List<Discrepancy>();
        var counted = new Dictionary<CounterId, long>();
        await foreach (
            var member in db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace.Id).AsAsyncEnumerable().WithCancellation(ct)
        )
        {
            foreach (var counter in Seats.CountersOf(workspace.Configuration, member))
            {
                counted[counter] = counted.GetValueOrDefault(counter) + 1;
            }

            Check(found, workspace, member);
        }

        counted[new(workspace.Id, CounterKind.Groups)] = await db.Groups.LongCountAsync(g => g.WorkspaceId == workspace.Id, ct);
        var counters = await db.Counters.AsNoTracking().Where(t => t.WorkspaceId == workspace.Id).ToListAsync(ct);
        var stored = counters.GroupBy(t => new CounterId(t.WorkspaceId, t.Kind, t.Key)).ToDictionary(t => t.Key, t => t.Sum(x => x.Used));
        var seats = counters.FirstOrDefault(t => t is { Kind: CounterKind.Seats, Shard: 0 });
        stored[new(workspace.Id, CounterKind.Waiting)] = seats?.Waiting ?? 0;
        // what a later version counts, it counts itself
        foreach (var counter in stored.Keys.Union(counted.Keys).Where(p => p.Kind.IsKnown()).Order())
        {
            Differ(
                found,
                workspace,
                $"{counter.Kind} {counter.Key}".TrimEnd(),
                stored.GetValueOrDefault(counter),
                counted.GetValueOrDefault(counter)
            );
        }

        foreach (var (counter, limit) in Seats.Limits(workspace.Id, workspace.Configuration))
        {
            Differ(
                found,
                workspace,
                $"limit of {counter.Kind} {counter.Key}".TrimEnd(),
                counters.FirstOrDefault(t => t.Kind == counter.Kind && t.Key == counter.Key && t.Shard == 0)?.Limit,
                limit
            );
        }

        if (seats is not null)
        {
            var asked = Seats.Asked(workspace.Configuration, seats, seats.Limit, default);
            Differ(found, workspace, "seats in turn", seats.InLine, asked.InLine);
            Differ(found, workspace, "grace of seats", (seats.Grace, seats.GraceDays), (asked.Grace, asked.GraceDays));
        }

        await foreach (
            var group in db.Groups.AsNoTracking().Where(g => g.WorkspaceId == workspace.Id).AsAsyncEnumerable().WithCancellation(ct)
        )
        {
            Differ(found, workspace, $"key of the group {group.Id}", group.DisplayNameKey, Key.Of(group.DisplayName));
            Differ(
                found,
                workspace,
                $"unique key of the group {group.Id}",
                group.UniqueNameKey,
                group.UniqueNameKey is null ? null : Key.Of(group.DisplayName)
            );
        }

        var lost = await db.GroupMembers.CountAsync(
            g =>
                g.WorkspaceId == workspace.Id
                && !db.Members.Any(m => m.WorkspaceId == g.WorkspaceId && m.Id == g.MemberId && m.State != MemberState.Ended),
            ct
        );
        Differ(found, workspace, "group members who are no members", lost, 0);
        var ungranted = await db.Members.CountAsync(
            m =>
                m.WorkspaceId == workspace.Id
                && m.State != MemberState.Ended
                && !db.Grants.Any(g =>
                    g.WorkspaceId == m.WorkspaceId && g.MemberId == m.Id && g.Kind == GrantKind.Role && g.Value == m.Role
                ),
            ct
        );
        Differ(found, workspace, "members whose role no grant gives", ungranted, 0);
        found.AddRange(await RuleCheck.OfAsync(db, workspace, ct));
        return found;
    }

    private static void Check(List<Discrepancy> found, WorkspaceContext workspace, Member member)
    {
        if (member.LocalBlock.IsKnown()) // else only the version that wrote the row knows what follows
        {
            Differ(found, workspace, $"state of {member.Id}", member.State, MemberStateRules.Of(member));
        }

        Differ(found, workspace, $"held word of {member.Id}", member.HeldAs, MemberStateRules.WithoutSettledHold(member).HeldAs);
        Differ(found, workspace, $"time of the held word of {member.Id}", member.HeldSince is null, member.HeldAs is null);
        Differ(found, workspace, $"held role of {member.Id}", member.HeldRole is not null && member.HeldAs is null, false);
        Differ(found, workspace, $"seat of {member.Id}", member.HasSeat, Seats.TakesSeat(workspace.Configuration, member));
        Differ(
            found,
            workspace,
            $"key of {member.Id}",
            member.UserNameKey,
            member.State == MemberState.Ended ? null : Key.Of(member.UserName)
        );
    }

    private static void Differ<T>(List<Discrepancy> found, WorkspaceContext workspace, string what, T stored, T rows) =>
        Differ(found, workspace.Row.Slug, what, stored, rows);

    private static void Differ<T>(List<Discrepancy> found, string workspace, string what, T stored, T rows)
    {
        if (!Equals(stored, rows))
        {
            found.Add(new(workspace, what, $"{stored}", $"{rows}"));
        }
    }
}
