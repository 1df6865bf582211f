using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Roles;

/// <summary>How many of the people of each role (<see cref="Counts.WithRole"/>) are invited and not here yet.</summary>
public static class InvitedByRole
{
    /// <summary>Of so many invited people they are told apart.</summary>
    public const int Most = 1000;

    /// <summary>Counts them by the key of the role; a role of which nobody is invited is left out.</summary>
    /// <returns>Empty also where more are invited than are told apart.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Counts counts,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(counts);
        return counts.In(MemberState.Invited) is 0 or > Most
            ? new Dictionary<string, long>()
            : await db
                .Members.Where(m => m.WorkspaceId == workspace && m.State == MemberState.Invited)
                .GroupBy(m => m.Role)
                .Select(g => new { Role = g.Key, Count = g.LongCount() })
                .ToDictionaryAsync(g => g.Role, g => g.Count, ct);
    }
}
