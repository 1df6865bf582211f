using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// Lets a rule say something else. Refusals: those of <see cref="CreateRule"/>, <c>notFound</c>, <c>stale</c>, <c>grantCeiling</c> for the
/// role that it gave as for the one that it is to give.
/// </summary>
public sealed class ChangeRule(Store store)
{
    /// <summary>Changes it; everybody is looked at from then on.</summary>
    public Task<Outcome<GroupRule>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<GroupRule> id,
        long? seen,
        RuleDraft draft,
        CancellationToken ct
    ) => RuleBook.RunAsync(store, actor, workspaceId, "rule.changed", new RuleEdit.Change(id, seen, draft), ct);
}
