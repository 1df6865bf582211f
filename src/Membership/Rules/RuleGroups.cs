using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>Finds groups by the names by which people know them, for a form in which rules are written.</summary>
public sealed class RuleGroups(Store store)
{
    /// <summary>The names of the directory's groups, the first of them in the order of names.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(Id<Workspace> workspace, int most, CancellationToken ct)
    {
        await using var db = store.Read();
        return await db
            .Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace && g.IsDirectoryManaged)
            .OrderBy(g => g.DisplayNameKey)
            .Select(g => g.DisplayName)
            .Take(most)
            .ToListAsync(ct);
    }

    /// <summary>
    /// The group of a name, letter case aside; null for none. Of several the directory's own, or one that is not, as is asked.
    /// </summary>
    public async Task<Id<Group>?> FindAsync(Id<Workspace> workspace, string name, bool byDirectory, CancellationToken ct)
    {
        var key = Key.Of(name);
        await using var db = store.Read();
        var found = await db
            .Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace && g.DisplayNameKey == key)
            .OrderByDescending(g => g.IsDirectoryManaged == byDirectory)
            .Select(g => g.Id)
            .Take(1)
            .ToListAsync(ct);
        return found.Count == 0 ? null : found[0];
    }
}
