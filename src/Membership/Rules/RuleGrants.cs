using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// What the rules' word makes of somebody's grants. Grants of other origins stay, and count again when no rule matches any more.
/// </summary>
internal static class RuleGrants
{
    /// <summary>The grants as the rules want them; the same list where they are so already.</summary>
    public static IReadOnlyList<Grant> Over(Attempt attempt, Id<Workspace> workspace, MemberWithGrants file, Verdict verdict) =>
        Over(attempt, workspace, file.Member.Id, file.Grants, verdict);

    /// <summary>The same for somebody who is not here yet.</summary>
    public static IReadOnlyList<Grant> Over(
        Attempt attempt,
        Id<Workspace> workspace,
        Id<Member> member,
        IReadOnlyList<Grant> grants,
        Verdict verdict
    )
    {
        var role = Wanted(attempt, workspace, member, grants, GrantKind.Role, verdict.Role, verdict.Role?.Role);
        var license = Wanted(attempt, workspace, member, grants, GrantKind.License, verdict.License, verdict.License?.License);
        var byRule = grants.Where(g => g.Origin == GrantOrigin.Group).ToList();
        return
            byRule.Count == (role is null ? 0 : 1) + (license is null ? 0 : 1)
            && (role is null || byRule.Contains(role))
            && (license is null || byRule.Contains(license))
            ? grants
            :
            [
                .. grants.Where(g => g.Origin != GrantOrigin.Group),
                .. role is null ? (ReadOnlySpan<Grant>)[] : [role],
                .. license is null ? (ReadOnlySpan<Grant>)[] : [license],
            ];
    }

    // one that is there already stays, with what it waits for
    private static Grant? Wanted(
        Attempt attempt,
        Id<Workspace> workspace,
        Id<Member> member,
        IReadOnlyList<Grant> grants,
        GrantKind kind,
        GroupRule? rule,
        string? value
    ) =>
        rule is null ? null
        : grants.FirstOrDefault(g =>
            g.Kind == kind && g.Origin == GrantOrigin.Group && g.OriginId == rule.Id.ToString() && (g.Wanted ?? g.Value) == value
        )
            is { } same
            ? same
        : ProvisionMember.NewGrant(attempt, workspace, member, kind, GrantOrigin.Group, value!, rule.Id.ToString()) with
        {
            GivenBy = rule.Name,
        };

    /// <summary>
    /// The grants with which the last admin remains one: where the rules would take that away, what gave the role stays as an admin's word.
    /// </summary>
    public static async Task<IReadOnlyList<Grant>> KeepLastAdminAsync(
        Attempt attempt,
        WorkspaceConfiguration configuration,
        MemberWithGrants file,
        IReadOnlyList<Grant> grants,
        CancellationToken ct
    )
    {
        if (
            file.Member is not { State: MemberState.Active, AccountId: not null } member
            || configuration.Role(member.Role) is not { IsAdmin: true }
            || Grants.ForRole(configuration, grants) is { } decided && configuration.Role(decided.Value) is { IsAdmin: true }
            || (await Counts.ReadAsync(attempt.Db, member.WorkspaceId, ct)).Admins
                + attempt.Changes.Counters.GetValueOrDefault(new(member.WorkspaceId, CounterKind.Admins))
                > 1
        )
        {
            return grants;
        }

        var rest = grants.Where(g => g.Kind != GrantKind.Role || g.Origin != GrantOrigin.Group).ToList();
        return Grants.ForRole(configuration, rest) is { } held && configuration.Role(held.Value) is { IsAdmin: true }
            ? rest
            : rest.With(
                ProvisionMember.NewGrant(attempt, member.WorkspaceId, member.Id, GrantKind.Role, GrantOrigin.Admin, member.Role) with
                {
                    GivenBy = $"{attempt.Actor.Name} (kept: the last admin)",
                }
            );
    }
}
