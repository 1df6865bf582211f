using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// How many of those who are in have signed in at least once: whom a directory brought and who never came is not among them.
/// </summary>
/// <param name="Count">How many, up to <see cref="Most"/>.</param>
/// <param name="IsExact">False where there are more.</param>
public sealed record SignedInCount(long Count, bool IsExact)
{
    /// <summary>So many are counted; beyond it "more" is all that is said.</summary>
    public const int Most = 10_000;

    /// <summary>Counts them.</summary>
    public static async Task<SignedInCount> ReadAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct)
    {
        var count = await db
            .MemberActivities.Where(a => a.WorkspaceId == workspace)
            .Join(
                db.Members.Where(m => m.State == MemberState.Active),
                a => new { a.WorkspaceId, Id = a.MemberId },
                m => new { m.WorkspaceId, m.Id },
                (a, m) => m.Id
            )
            .Take(Most + 1)
            .CountAsync(ct);
        return new(Math.Min(count, Most), count <= Most);
    }
}
