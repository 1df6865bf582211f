using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Reads a workspace's logo for everybody who knows its address: the sign-in page shows it to people who are not signed in.
/// </summary>
public sealed class ReadLogo(Store store)
{
    /// <summary>Reads it; null when there is none of that name, or not any more.</summary>
    public async Task<WorkspaceLogo?> RunAsync(string slug, string name, CancellationToken ct)
    {
        if (slug.Length > 63 || name.Length > 60)
        {
            return null;
        }

        await using var db = store.Read();
        return await WorkspaceContext.BySlugAsync(db, slug, ct) is { } workspace
            ? await db.WorkspaceLogos.AsNoTracking().FirstOrDefaultAsync(l => l.WorkspaceId == workspace.Id && l.Name == name, ct)
            : null;
    }
}
