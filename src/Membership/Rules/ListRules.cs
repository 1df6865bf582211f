using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>The rules of a workspace and how far they are worked through.</summary>
/// <param name="Workspace">The workspace with its configuration.</param>
/// <param name="Rules">The rules.</param>
/// <param name="Run">The last look through all members; null when there never was one.</param>
/// <param name="Gives">For how many people each rule counts now, by its id.</param>
public sealed record RuleList(WorkspaceContext Workspace, RuleSet Rules, RuleRun? Run, IReadOnlyDictionary<Id<GroupRule>, int> Gives);

/// <summary>Reads the rules of a workspace in their order. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ListRules(Store store)
{
    /// <summary>Reads them.</summary>
    public async Task<Outcome<RuleList>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (RuleDesk.MayRead(actor, workspaceId) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var rules = await RuleSet.ReadAsync(db, workspace, ct);
        var given = await db
            .Grants.AsNoTracking()
            .Where(g => g.WorkspaceId == workspaceId && g.Origin == GrantOrigin.Group)
            .Select(g => new { g.OriginId, g.MemberId })
            .Distinct()
            .GroupBy(g => g.OriginId)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToListAsync(ct);
        return new RuleList(
            workspace,
            rules,
            await RuleRuns.ReadAsync(db, workspaceId, ct),
            given.Where(g => Id<GroupRule>.TryParse(g.Key, out _)).ToDictionary(g => new Id<GroupRule>(Guid.Parse(g.Key)), g => g.Count)
        );
    }

    /// <summary>Reads the rules alone, for a page that names them; asks for no more than to see people.</summary>
    public async Task<Outcome<RuleSet>> NamesAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is { } workspace
            ? await RuleSet.OfAsync(db, workspace, ct)
            : Refusal.NotFound("workspace");
    }
}
