using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// What holds for every change of rules: who may, what a rule may say, and that no rule asks for a group that rules fill.
/// </summary>
internal sealed class RuleDesk(MembershipDb db, Actor actor, WorkspaceContext workspace, TimeProvider time)
{
    private const int MostFilled = 20;
    private readonly WorkspaceConfiguration _configuration = workspace.Configuration;

    /// <summary>Whether the actor may see rules.</summary>
    public static Refusal? MayRead(Actor actor, Id<Workspace> workspace) => actor.Demand(workspace, Permission.ManageDirectory);

    /// <summary>Whether the actor may change them.</summary>
    public static Refusal? MayChange(Actor actor, Id<Workspace> workspace) =>
        MayRead(actor, workspace) ?? actor.Demand(workspace, Permission.ManageMembers);

    /// <summary>The rule, which the actor may change: what they may not grant, they may not take away by a rule either.</summary>
    public Outcome<GroupRule> Found(IReadOnlyList<GroupRule> rules, Id<GroupRule> id, long? seen) =>
        rules.FirstOrDefault(r => r.Id == id) is not { } rule ? Refusal.NotFound("rule")
        : seen is { } version && version != rule.Version ? Refusal.Stale()
        : MayGive(rule.Role) is { Kind: RefusalKind.Forbidden } beyond ? beyond // a role that is gone is in everybody's reach
        : rule;

