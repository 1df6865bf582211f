using UserManagement.Api.Http;
using UserManagement.Membership.Reviews;

namespace UserManagement.Api.Reviews;

/// <summary>An access review.</summary>
internal sealed record AccessReviewJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The key of the role that it is about; null for every role.</summary>
    public required string? Role { get; init; }

    /// <summary>The id of the group that it is about; null for all.</summary>
    public required Guid? Group { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The id of the member who began it; null for a program or the operator.</summary>
    public required Guid? StartedBy { get; init; }

    /// <summary>How many people keep their access.</summary>
    public required long Kept { get; init; }

    /// <summary>How many were suspended.</summary>
    public required long Suspended { get; init; }

    /// <summary>How many were removed.</summary>
    public required long Removed { get; init; }

    /// <summary>When it was finished; null while it is open.</summary>
    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The id of the member who finished it; null while it is open, and for a program or the operator.</summary>
    public required Guid? FinishedBy { get; init; }

    /// <summary>How many nobody had decided about at the end; null while it is open, and where they were too many to count.</summary>
    public required long? NotDecided { get; init; }

    /// <summary>Of a review.</summary>
    public static AccessReviewJson Of(AccessReview review) =>
        new()
        {
            Id = review.Id.Value,
            Role = review.Role,
            Group = review.GroupId?.Value,
            StartedAt = review.StartedAt,
            StartedBy = review.StartedBy?.Value,
            Kept = review.Kept,
            Suspended = review.Suspended,
            Removed = review.Removed,
            FinishedAt = review.FinishedAt,
            FinishedBy = review.FinishedBy?.Value,
            NotDecided = review.NotDecided,
        };
}

/// <summary>An access review to start.</summary>
internal sealed record NewAccessReview
{
    /// <summary>The key of a role; null for every role.</summary>
    public string? Role { get; init; }

    /// <summary>The id of a group; null for all.</summary>
    public Guid? Group { get; init; }
}

/// <summary>Somebody whom an access review is about.</summary>
internal sealed record ReviewedMemberJson
{
    /// <summary>The member's id.</summary>
    public required Guid Member { get; init; }

    /// <summary>The user name.</summary>
    public required string UserName { get; init; }

    /// <summary>The name to show.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The key of the role.</summary>
    public required string Role { get; init; }

    /// <summary>The key of the license; null for none.</summary>
    public required string? License { get; init; }

    /// <summary>The last sign-in to this workspace; null for never.</summary>
    public required DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>What is odd about them.</summary>
    public required IReadOnlyList<ReviewMark> Marks { get; init; }

    /// <summary>What was decided; null while nothing is.</summary>
    public required AccessVerdict? Decision { get; init; }

    /// <summary>When it was decided; null while nothing is.</summary>
    public required DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The id of the member who decided; null while nobody has, and for a program or the operator.</summary>
    public required Guid? DecidedBy { get; init; }

    /// <summary>Of a line of a review.</summary>
    public static ReviewedMemberJson Of(ReviewLine line) =>
        new()
        {
            Member = line.Row.Member.Id.Value,
            UserName = line.Row.Member.UserName,
            DisplayName = line.Row.Member.ShownName,
            Role = line.Row.Member.Role,
            License = line.Row.Member.License,
            LastSignInAt = line.Row.Activity?.LastSignInAt,
            Marks = line.Marks,
            Decision = line.Decision?.Verdict,
            DecidedAt = line.Decision?.DecidedAt,
            DecidedBy = line.Decision?.DecidedBy?.Value,
        };
}

/// <summary>Decisions about people of an access review.</summary>
internal sealed record AccessDecisions
{
    /// <summary>Each person once.</summary>
    public required IReadOnlyList<AccessDecisionJson> Decisions { get; init; }
}

/// <summary>A decision about one person.</summary>
internal sealed record AccessDecisionJson
{
    /// <summary>The member's id.</summary>
    public required Guid Member { get; init; }

    /// <summary>They keep their access, are suspended, or are removed.</summary>
    public required AccessVerdict Decision { get; init; }
}

/// <summary>What came of decisions.</summary>
internal sealed record AccessDecidedJson
{
    /// <summary>The review afterwards.</summary>
    public required AccessReviewJson Review { get; init; }

    /// <summary>One answer for each decision, in the order sent.</summary>
    public required IReadOnlyList<AccessAnswerJson> Items { get; init; }

    /// <summary>Of what came of them.</summary>
    public static AccessDecidedJson Of(AccessDecided decided) =>
        new()
        {
            Review = AccessReviewJson.Of(decided.Review),
            Items =
            [
                .. decided.Answers.Select(a => new AccessAnswerJson
                {
                    Member = a.Member.Value,
                    Problem = a.Refusal is { } refusal ? Problem.Of(refusal) : null,
                }),
            ],
        };
}

/// <summary>What came of the decision about one person.</summary>
internal sealed record AccessAnswerJson
{
    /// <summary>The member's id.</summary>
    public required Guid Member { get; init; }

    /// <summary>Why it was not done; null where it was.</summary>
    public Problem? Problem { get; init; }
}
