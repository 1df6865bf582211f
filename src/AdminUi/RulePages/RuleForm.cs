using System.Globalization;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Rules;

namespace UserManagement.AdminUi.RulePages;

/// <summary>What stands in the form of a rule: groups by their names, as people know them.</summary>
public sealed record RuleForm
{
    /// <summary>What stands before the name of an attribute of the workspace's own, where the form says what a rule asks for.</summary>
    public const string Own = nameof(RuleAsks.Attribute) + ":";

    /// <summary>The name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it asks, as the form says it.</summary>
    public RuleAsks Asks { get; init; }

    /// <summary>The name of the workspace's own attribute; empty where it asks for something else.</summary>
    public string Attribute { get; init; } = "";

    /// <summary>The name of the group, or the value of the attribute.</summary>
    public string Value { get; init; } = "";

    /// <summary>The role's key; empty for none.</summary>
    public string Role { get; init; } = "";

    /// <summary>The license's key; empty for none.</summary>
    public string License { get; init; } = "";

    /// <summary>The names of the groups to fill, one in each line.</summary>
    public string Fills { get; init; } = "";

    /// <summary>The version that it is based on; null for a new one.</summary>
    public long? Seen { get; init; }

    /// <summary>Of a rule that is there.</summary>
    public static RuleForm Of(RuleSet rules, GroupRule rule) =>
        new()
        {
            Name = rule.Name,
            Asks = rule.Asks,
            Attribute = rule.Attribute ?? "",
            Value = rule.GroupId is { } id && rules.Groups.TryGetValue(id, out var asked) ? asked.DisplayName : rule.Value,
            Role = rule.Role ?? "",
            License = rule.License ?? "",
            Fills = string.Join(
                '\n',
                rule.Fills.Select(g => rules.Groups.TryGetValue(g, out var group) ? group.DisplayName : g.ToString())
            ),
            Seen = rule.Version,
        };

    /// <summary>As it was posted.</summary>
    public static RuleForm Of(Visit visit)
    {
        var own = visit.Field("asks").StartsWith(Own, StringComparison.Ordinal) ? visit.Field("asks")[Own.Length..] : "";
        return new()
        {
            Name = visit.Field("name"),
            Asks =
                own.Length > 0 ? RuleAsks.Attribute
                : Enum.TryParse<RuleAsks>(visit.Field("asks"), ignoreCase: true, out var asks) && Enum.IsDefined(asks) ? asks
                : default,
            Attribute = own,
            Value = visit.Field("value"),
            Role = visit.Field("role"),
            License = visit.Field("license"),
            Fills = visit.Field("fills"),
            Seen = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : null,
        };
    }

    /// <summary>What it says to the core, with the names found; or which name is none.</summary>
    public async Task<Outcome<RuleDraft>> DraftAsync(Visit visit)
    {
        var groups = visit.Act<RuleGroups>();
        var fills = new List<Id<Group>>();
        var mayLook = visit.Actor.May(Permission.ManageDirectory); // who may not write rules learns no name: the act says so
        foreach (var name in (mayLook ? Fills : "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (await groups.FindAsync(visit.Workspace.Id, name, byDirectory: false, visit.Ct) is not { } group)
            {
                return Refusal.Unknown("group", $"There is no group {Note.Cut(name)}.", "groups");
            }

            fills.Add(group);
        }

        Id<Group>? asked = null;
        if (
            mayLook
            && Asks == RuleAsks.Group
            && (asked = await groups.FindAsync(visit.Workspace.Id, Value, byDirectory: true, visit.Ct)) is null
        )
        {
            return Refusal.Unknown("group", "There is no group of this name.", "group");
        }

        return new RuleDraft
        {
            Name = Name,
            Asks = Asks,
            GroupId = asked,
            Attribute = Asks == RuleAsks.Attribute ? Attribute : null,
            Value = Asks == RuleAsks.Group ? null : Value,
            Role = Role.Length == 0 ? null : Role,
            License = License.Length == 0 ? null : License,
            Fills = fills,
        };
    }
}
