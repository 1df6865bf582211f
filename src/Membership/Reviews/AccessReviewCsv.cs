using System.Globalization;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Reviews;

/// <summary>The record of an access review as CSV, in the form of <see cref="MemberCsv"/>: who decided what about whom, and when.</summary>
public static class AccessReviewCsv
{
    private static readonly (string Name, Func<AccessReview, ReviewedPerson, string?> Cell)[] Columns =
    [
        ("reviewId", (r, _) => r.Id.ToString()),
        ("reviewFinishedAt", (r, _) => Time(r.FinishedAt)),
        ("memberId", (_, p) => p.Decision.MemberId.ToString()),
        ("name", (_, p) => p.Member?.ShownName),
        ("userName", (_, p) => p.Member?.UserName),
        ("email", (_, p) => p.Member?.Email),
        ("role", (_, p) => p.Decision.Role),
        ("license", (_, p) => p.Decision.License),
        ("lastSignInAt", (_, p) => Time(p.Decision.LastSignInAt)),
        ("marks", (_, p) => p.Decision.Marks),
        ("decision", (_, p) => p.Decision.Verdict.Shown()),
        ("decidedAt", (_, p) => Time(p.Decision.DecidedAt)),
        ("decidedBy", (_, p) => p.By?.UserName),
        ("decidedById", (_, p) => p.Decision.DecidedBy?.ToString()),
    ];

    /// <summary>The name of the file, behind that of the workspace.</summary>
    public static string FileName(AccessReview review) =>
        string.Create(CultureInfo.InvariantCulture, $"access-review-{review.StartedAt:yyyy-MM-dd}.csv");

    /// <summary>Writes header and lines as they are read.</summary>
    public static Task WriteAsync(Stream stream, AccessReviewRecord record, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(record);
        return MemberCsv.WriteAsync<ReviewedPerson>(
            stream,
            [.. Columns.Select(c => (c.Name, (Func<ReviewedPerson, string?>)(line => c.Cell(record.Review, line))))],
            record.Lines,
            ct
        );
    }

    private static string? Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
