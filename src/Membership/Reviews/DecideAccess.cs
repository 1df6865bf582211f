using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>What a reviewer wants for somebody.</summary>
/// <param name="Member">Who.</param>
/// <param name="Verdict">What.</param>
public sealed record AccessChoice(Id<Member> Member, AccessVerdict Verdict)
{
    /// <summary>The version of the decision that the reviewer saw, 0 for none; null for whatever there is.</summary>
    public long? Seen { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="Member">Who.</param>
/// <param name="Refusal">Why it was not done; null where it was.</param>
public sealed record AccessAnswer(Id<Member> Member, Refusal? Refusal);

/// <summary>What came of all of them.</summary>
/// <param name="Review">The review afterwards.</param>
/// <param name="Answers">One for each choice, in their order.</param>
public sealed record AccessDecided(AccessReview Review, IReadOnlyList<AccessAnswer> Answers);

/// <summary>
/// A reviewer decides about people of an open review, one or many. Who is to go is suspended or removed first, each by that act and its own
/// rules; then all that was done is written down in one change. A refusal of one person stands at that person, and of the others nothing is
/// lost. Should somebody finish the review in that moment, who was suspended stays so and stands in the audit log. Refusals:
/// <c>forbidden</c>, <c>notFound</c>, <c>reviewFinished</c>, <c>tooMany</c>, <c>invalidDecisions</c> for one person twice or a word of a
/// later version; at a person those of <see cref="SuspendMember"/> and <see cref="RemoveMember"/>, <c>notFound</c> for who is not looked at,
/// and <c>stale</c> where somebody decided otherwise since the reviewer looked.
/// </summary>
public sealed class DecideAccess(Store store, SuspendMember suspend, RemoveMember remove)
{
    /// <summary>How many people at once.</summary>
    public const int Most = 200;

    private const string Act = "accessReview.decided";

    private sealed record Seen(Member Member, DateTimeOffset? LastSignInAt, IReadOnlyList<ReviewMark> Marks);

    /// <summary>Decides.</summary>
    public async Task<Outcome<AccessDecided>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<AccessReview> id,
        IReadOnlyList<AccessChoice> choices,
        CancellationToken ct
    )
    {
        if (choices.Count > Most)
        {
            return new Refusal(RefusalKind.Invalid, "tooMany", $"At most {Most} people are decided about at once.", "decisions");
        }

        if (choices.Any(c => !c.Verdict.IsKnown()) || choices.DistinctBy(c => c.Member).Count() != choices.Count)
        {
            return Refusal.Invalid("decisions", "Each person stands there once, with keep, suspend or remove.");
        }

        if (actor.Demand(workspaceId, Permission.ManageMembers) is not null)
        {
            return await WriteAsync(actor, workspaceId, id, [], [], [], ct); // it says so, and tells of it
        }

        if (!(await SeeAsync(workspaceId, id, choices, ct)).Is(out var there, out var refusal))
        {
            return refusal;
        }

        var (seen, stale) = there;
        Held.WriteInParts();
        var answers = new List<AccessAnswer>();
        foreach (var (member, verdict) in choices)
        {
            answers.Add(
                new(
                    member,
                    stale.Contains(member) ? Meanwhile()
                        : !seen.ContainsKey(member) ? Refusal.NotFound("member")
                        : verdict == AccessVerdict.Suspend ? (await suspend.RunAsync(actor, workspaceId, member, ct)).Refusal
                        : verdict == AccessVerdict.Remove ? (await remove.RunAsync(actor, workspaceId, member, ct)).Refusal
                        : null
                )
            );
        }

        var done = choices.Zip(answers).Where(x => x.Second.Refusal is null).Select(x => x.First).ToList();
        return await WriteAsync(actor, workspaceId, id, done, seen, answers, ct);
    }

    /// <summary>
    /// What the reviewer sees of them, before anything is done, and about whom somebody decided otherwise since they looked.
    /// </summary>
    private async Task<Outcome<(Dictionary<Id<Member>, Seen> People, HashSet<Id<Member>> Stale)>> SeeAsync(
        Id<Workspace> workspaceId,
        Id<AccessReview> id,
        IReadOnlyList<AccessChoice> choices,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        if (!(await OpenAsync(db, workspaceId, id, ct)).Is(out var review, out var refusal))
        {
            return refusal;
        }

        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var ids = choices.Select(c => c.Member).ToList();
        var members = await (await MemberList.MatchingAsync(db, workspaceId, review.Scope, ct))
            .Where(m => ids.Contains(m.Id))
            .ToListAsync(ct);
        var activities = await db
            .MemberActivities.AsNoTracking()
            .Where(a => a.WorkspaceId == workspaceId && ids.Contains(a.MemberId))
            .ToDictionaryAsync(a => a.MemberId, ct);
        var marks = await ReviewMarks.ReadAsync(db, workspace, store.Time.Now(), ct);
        var people = members.ToDictionary(
            m => m.Id,
            m => new Seen(m, activities.GetValueOrDefault(m.Id)?.LastSignInAt, marks.Of(m, activities.GetValueOrDefault(m.Id)))
        );
        var decisions = await db
            .AccessDecisions.AsNoTracking()
            .Where(d => d.WorkspaceId == workspaceId && d.ReviewId == id && ids.Contains(d.MemberId))
            .ToDictionaryAsync(d => d.MemberId, ct);
        return (people, choices.Where(IsStale).Select(c => c.Member).ToHashSet());

        bool IsStale(AccessChoice choice)
        {
            var now = decisions.GetValueOrDefault(choice.Member);
            return choice.Seen is { } version
                && version != (now?.Version ?? 0)
                && (now?.Verdict != choice.Verdict || !people.ContainsKey(choice.Member)); // what was decided likewise is no surprise
        }
    }

    private Task<Outcome<AccessDecided>> WriteAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<AccessReview> id,
        List<AccessChoice> done,
        Dictionary<Id<Member>, Seen> seen,
        List<AccessAnswer> answers,
        CancellationToken ct
    ) =>
        store.ChangeAsync<AccessDecided>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                if (!(await OpenAsync(attempt.Db, workspaceId, id, ct)).Is(out var review, out var refusal))
                {
                    return refusal;
                }

