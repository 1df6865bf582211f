using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// Puts a rule to another place in the order. Refusals: <c>forbidden</c>, <c>notFound</c>, <c>grantCeiling</c>.
/// </summary>
public sealed class MoveRule(Store store)
{
    /// <summary>Moves it; the place counts from 0.</summary>
    public Task<Outcome<GroupRule>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<GroupRule> id, int place, CancellationToken ct) =>
        RuleBook.RunAsync(store, actor, workspaceId, "rule.moved", new RuleEdit.Move(id, place), ct);
}
