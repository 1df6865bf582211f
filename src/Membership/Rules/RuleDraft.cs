using UserManagement.Membership.Groups;

namespace UserManagement.Membership.Rules;

/// <summary>What somebody wants a rule to say.</summary>
public sealed record RuleDraft
{
    /// <summary>The name that people see.</summary>
    public required string Name
    {
        get;
        init => field = Key.Shown(value) ?? "";
    }

    /// <summary>What it asks.</summary>
    public required RuleAsks Asks { get; init; }

    /// <summary>The group, where it asks for one; null else.</summary>
    public Id<Group>? GroupId { get; init; }

    /// <summary>The name of the workspace's own attribute, where it asks for one; null else.</summary>
    public string? Attribute
    {
        get;
        init => field = Key.Shown(value);
    }

    /// <summary>The value, where it asks for an attribute; null else.</summary>
    public string? Value
    {
        get;
        init => field = Key.Shown(value);
    }

    /// <summary>The key of the role that it gives; null for none.</summary>
    public string? Role { get; init; }

    /// <summary>The key of the license that it gives; null for none.</summary>
    public string? License { get; init; }

    /// <summary>The groups that it fills.</summary>
    public IReadOnlyList<Id<Group>> Fills { get; init; } = [];
}
