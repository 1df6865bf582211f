using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>A workspace in which a person is.</summary>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Role">The person's role there, as people call it.</param>
public sealed record MyWorkspace(string Slug, string Name, string Role);

/// <summary>The workspaces that an account can enter now, by name: for the switch, and for where to go after signing in.</summary>
public sealed class ListWorkspaces(Store store)
{
    /// <summary>Reads; at most 200.</summary>
    public async Task<IReadOnlyList<MyWorkspace>> RunAsync(Id<Account> account, CancellationToken ct)
    {
        await using var db = store.Read();
        var rows = await (from m in db.Members.AsNoTracking()
                          join w in db.Workspaces.AsNoTracking() on m.WorkspaceId equals w.Id
                          where m.AccountId == account && m.State == MemberState.Active
                          orderby w.Name, w.Slug
                          select new { w, m.Role }).Take(200).ToListAsync(ct);
        return [.. rows.Select(r => new MyWorkspace(r.w.Slug, r.w.Name, OpenWorkspace.Of(r.w).Configuration.Role(r.Role)?.Label ?? r.Role))];
    }
}
