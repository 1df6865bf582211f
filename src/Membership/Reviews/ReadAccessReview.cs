using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>Which people of a review are looked for.</summary>
public enum ReviewShow
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Those about whom nobody has decided.</summary>
    Open,

    /// <summary>Those with a mark about whom nobody has decided.</summary>
    Marked,
}

/// <summary>What part of a review somebody wants to see.</summary>
public sealed record AccessReviewQuery
{
    /// <summary>Which people.</summary>
    public ReviewShow Show { get; init; }

    /// <summary>The page that follows this place; null for the first, or for where it was left.</summary>
    public PageCursor? After { get; init; }

    /// <summary>Whether it goes on behind the last decision, where no place is named.</summary>
    public bool Resumes { get; init; }

    /// <summary>How many rows, 1 to 200.</summary>
    public int Count { get; init; } = 50;
}

/// <summary>One person of a review.</summary>
/// <param name="Row">Who, with what they have.</param>
/// <param name="Marks">What is odd about them.</param>
/// <param name="Decision">What was decided; null while nothing is.</param>
public sealed record ReviewLine(MemberRow Row, IReadOnlyList<ReviewMark> Marks, AccessDecision? Decision);

/// <summary>One page of a review.</summary>
/// <param name="Row">The review, with its names.</param>
/// <param name="Lines">The people; none where it is finished: its record is the export.</param>
/// <param name="Next">Where it goes on; null at the end.</param>
/// <param name="Total">How many people it is about now.</param>
/// <param name="TotalIsExact">Whether that is exact; otherwise there are at least so many.</param>
public sealed record AccessReviewPage(
    AccessReviewRow Row,
    IReadOnlyList<ReviewLine> Lines,
    PageCursor? Next,
    long Total,
    bool TotalIsExact
);

/// <summary>
/// Reads one page of an access review, in the order of the member list. At most <see cref="MostLookedAt"/> people are looked at for a page,
/// so that it costs the same in any workspace: a page that finds few of them leads on. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ReadAccessReview(Store store, MemberList list)
{
    /// <summary>So many people are looked at for one page.</summary>
    public const int MostLookedAt = 2000;

    private const int AtOnce = 200;

    /// <summary>Reads it.</summary>
    public async Task<Outcome<AccessReviewPage>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<AccessReview> id,
        AccessReviewQuery query,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (
            await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
            || await db.AccessReviews.AsNoTracking().FirstOrDefaultAsync(r => r.WorkspaceId == workspaceId && r.Id == id, ct)
                is not { } review
        )
        {
            return Refusal.NotFound("review");
        }

        var row = (await AccessReviewRow.ReadAsync(db, workspaceId, [review], ct))[0];
        var (total, isExact) = await MemberList.TotalAsync(db, workspaceId, review.Scope, MemberList.MostCounted, ct);
        if (review.FinishedAt is not null)
        {
            return new AccessReviewPage(row, [], null, total, isExact);
        }

        var after = query.After ?? (query.Resumes ? await PlaceAsync(db, review, ct) : null);
        var marks = await ReviewMarks.ReadAsync(db, workspace, store.Time.Now(), ct);
        var count = Math.Clamp(query.Count, 1, AtOnce);
        var found = new List<ReviewLine>();
        for (var looked = 0; looked < MostLookedAt; looked += AtOnce)
        {
            var most = query.Show == ReviewShow.All ? count : AtOnce;
            var matching = await MemberList.MatchingAsync(db, workspaceId, review.Scope, ct);
            var members = await MemberList
                .Ordered(MemberList.From(matching, after, down: false), down: false)
                .Take(most + 1)
                .ToListAsync(ct);
            var isLast = members.Count <= most;
            members = members[..Math.Min(most, members.Count)];
            foreach (var line in await LinesAsync(db, review, members, marks, ct))
            {
                if (found.Count == count)
                {
                    return Page(after); // the next one to show stands behind the last that was taken
                }

                after = MemberList.Place(line.Row.Member);
                if (query.Show == ReviewShow.All || (line.Decision is null && (query.Show == ReviewShow.Open || line.Marks.Count > 0)))
                {
                    found.Add(line);
                }
            }

            if (isLast)
            {
                return Page(null);
            }

            if (found.Count == count)
            {
                break;
            }
        }

        return Page(after);

        AccessReviewPage Page(PageCursor? next) => new(row, found, next, total, isExact);
    }

    /// <summary>
    /// Those of the people named who are looked at in an open review, in the order of the member list: for the question before their access
    /// ends. Refusals: also <c>reviewFinished</c>.
    /// </summary>
    public async Task<Outcome<IReadOnlyList<ReviewLine>>> OfAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<AccessReview> id,
        IReadOnlyList<Id<Member>> people,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("review");
        }

        if (!(await DecideAccess.OpenAsync(db, workspaceId, id, ct)).Is(out var review, out var refusal))
        {
            return refusal;
        }

        var ids = people.Take(DecideAccess.Most).ToList();
        var matching = await MemberList.MatchingAsync(db, workspaceId, review.Scope, ct);
        var members = await MemberList.Ordered(matching.Where(m => ids.Contains(m.Id)), down: false).ToListAsync(ct);
        var marks = await ReviewMarks.ReadAsync(db, workspace, store.Time.Now(), ct);
        return (await LinesAsync(db, review, members, marks, ct)).ToList();
    }

    private async Task<IReadOnlyList<ReviewLine>> LinesAsync(
        MembershipDb db,
        AccessReview review,
        List<Member> members,
        ReviewMarks marks,
        CancellationToken ct
    )
    {
        var ids = members.Select(m => m.Id).ToList();
        var decisions = await db
            .AccessDecisions.AsNoTracking()
            .Where(d => d.WorkspaceId == review.WorkspaceId && d.ReviewId == review.Id && ids.Contains(d.MemberId))
            .ToDictionaryAsync(d => d.MemberId, ct);
        var rows = await list.RowsAsync(review.WorkspaceId, members, ct);
        return [.. rows.Select(r => new ReviewLine(r, marks.Of(r.Member, r.Activity), decisions.GetValueOrDefault(r.Member.Id)))];
    }

    private static async Task<PageCursor?> PlaceAsync(MembershipDb db, AccessReview review, CancellationToken ct) =>
        review.ResumeAfter is { } id
        && await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == review.WorkspaceId && m.Id == id, ct) is { } member
            ? MemberList.Place(member)
            : null;
}
