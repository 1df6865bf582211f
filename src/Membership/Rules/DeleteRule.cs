using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// Deletes a rule; what it gave goes, and what people have beside it counts again. Refusals: <c>forbidden</c>, <c>notFound</c>,
/// <c>stale</c>, <c>grantCeiling</c>.
/// </summary>
public sealed class DeleteRule(Store store)
{
    /// <summary>Deletes it; everybody is looked at from then on.</summary>
    public Task<Outcome<GroupRule>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<GroupRule> id, long? seen, CancellationToken ct) =>
        RuleBook.RunAsync(store, actor, workspaceId, "rule.deleted", new RuleEdit.Delete(id, seen), ct);
}
