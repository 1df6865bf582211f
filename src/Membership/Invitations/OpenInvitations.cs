using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>How many may still come by the invitations that are open: those whose time is over bring nobody.</summary>
/// <param name="People">All of them, at most <see cref="Most"/>.</param>
/// <param name="ForSeats">Those among them who are invited to a role that needs a seat.</param>
public sealed record OpenInvitations(int People, int ForSeats)
{
    /// <summary>How many are counted; where it is reached there may be more.</summary>
    public const int Most = 1000;

    /// <summary>Counts them, newest first.</summary>
    /// <param name="db">Where they are.</param>
    /// <param name="workspace">Whose they are.</param>
    /// <param name="at">The time.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<OpenInvitations> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(workspace);
        var roles = await db
            .Invitations.Where(i => i.WorkspaceId == workspace.Id && i.Stored == InvitationStatus.Pending)
            .OrderByDescending(i => i.Id)
            .Take(Most)
            .Where(i => i.ExpiresAt > at)
            .GroupBy(i => i.Role)
            .Select(g => new { Role = g.Key, Count = g.Count() })
            .ToListAsync(ct);
        return new(
            roles.Sum(r => r.Count),
            roles.Where(r => workspace.Configuration.Role(r.Role) is { NeedsSeat: true }).Sum(r => r.Count)
        );
    }
}
