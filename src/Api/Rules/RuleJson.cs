using UserManagement.Membership;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;

namespace UserManagement.Api.Rules;

/// <summary>A rule.</summary>
internal sealed record RuleJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its place in the order, from 0.</summary>
    public required int Place { get; init; }

    /// <summary>The name that people see.</summary>
    public required string Name { get; init; }

    /// <summary>What it asks.</summary>
    public required RuleAsks Asks { get; init; }

    /// <summary>The id of the group that it asks for; null where it asks for an attribute.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>The name of the workspace's own attribute that it asks for; null where it asks for something else.</summary>
    public string? Attribute { get; init; }

    /// <summary>The value that it asks for, compared without case; of a group its name when the rule was saved.</summary>
    public required string Value { get; init; }

    /// <summary>The key of the role that it gives; null for none.</summary>
    public string? Role { get; init; }

    /// <summary>The key of the license that it gives; null for none.</summary>
    public string? License { get; init; }

    /// <summary>The ids of the groups that it fills.</summary>
    public required IReadOnlyList<Guid> Groups { get; init; }

    /// <summary>Why it gives nothing, in a sentence; null for a rule that works.</summary>
    public string? Broken { get; init; }

    /// <summary>To how many people it gives a role or license now.</summary>
    public required int People { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Version { get; init; }

    /// <summary>Of a rule.</summary>
    public static RuleJson Of(GroupRule rule, string? broken, int people) =>
        new()
        {
            Id = rule.Id.Value,
            Place = rule.Place,
            Name = rule.Name,
            Asks = rule.Asks,
            GroupId = rule.GroupId?.Value,
            Attribute = rule.Attribute,
            Value = rule.Value,
            Role = rule.Role,
            License = rule.License,
            Groups = [.. rule.Fills.Select(g => g.Value)],
            Broken = broken,
            People = people,
            Version = rule.Version,
        };
}

/// <summary>How far the look through all members is after rules changed.</summary>
internal sealed record RuleRunJson
{
    /// <summary>Why it was begun.</summary>
    public required string Cause { get; init; }

    /// <summary>How many members there were.</summary>
    public required long Total { get; init; }

    /// <summary>How many of them were looked at since the last change.</summary>
    public required long Seen { get; init; }

    /// <summary>How many were given something else.</summary>
    public required long Changed { get; init; }

    /// <summary>For how many there was no room.</summary>
    public required long LeftOut { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it had looked at everybody; null while it is under way.</summary>
    public DateTimeOffset? DoneAt { get; init; }
}

/// <summary>The rules of a workspace.</summary>
internal sealed record RulesJson
{
    /// <summary>Which of several rules that match gives the role.</summary>
    public required RuleMode Mode { get; init; }

    /// <summary>Whether a rule may give an admin's role.</summary>
    public required bool MayGiveAdmin { get; init; }

    /// <summary>The rules in their order.</summary>
    public required IReadOnlyList<RuleJson> Items { get; init; }

    /// <summary>The last look through all members; null when there never was one.</summary>
    public RuleRunJson? Run { get; init; }

    /// <summary>Of what was read.</summary>
    public static RulesJson Of(RuleList list) =>
        new()
        {
            Mode = list.Workspace.Configuration.Rules?.Mode ?? RuleMode.FirstMatch,
            MayGiveAdmin = list.Workspace.Configuration.Rules?.MayGiveAdmin ?? false,
            Items = [.. list.Rules.Rules.Select(r => RuleJson.Of(r.Rule, r.Broken, list.Gives.GetValueOrDefault(r.Rule.Id)))],
            Run = list.Run is { } run
                ? new RuleRunJson
                {
                    Cause = run.Cause,
                    Total = run.Total,
                    Seen = run.Seen,
                    Changed = run.Changed,
                    LeftOut = run.LeftOut,
                    StartedAt = run.StartedAt,
                    DoneAt = run.DoneAt,
                }
                : null,
        };
}

/// <summary>What a rule is to say.</summary>
internal sealed record RuleWanted
{
    /// <summary>The name that people see.</summary>
    public required string Name { get; init; }

    /// <summary>What it asks.</summary>
    public required RuleAsks Asks { get; init; }

    /// <summary>The id of the group of the directory, where it asks for one; null else.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>The name of the workspace's own attribute (<c>scim.attributes</c>), where it asks for one; null else.</summary>
    public string? Attribute { get; init; }

    /// <summary>The value, where it asks for an attribute; null else.</summary>
    public string? Value { get; init; }

    /// <summary>The key of the role to give; null for none.</summary>
    public string? Role { get; init; }

    /// <summary>The key of the license to give; null for none.</summary>
    public string? License { get; init; }

    /// <summary>The ids of groups of the workspace's own to fill.</summary>
    public IReadOnlyList<Guid> Groups { get; init; } = [];

    /// <summary>For the core.</summary>
    public RuleDraft Draft() =>
        new()
        {
            Name = Name,
            Asks = Asks,
            GroupId = GroupId is { } id ? new Id<Group>(id) : null,
            Attribute = Attribute,
            Value = Value,
            Role = Role,
            License = License,
            Fills = [.. Groups.Select(g => new Id<Group>(g))],
        };
}

/// <summary>Where a rule goes.</summary>
internal sealed record RulePlace
{
    /// <summary>Its new place, from 0; one behind the last is the last.</summary>
    public required int Place { get; init; }
}

/// <summary>A rule as it might be: a new one, or another word for one that is there.</summary>
internal sealed record RuleTrial
{
    /// <summary>The id of the rule that it takes the place of; null for a new one.</summary>
    public Guid? Id { get; init; }

    /// <summary>What it would say; null where the rule would be deleted.</summary>
    public RuleWanted? Rule { get; init; }
}

/// <summary>What would become of one member.</summary>
internal sealed record RuleForecastJson
{
    /// <summary>The member.</summary>
    public required Guid Member { get; init; }

    /// <summary>Their name.</summary>
    public required string Name { get; init; }

    /// <summary>The role now.</summary>
    public required string RoleBefore { get; init; }

    /// <summary>The role then.</summary>
    public required string RoleAfter { get; init; }

    /// <summary>The name of the rule that would give it; null for none.</summary>
    public string? Rule { get; init; }

    /// <summary>What of it they would not get, and why; null for nothing.</summary>
    public string? LeftOut { get; init; }
}

/// <summary>What a change of rules would do.</summary>
internal sealed record RulePreviewJson
{
    /// <summary>How many people would get something else.</summary>
    public required int People { get; init; }

    /// <summary>For how many there would be no room.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Whether there are just so many; otherwise there are at least so many.</summary>
    public required bool IsExact { get; init; }

    /// <summary>By how many seats more, or fewer, would be in use.</summary>
    public required long Seats { get; init; }

    /// <summary>How many seats are free now; null for no limit.</summary>
    public long? SeatsFree { get; init; }

    /// <summary>The first of them.</summary>
    public required IReadOnlyList<RuleForecastJson> First { get; init; }

    /// <summary>Of what the core foresees.</summary>
    public static RulePreviewJson Of(RulePreview preview) =>
        new()
        {
            People = preview.People,
            LeftOut = preview.LeftOut,
            IsExact = preview.IsExact,
            Seats = preview.Seats,
            SeatsFree = preview.SeatsFree,
            First =
            [
                .. preview.First.Select(f => new RuleForecastJson
                {
                    Member = f.Before.Id.Value,
                    Name = f.Before.ShownName,
                    RoleBefore = f.Before.Role,
                    RoleAfter = f.After.Role,
                    Rule = f.Rule,
                    LeftOut = f.Kept?.Message,
                }),
            ],
        };
}
