using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>What is odd about a person: one rule for the page, for programs and for the record.</summary>
public sealed class ReviewMarks
{
    /// <summary>Who was not here for so long is marked.</summary>
    public static readonly TimeSpan InactiveAfter = TimeSpan.FromDays(90);

    private readonly WorkspaceConfiguration _configuration;
    private readonly List<string> _domains;
    private readonly DateTimeOffset _at;

    private ReviewMarks(WorkspaceConfiguration configuration, List<string> domains, DateTimeOffset at) =>
        (_configuration, _domains, _at) = (configuration, domains, at);

    internal static async Task<ReviewMarks> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        DateTimeOffset at,
        CancellationToken ct
    ) =>
        new(
            workspace.Configuration,
            await db
                .EmailDomains.AsNoTracking()
                .Where(d => d.WorkspaceId == workspace.Id && d.VerifiedAt != null)
                .Select(d => d.Name)
                .ToListAsync(ct),
            at
        );

    /// <summary>The marks of somebody.</summary>
    public IReadOnlyList<ReviewMark> Of(Member member, MemberActivity? activity)
    {
        var marks = new List<ReviewMark>();
        if (activity is null)
        {
            marks.Add(ReviewMark.NeverSignedIn);
        }
        else if (activity.LastActiveAt < _at - InactiveAfter)
        {
            marks.Add(ReviewMark.Inactive);
        }

        if (_configuration.Role(member.Role) is { IsAdmin: true })
        {
            marks.Add(ReviewMark.Admin);
        }

        if (_domains.Count > 0 && EmailAddress.Domain(member.Email ?? member.UserName) is { } domain && !_domains.Exists(IsOver))
        {
            marks.Add(ReviewMark.ExternalDomain);
        }

        return marks;

        bool IsOver(string own) => domain == own || domain.EndsWith("." + own, StringComparison.Ordinal);
    }

    internal static string Stored(IReadOnlyList<ReviewMark> marks) => string.Join(',', marks.Select(m => m.Shown()));
}
