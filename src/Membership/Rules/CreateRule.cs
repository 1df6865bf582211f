using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// Makes a rule, behind the others. Refusals: <c>forbidden</c> (directory and members are managed, groups too where it fills some),
/// <c>grantCeiling</c> (a role that the actor may not grant), <c>ruleGivesAdmin</c>, <c>ruleNameTaken</c>, <c>ruleCircle</c>,
/// <c>tooManyRules</c>, a role, license or group that is not there, a group that is not the directory's to ask for or is the
/// directory's to fill.
/// </summary>
public sealed class CreateRule(Store store)
{
    /// <summary>Makes it; everybody is looked at from then on.</summary>
    public Task<Outcome<GroupRule>> RunAsync(Actor actor, Id<Workspace> workspaceId, RuleDraft draft, CancellationToken ct) =>
        RuleBook.RunAsync(store, actor, workspaceId, "rule.created", new RuleEdit.Create(draft), ct);
}