    /// <summary>A rule that says this.</summary>
    /// <param name="rules">All rules.</param>
    /// <param name="before">The rule as it is; null for a new one.</param>
    /// <param name="draft">What it is to say.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<GroupRule>> SaidAsync(
        IReadOnlyList<GroupRule> rules,
        GroupRule? before,
        RuleDraft draft,
        CancellationToken ct
    )
    {
        if ((Key.Check("name", draft.Name) ?? Gives(draft)) is { } wrong)
        {
            return wrong;
        }

        if (rules.Any(r => r.Id != before?.Id && Key.Of(r.Name) == Key.Of(draft.Name)))
        {
            return new Refusal(RefusalKind.Conflict, "ruleNameTaken", "A rule of this name is there already.", "name");
        }

        var ids = draft.Fills.Distinct().ToList();
        var groups = (
            await RuleSet.GroupsAsync(db, workspace.Id, [.. ids, .. draft.GroupId is { } asked ? [asked] : (Id<Group>[])[]], ct)
        ).ToDictionary(g => g.Id);
        if (!Asked(draft, groups).Is(out var value, out var refusal) || (refusal = Filled(ids, groups)) is not null)
        {
            return refusal;
        }

        var now = time.Now();
        return new GroupRule
        {
            WorkspaceId = workspace.Id,
            Id = before?.Id ?? Id<GroupRule>.New(time),
            Place = before?.Place ?? rules.Count,
            Name = draft.Name,
            Asks = draft.Asks,
            GroupId = draft.Asks == RuleAsks.Group ? draft.GroupId : null,
            Attribute = draft.Asks == RuleAsks.Attribute ? _configuration.Scim.Attribute(draft.Attribute)?.Name : null,
            Value = value,
            Role = draft.Role,
            License = draft.License,
            Groups = ids.Count == 0 ? null : string.Join(' ', ids),
            Ceiling = actor.Unlimited ? null : _configuration.Role(_configuration.Role(actor.Role)?.CanGrantUpTo)?.Rank ?? int.MinValue,
            CreatedAt = before?.CreatedAt ?? now,
            ModifiedAt = now,
            Version = (before?.Version ?? 0) + 1,
        };
    }

    /// <summary>A rule that asks for a group which one fills: the two are named, with the group between them.</summary>
    public static Refusal? Circle(IReadOnlyList<GroupRule> rules, IReadOnlyDictionary<Id<Group>, Group> groups)
    {
        foreach (var asks in rules)
        {
            if (asks.GroupId is { } id && rules.FirstOrDefault(r => r.Fills.Contains(id)) is { } fills)
            {
                var group = groups.TryGetValue(id, out var named) ? named.DisplayName : asks.Value;
                return new(
                    RefusalKind.Conflict,
                    "ruleCircle",
                    fills == asks
                        ? $"\"{asks.Name}\" fills the group {group} and asks for it: a rule cannot depend on itself."
                        : $"\"{fills.Name}\" fills the group {group}, and \"{asks.Name}\" asks for it: no rule may depend on a group that "
                            + "rules fill. Let the two ask for the same group of your directory.",
                    "groups"
                );
            }
        }

        return null;
    }

    private Refusal? Gives(RuleDraft draft) =>
        draft is { Role: null, License: null, Fills.Count: 0 } ? Refusal.Invalid("role", "A rule gives a role, a license or a group.")
        : MayGive(draft.Role) is { } beyond ? beyond
        : _configuration.Role(draft.Role) is { Assignable: false } reserved
            ? Refusal.Invalid("role", $"The role {reserved.Label} cannot be given by a rule.")
        : _configuration.Role(draft.Role) is { IsAdmin: true } admin && _configuration.Rules?.MayGiveAdmin != true
            ? new(
                RefusalKind.Conflict,
                "ruleGivesAdmin",
                $"The role {admin.Label} is an admin's. Rules may give it only where an admin has switched that on for this workspace.",
                "role"
            )
        : draft.License is { } license && _configuration.License(license) is null
            ? Refusal.Unknown("license", "There is no such license type.")
        : draft.Fills.Count == 0 ? null
        : draft.Fills.Count > MostFilled ? Refusal.Invalid("groups", $"A rule fills at most {MostFilled} groups.")
        : actor.Demand(workspace.Id, Permission.ManageGroups);

    private Refusal? MayGive(string? role) =>
        role is null ? null : _configuration.MayGrant(actor, role) ?? FourEyes.AgainstWayRound(_configuration, actor, role);

    private Outcome<string> Asked(RuleDraft draft, Dictionary<Id<Group>, Group> groups)
    {
        if (!draft.Asks.IsKnown())
        {
            return Refusal.Invalid("asks", "A rule asks for a group or for one of the attributes.");
        }

        if (draft.Asks != RuleAsks.Group)
        {
            return Key.Check("value", draft.Value) is { } wrong ? wrong
                : draft.Asks == RuleAsks.Attribute && AgainstOwn(draft.Attribute, draft.Value!) is { } odd ? odd
                : draft.Value!;
        }

        return draft.GroupId is not { } id || !groups.TryGetValue(id, out var group)
                ? Refusal.Unknown("group", "There is no such group.", "group")
            : !group.IsDirectoryManaged
                ? Refusal.Invalid("group", $"The group {group.DisplayName} is not your directory's. Rules ask for groups of the directory.")
            : group.DisplayName;
    }

    private Refusal? AgainstOwn(string? name, string value) =>
        _configuration.Scim.Attribute(name) is not { } attribute
            ? Refusal.Unknown(
                "attribute",
                $"There is no attribute {name ?? "without a name"} of your own here. Define it first.",
                "attribute"
            )
        : attribute.KeyOf(value) is null
            ? Refusal.Invalid("value", $"The attribute {attribute.Name} holds {attribute.Holds}, and this is none.")
        : null;

    private static Refusal? Filled(List<Id<Group>> ids, Dictionary<Id<Group>, Group> groups) =>
        ids.Exists(id => !groups.ContainsKey(id)) ? Refusal.Unknown("group", "There is no such group.", "groups")
        : groups.Values.FirstOrDefault(g => ids.Contains(g.Id) && g.IsDirectoryManaged) is { } taken
            ? new(
                RefusalKind.Conflict,
                "directoryManaged",
                $"The group {taken.DisplayName} comes from your directory. A rule fills groups of your own.",
                "groups"
            )
        : null;
}
