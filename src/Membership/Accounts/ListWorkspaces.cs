using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>A workspace in which a person is.</summary>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Role">The person's role there, as people call it.</param>
public sealed record MyWorkspace(string Slug, string Name, string Role)
{
    /// <summary>The person as a member there; the empty id where no person asks.</summary>
    public Id<Member> MemberId { get; init; }

    /// <summary>The file name of its logo; null for none.</summary>
    public string? Logo { get; init; }
}

/// <summary>
/// The workspaces that a person who is signed in is in, by name: for the switch, and for where to go after signing in. Who is in by
/// a workspace's own provider is shown that one alone.
/// </summary>
public sealed class ListWorkspaces(Store store)
{
    /// <summary>Reads; at most 200.</summary>
    public async Task<IReadOnlyList<MyWorkspace>> RunAsync(SignedIn who, CancellationToken ct)
    {
        var account = who.Account.Id;
        Id<Workspace>? only = who.IsWorkspaceScoped ? who.Connection!.WorkspaceId : null;
        await using var db = store.Read();
        var members = await AccountMembers.OfAsync(db, account, ct);
        var rows = await (
            from m in members
            join w in db.Workspaces.AsNoTracking() on m.WorkspaceId equals w.Id
            where (only == null || m.WorkspaceId == only) && m.State == MemberState.Active
            orderby w.Name, w.Slug
            select new
            {
                w,
                m.Id,
                m.Role,
            }
        )
            .Take(200)
            .ToListAsync(ct);
        return
        [
            .. rows.Select(r => new MyWorkspace(
                r.w.Slug,
                r.w.Name,
                WorkspaceContext.Of(db, r.w).Configuration.Role(r.Role)?.Label ?? r.Role
            )
            {
                MemberId = r.Id,
                Logo = r.w.Logo,
            }),
        ];
    }
}
