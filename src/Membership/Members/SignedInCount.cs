using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// How many of those who are in have signed in at least once: whom a directory brought and who never came is not among them.
/// </summary>
/// <param name="Count">How many of those who were looked at.</param>
/// <param name="IsExact">False where more have signed in than are looked at: there may be more.</param>
public sealed record SignedInCount(long Count, bool IsExact)
{
    /// <summary>So many who have signed in are looked at, the newest members first: who has ended since is bounded, too.</summary>
    public const int Most = 10_000;

    /// <summary>Counts them.</summary>
    public static Task<SignedInCount> ReadAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        ReadAsync(db, workspace, Most, ct);

    internal static async Task<SignedInCount> ReadAsync(MembershipDb db, Id<Workspace> workspace, int most, CancellationToken ct)
    {
        var looked = db.MemberActivities.Where(a => a.WorkspaceId == workspace).OrderByDescending(a => a.MemberId).Take(most);
        var count = await looked
            .Join(
                db.Members.Where(m => m.WorkspaceId == workspace && m.State == MemberState.Active),
                a => new { a.WorkspaceId, Id = a.MemberId },
                m => new { m.WorkspaceId, m.Id },
                (a, m) => m.Id
            )
            .CountAsync(ct);
        return new(
            count,
            !await db
                .MemberActivities.Where(a => a.WorkspaceId == workspace)
                .OrderByDescending(a => a.MemberId)
                .Select(a => a.MemberId)
                .Skip(most)
                .AnyAsync(ct)
        );
    }
}
