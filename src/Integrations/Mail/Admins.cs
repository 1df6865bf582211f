using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>The admins of a workspace to whom its mail goes: those who are there longest.</summary>
internal static class Admins
{
    private const int Most = 5;

    /// <summary>Reads them, at most five, each with an address and an account.</summary>
    public static Task<List<Member>> OfAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct)
    {
        var roles = workspace.Configuration.Roles.Where(r => r.IsAdmin).Select(r => r.Key).ToList();
        return db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace.Id && m.State == MemberState.Active && m.Email != null && m.AccountId != null)
            .Where(m => roles.Contains(m.Role))
            .OrderBy(m => m.Id)
            .Take(Most)
            .ToListAsync(ct);
    }
}
