using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// The memberships of an account in all workspaces. Where tables are cut by workspace it is first asked in which workspaces to look
/// (<see cref="AccountWorkspace"/>), so that not every machine is asked; elsewhere one index has them all, also those that an older
/// build wrote, which does not write that table.
/// </summary>
internal static class AccountMembers
{
    /// <summary>A query for them, of any state.</summary>
    public static async Task<IQueryable<Member>> OfAsync(MembershipDb db, Id<Account> account, CancellationToken ct)
    {
        var members = db.Members.AsNoTracking().Where(m => m.AccountId == account);
        if (!db.IsDistributed)
        {
            return members;
        }

        var workspaces = await db
            .AccountWorkspaces.AsNoTracking()
            .Where(a => a.AccountId == account)
            .Select(a => a.WorkspaceId)
            .ToListAsync(ct);
        return members.Where(m => workspaces.Contains(m.WorkspaceId));
    }

    /// <summary>A query for the accounts, of these, that were never a member anywhere.</summary>
    public static IQueryable<Account> NeverMembers(MembershipDb db, IQueryable<Account> accounts) =>
        db.IsDistributed
            ? accounts.Where(a => !db.AccountWorkspaces.Any(w => w.AccountId == a.Id))
            : accounts.Where(a => !db.Members.Any(m => m.AccountId == a.Id));
}
