namespace UserManagement.Membership.Roles;

/// <summary>
/// A role of a workspace's catalogue. Roles are data: what one may do is the closure of its permissions over
/// <see cref="Includes"/>, what it may hand out ends at <see cref="CanGrantUpTo"/>.
/// </summary>
public sealed record Role
{
    /// <summary>Stable key in lower case, unique in the catalogue.</summary>
    public required string Key { get; init; }

    /// <summary>The name that people see.</summary>
    public required string Label { get; init; }

    /// <summary>One sentence about what the role may do.</summary>
    public string Description { get; init; } = "";

    /// <summary>Order of power; higher is more.</summary>
    public int Rank { get; init; }

    /// <summary>Keys of the roles whose permissions this one has too.</summary>
    public IReadOnlyList<string> Includes { get; init; } = [];

    /// <summary>Permissions of its own, see <see cref="Access.Permission"/>; others are carried to apps.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>Whether people in this role are admins: at least one must be left.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>Whether the role takes one of the plan's seats.</summary>
    public bool NeedsSeat { get; init; }

    /// <summary>Whether people can be put into this role by hand or invitation.</summary>
    public bool Assignable { get; init; } = true;

    /// <summary>The highest role that its holder may hand out or take away; null for none.</summary>
    public string? CanGrantUpTo { get; init; }
}
