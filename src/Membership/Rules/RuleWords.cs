using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>What is said of rules, in sentences for people.</summary>
public static class RuleWords
{
    /// <summary>What a rule asks for: <c>group Engineers</c>, <c>department Sales</c>.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="groups">The groups that rules name; one that is not there is called as it was at the time of saving.</param>
    public static string Condition(GroupRule rule, IReadOnlyDictionary<Id<Group>, Group> groups)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(groups);
        return rule.Asks switch
        {
            RuleAsks.Group => $"group {(rule.GroupId is { } id && groups.TryGetValue(id, out var group) ? group.DisplayName : rule.Value)}",
            RuleAsks.Roles => $"role {rule.Value} at the directory",
            RuleAsks.Entitlements => $"entitlement {rule.Value}",
            RuleAsks.UserType => $"user type {rule.Value}",
            RuleAsks.Department => $"department {rule.Value}",
            RuleAsks.Attribute => $"{rule.Attribute} {rule.Value}",
            _ => "a condition of a later version",
        };
    }

    /// <summary>Why a grant is there: <c>by rule "Engineering" (group Engineers)</c>; null when no rule gave it.</summary>
    public static string? Because(RuleSet rules, Grant grant)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(grant);
        return grant.Origin != GrantOrigin.Group ? null
            : rules.Find(grant.OriginId) is { } rule ? $"by rule \"{rule.Name}\" ({Condition(rule, rules.Groups)})"
            : $"by rule \"{grant.GivenBy}\", which is gone";
    }

    /// <summary>Why a rule gives nothing; null when it works.</summary>
    internal static string? Broken(WorkspaceConfiguration configuration, GroupRule rule, IReadOnlyDictionary<Id<Group>, Group> groups)
    {
        if (!rule.Asks.IsKnown())
        {
            return "It asks for something that only a later version of this server knows.";
        }

        if (rule.Asks == RuleAsks.Group && (rule.GroupId is not { } asked || !groups.ContainsKey(asked)))
        {
            return $"The group {rule.Value} that it asks for is gone. Choose another group, or delete the rule.";
        }

        if (rule.Asks == RuleAsks.Attribute)
        {
            if (configuration.Scim.Attribute(rule.Attribute) is not { } attribute)
            {
                return $"The attribute {rule.Attribute} that it asks for is gone. Choose another one, or define it again.";
            }

            if (attribute.KeyOf(rule.Value) is null)
            {
                return $"The attribute {attribute.Name} holds {attribute.Holds} by now, and \"{rule.Value}\" is none. Ask for another value.";
            }
        }

        if (rule.Role is { } key)
        {
            if (configuration.Role(key) is not { } role)
            {
                return $"The role {key} that it gives is gone. Choose another role.";
            }

            if (role.IsAdmin && configuration.Rules?.MayGiveAdmin != true)
            {
                return $"The role {role.Label} is an admin's, and rules may not give such a role here.";
            }

            if (role.Rank > rule.Ceiling)
            {
                return $"The role {role.Label} is above what whoever saved the rule may give. Somebody who may give it must save the rule anew.";
            }
        }

        return rule.License is { } license && configuration.License(license) is null
                ? $"The license {license} that it gives is gone. Choose another license."
            : rule.Fills.Any(f => !groups.ContainsKey(f)) ? "A group that it fills is gone. Choose another group."
            : rule.Fills.Select(f => groups[f]).FirstOrDefault(g => g.IsDirectoryManaged) is { } taken
                ? $"The group {taken.DisplayName} that it fills is your directory's by now. Choose another group."
            : null;
    }
}
