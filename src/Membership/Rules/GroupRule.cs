using UserManagement.Membership.Groups;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>What a rule asks of a person.</summary>
public enum RuleAsks
{
    /// <summary>To be in a group of the directory.</summary>
    Group,

    /// <summary>To have this value among the SCIM attribute <c>roles</c> (RFC 7643 section 4.1.2).</summary>
    Roles,

    /// <summary>To have this value among the SCIM attribute <c>entitlements</c> (RFC 7643 section 4.1.2).</summary>
    Entitlements,

    /// <summary>To have this value of the SCIM attribute <c>userType</c> (RFC 7643 section 4.1.1).</summary>
    UserType,

    /// <summary>To have this value of the attribute <c>department</c> of the enterprise extension (RFC 7643 section 4.3).</summary>
    Department,

    /// <summary>To have this value of an attribute that the workspace adds (<see cref="Mappings.CustomAttribute"/>).</summary>
    Attribute,
}

/// <summary>
/// A rule of a workspace: whom the directory describes so gets this role, this license and a place in these groups, for as long as it
/// describes them so. Written by the acts of this folder alone, each of which renews the version of the configuration, so that no act is
/// written that was planned from older rules.
/// </summary>
public sealed record GroupRule
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<GroupRule> Id { get; init; }

    /// <summary>Its place in the order, from 0; the first comes first.</summary>
    public required int Place { get; init; }

    /// <summary>The name that people see; no two of a workspace have the same.</summary>
    public required string Name { get; init; }

    /// <summary>What it asks.</summary>
    public required RuleAsks Asks { get; init; }

    /// <summary>The group that it asks for; null where it asks for an attribute.</summary>
    public Id<Group>? GroupId { get; init; }

    /// <summary>The name of the workspace's own attribute that it asks for; null where it asks for something else.</summary>
    public string? Attribute { get; init; }

    /// <summary>The value that it asks for, compared without case; of a group the name at the time of saving.</summary>
    public required string Value { get; init; }

    /// <summary>The key of the role that it gives; null for none.</summary>
    public string? Role { get; init; }

    /// <summary>The key of the license that it gives; null for none.</summary>
    public string? License { get; init; }

    /// <summary>The ids of the groups that it fills, with a space between them; null for none.</summary>
    public string? Groups { get; init; }

    /// <summary>
    /// The rank up to which whoever saved it may hand out roles; null for no limit. A role that rose above it later is not given.
    /// </summary>
    public int? Ceiling { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Version { get; init; }

    /// <summary>The groups that it fills.</summary>
    public IReadOnlyList<Id<Group>> Fills =>
        Groups is null ? [] : [.. Groups.Split(' ').Select(g => Id<Group>.TryParse(g, out var id) ? id : default)];
}
