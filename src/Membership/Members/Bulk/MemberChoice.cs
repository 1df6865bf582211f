using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>Whom a change is for: members by id, or all that match a search, from a place in the list on.</summary>
public sealed record MemberChoice
{
    /// <summary>How many can be named one by one, and how many one turn is about.</summary>
    public const int Most = 100;

    /// <summary>Up to so many of all that match are counted; of more it is said that there are at least so many.</summary>
    internal const int MostCounted = 20_000;

    /// <summary>Their ids; what is named twice counts once. Used where there is no <see cref="Query"/>.</summary>
    public IReadOnlyList<Id<Member>> Ids { get; init; } = [];

    /// <summary>The search, and in <see cref="MemberListQuery.After"/> how far earlier turns came; null where they are named.</summary>
    public MemberListQuery? Query { get; init; }

    /// <summary>Why it is no choice; null when it is one.</summary>
    internal Refusal? Check() =>
        Query is not null ? null
        : Ids.Count == 0 ? Refusal.Invalid("members", "Select somebody first.")
        : Ids.Distinct().Count() > Most ? Refusal.Invalid("members", $"Name at most {Most} members at once.")
        : null;

    /// <summary>Reads them in the order of the list. Whoever is not there is missing from the answer.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <returns>Those, and where the next ones begin; null when there are none.</returns>
    internal async Task<(List<Member> Members, PageCursor? Next)> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        int count,
        CancellationToken ct
    )
    {
        if (Query is not { } query)
        {
            var ids = Ids.Distinct().ToList();
            var named = db
                .Members.AsNoTracking()
                .Where(m => m.WorkspaceId == workspace && m.State != MemberState.Ended)
                .Where(m => ids.Contains(m.Id));
            return (await MemberList.Ordered(named, down: false).ToListAsync(ct), null);
        }

        var matching = await MemberList.MatchingAsync(db, workspace, query, ct);
        var rows = await MemberList
            .Ordered(MemberList.From(matching, query.After, query.Descending), query.Descending)
            .Take(count + 1)
            .ToListAsync(ct);
        return rows.Count > count ? (rows[..count], MemberList.Place(rows[count - 1])) : (rows, null);
    }

    /// <summary>Those among the named who are not there.</summary>
    internal IEnumerable<Id<Member>> Missing(IReadOnlyList<Member> found) =>
        Query is not null ? [] : Ids.Distinct().Except(found.Select(m => m.Id));
}
