using System.Data.Common;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>What a change of a workspace's configuration means for its rules.</summary>
internal static class RuleConfiguration
{
    /// <summary>Whether rules may give an admin's role is said by whoever may grant one; null when nothing stands against it.</summary>
    public static Refusal? Against(WorkspaceConfiguration now, Actor actor, WorkspaceConfiguration wanted) =>
        wanted.Rules?.MayGiveAdmin != true || now.Rules?.MayGiveAdmin == true ? null
        : now.Roles.Where(r => r.IsAdmin).Select(r => now.MayGrant(actor, r.Key)).FirstOrDefault(r => r is not null) is { } beyond
            ? beyond with
            {
                Message = "Only who may grant an admin's role lets rules give one.",
                Field = "rules.mayGiveAdmin",
            }
        : null;

    /// <summary>
    /// A role or license that a rule gives cannot vanish, nor an attribute for which one asks. Asked once the workspace's row is changed.
    /// </summary>
    public static void RefuseWhatIsInUse(Changes changes, WorkspaceContext workspace, WorkspaceConfiguration wanted)
    {
        foreach (var (use, refusal) in Gone(workspace.Configuration, wanted))
        {
            List<Func<DbCommand, DbParameter>> values = [Value.Of("$1", workspace.Id.Value), Value.Of("$2", use.Key)];
            changes.RefuseIf($"SELECT 1 FROM group_rules WHERE workspace_id = $1 AND {use.Column} = $2", values, refusal);
        }
    }

    /// <summary>The same asked beforehand; null when nothing stands against it.</summary>
    public static async Task<Refusal?> InUseAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        WorkspaceConfiguration wanted,
        CancellationToken ct
    )
    {
        if (Gone(workspace.Configuration, wanted).ToList() is not { Count: > 0 } gone)
        {
            return null;
        }

        var rules = (await RuleSet.OfAsync(db, workspace, ct)).Rules;
        return gone.Find(g => rules.Any(r => g.Use.IsOf(r.Rule))).Refusal;
    }

    /// <summary>Everybody is looked at again where another rule may count now.</summary>
    public static async Task FollowAsync(Attempt attempt, WorkspaceContext workspace, WorkspaceConfiguration wanted, CancellationToken ct)
    {
        var now = workspace.Configuration;
        if (
            (now.Rules ?? new()) == (wanted.Rules ?? new())
            && now.Roles.All(r => wanted.Role(r.Key) is { } other && other.Rank == r.Rank && other.IsAdmin == r.IsAdmin)
        )
        {
            await AttributesAsync(attempt, workspace, wanted, ct);
            return;
        }

        await SwitchedAsync(attempt, workspace, ct);
    }

    // what a rule asks for is read elsewhere, by another type, or is there again
    private static async Task AttributesAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        WorkspaceConfiguration wanted,
        CancellationToken ct
    )
    {
        var (now, then) = (workspace.Configuration.Scim, wanted.Scim);
        if (now.SchemaOfAttributes == then.SchemaOfAttributes && (now.Attributes ?? []).SequenceEqual(then.Attributes ?? []))
        {
            return;
        }

        var asked = (await RuleSet.OfAsync(attempt.Db, workspace, ct)).Rules.Where(r => r.Rule.Asks == RuleAsks.Attribute).ToList();
        if (
            asked.Count > 0
            && (
                now.SchemaOfAttributes != then.SchemaOfAttributes
                || asked.Exists(r => now.Attribute(r.Rule.Attribute) != then.Attribute(r.Rule.Attribute))
            )
        )
        {
            await RuleRuns.StartAsync(attempt, workspace.Id, "The attributes for which rules ask were changed", ct);
        }
    }

    /// <summary>The same where the whole catalogue becomes another, and the rules with it.</summary>
    public static async Task SwitchedAsync(Attempt attempt, WorkspaceContext workspace, CancellationToken ct)
    {
        if (!(await RuleSet.OfAsync(attempt.Db, workspace, ct)).IsEmpty)
        {
            await RuleRuns.StartAsync(attempt, workspace.Id, "The settings of the rules, or of the roles that they give, were changed", ct);
        }
    }

    private static IEnumerable<(Use Use, Refusal Refusal)> Gone(WorkspaceConfiguration now, WorkspaceConfiguration wanted)
    {
        static Refusal No(string code, string field, string what) =>
            new(RefusalKind.Conflict, code, $"A group rule {what}: change the rule first.", field);

        foreach (var role in now.Roles.Where(r => wanted.Role(r.Key) is null))
        {
            yield return (new("role", role.Key, r => r.Role == role.Key), No("roleInUse", "roles", $"gives the role {role.Label}"));
        }

        foreach (var license in now.Licenses.Where(l => wanted.License(l.Key) is null))
        {
            yield return (
                new("license", license.Key, r => r.License == license.Key),
                No("licenseInUse", "licenses", $"gives the license {license.Label}")
            );
        }

        foreach (var attribute in (now.Scim.Attributes ?? []).Where(a => wanted.Scim.Attribute(a.Name) is null))
        {
            var key = attribute.Name.ToLowerInvariant(); // names of attributes are the same whatever their case
            yield return (
                new("lower(attribute)", key, r => r.Attribute?.ToLowerInvariant() == key),
                No("attributeInUse", "scim.attributes", $"asks for the attribute {attribute.Name}")
            );
        }
    }

    /// <summary>How a rule uses something.</summary>
    /// <param name="Column">Where that stands in its row.</param>
    /// <param name="Key">What stands there.</param>
    /// <param name="IsOf">The same of a rule that is read.</param>
    private sealed record Use(string Column, string Key, Func<GroupRule, bool> IsOf);
}
