using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>Groups by name. Who is in them is no part of a file.</summary>
internal sealed class DeclaredGroups : IDeclaredPart
{
    public async Task<WorkspaceFile> ReadAsync(MembershipDb db, WorkspaceContext workspace, WorkspaceFile file, CancellationToken ct) =>
        file with
        {
            Groups = await db
                .Groups.AsNoTracking()
                .Where(g => g.WorkspaceId == workspace.Id && !g.IsDirectoryManaged)
                .OrderBy(g => g.DisplayNameKey)
                .ThenBy(g => g.Id)
                .Select(g => new DeclaredGroup { Name = g.DisplayName })
                .ToListAsync(ct),
        };

    public async Task<IReadOnlyList<DeclaredStep>> PlanAsync(Applying call, WorkspaceFile file, CancellationToken ct)
    {
        var steps = new List<DeclaredStep>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await using var db = call.Store.Read();
        for (var i = 0; i < (file.Groups?.Count ?? 0); i++)
        {
            var facts = new GroupFacts { DisplayName = file.Groups![i].Name };
            var wrong = facts.Check();
            var key = wrong is null ? Key.Of(facts.DisplayName) : "";
            if (
                wrong is null
                && (!seen.Add(key) || await db.Groups.AnyAsync(g => g.WorkspaceId == call.Workspace.Id && g.DisplayNameKey == key, ct))
            )
            {
                continue;
            }

            steps.Add(
                new(
                    $"groups[{i}]",
                    $"make the group {facts.DisplayName}",
                    async stop => (await new CreateGroup(call.Store).RunAsync(call.Actor, call.Workspace.Id, facts, [], stop)).Refusal
                )
                {
                    Wrong = wrong,
                }
            );
        }

        return steps;
    }
}