                if (done.Count == 0)
                {
                    return new AccessDecided(review, answers);
                }

                var ids = done.Select(c => c.Member).ToList();
                var earlier = await attempt
                    .Db.AccessDecisions.AsNoTracking()
                    .Where(d => d.WorkspaceId == workspaceId && d.ReviewId == id && ids.Contains(d.MemberId))
                    .ToDictionaryAsync(d => d.MemberId, ct);
                var after = review with
                {
                    Version = review.Version + 1,
                    ResumeAfter = seen[ids.MaxBy(i => (seen[i].Member.SortKey, i), InOrder.Instance)].Member.Id,
                };
                foreach (var (member, verdict) in done)
                {
                    var was = earlier.GetValueOrDefault(member);
                    after = (was is null ? after : after.Count(was.Verdict, -1)).Count(verdict, 1);
                    var decision = Of(attempt, id, seen[member], verdict, was);
                    if (was is null)
                    {
                        attempt.Changes.Add(decision);
                    }
                    else
                    {
                        attempt.Changes.Update(was, decision);
                    }

                    attempt.Changes.TellFacts(
                        Act,
                        workspaceId,
                        ("member", member.Value, seen[member].Member.ShownName),
                        was is null ? null : new { verdict = was.Verdict.Shown() },
                        new { verdict = verdict.Shown(), review = id.Value }
                    );
                }

                attempt.Changes.Update(review, after);
                return new AccessDecided(after, answers);
            },
            ct
        );

    private static AccessDecision Of(Attempt attempt, Id<AccessReview> id, Seen seen, AccessVerdict verdict, AccessDecision? was) =>
        new()
        {
            WorkspaceId = seen.Member.WorkspaceId,
            ReviewId = id,
            MemberId = seen.Member.Id,
            Verdict = verdict,
            Role = seen.Member.Role,
            License = seen.Member.License,
            LastSignInAt = seen.LastSignInAt,
            Marks = ReviewMarks.Stored(seen.Marks),
            DecidedAt = attempt.At,
            DecidedBy = attempt.Actor.Member,
            Version = (was?.Version ?? 0) + 1,
        };

    private static Refusal Meanwhile() =>
        new(RefusalKind.Stale, "stale", "Something else was decided about them in the meantime. Look at them again.");

    /// <summary>The review, while it is open.</summary>
    internal static async Task<Outcome<AccessReview>> OpenAsync(
        MembershipDb db,
        Id<Workspace> workspaceId,
        Id<AccessReview> id,
        CancellationToken ct
    ) =>
        await db.AccessReviews.AsNoTracking().FirstOrDefaultAsync(r => r.WorkspaceId == workspaceId && r.Id == id, ct) switch
        {
            null => Refusal.NotFound("review"),
            { FinishedAt: not null } => Finished(),
            var review => review,
        };

    /// <summary>A finished review changes no more.</summary>
    internal static Refusal Finished() => new(RefusalKind.Conflict, "reviewFinished", "This access review is finished. Begin another one.");

    private sealed class InOrder : IComparer<(string Key, Id<Member> Id)>
    {
        public static InOrder Instance { get; } = new();

        public int Compare((string Key, Id<Member> Id) x, (string Key, Id<Member> Id) y) =>
            string.CompareOrdinal(x.Key, y.Key) is not 0 and var by ? by : x.Id.CompareTo(y.Id);
    }
}
