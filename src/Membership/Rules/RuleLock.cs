using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>What a rule gives is not changed by hand: the next look would give it again.</summary>
internal static class RuleLock
{
    /// <summary>Why a role or license cannot be changed by hand; null when no rule gives it.</summary>
    public static async Task<Refusal?> CheckAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        MemberWithGrants file,
        GrantKind kind,
        CancellationToken ct
    )
    {
        if (file.Grants.FirstOrDefault(g => g.Kind == kind && g.Origin == GrantOrigin.Group) is not { } grant)
        {
            return null;
        }

        var rules = await RuleSet.OfAsync(db, workspace, ct);
        var what = kind == GrantKind.Role ? "role" : "license";
        return new(
            RefusalKind.Conflict,
            "ruleGiven",
            $"{file.Member.ShownName} has this {what} {RuleWords.Because(rules, grant)}. "
                + "Change what your directory says of them, or change the rule.",
            what
        );
    }
}
