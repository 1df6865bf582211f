using UserManagement.Membership.Groups;
using UserManagement.Membership.Members.Terms;

namespace UserManagement.Membership.Members;

/// <summary>What is to become of one member; what is null or empty stays as it is.</summary>
public sealed record MemberEdit
{
    /// <summary>The version of the member on which the edit is based; null for any.</summary>
    public long? Seen { get; init; }

    /// <summary>The names.</summary>
    public NameChange? Names { get; init; }

    /// <summary>The role's key.</summary>
    public string? Role { get; init; }

    /// <summary>The license, also none.</summary>
    public LicenseEdit? License { get; init; }

    /// <summary>The groups into which they come.</summary>
    public IReadOnlyList<Id<Group>> Joins { get; init; } = [];

    /// <summary>The groups out of which they go.</summary>
    public IReadOnlyList<Id<Group>> Leaves { get; init; } = [];

    /// <summary>The end of their time, also none.</summary>
    public TermEdit? Term { get; init; }

    /// <summary>Whether groups change.</summary>
    internal bool Moves => Joins.Count + Leaves.Count > 0;

    /// <summary>Whether nothing but groups changes, which asks for another permission.</summary>
    internal bool MovesAlone => Moves && Names is null && Role is null && License is null && Term is null;

    /// <summary>Whether nothing but the role changes.</summary>
    internal bool IsRoleAlone => !Moves && Names is null && License is null && Term is null;

    /// <summary>The name under which the audit log tells that it was tried.</summary>
    internal string Act =>
        Role is not null ? "role.changed"
        : License is not null ? "license.changed"
        : Term is not null ? "member.termSet"
        : MovesAlone ? "group.changed"
        : "member.edited";
}

/// <summary>A license to give.</summary>
/// <param name="License">Its key; null or empty for none.</param>
public sealed record LicenseEdit(string? License);

/// <summary>Until when somebody is a member.</summary>
/// <param name="LastDay">The last day, as it was typed (<see cref="Terms.LastDay"/>); empty for no end.</param>
/// <param name="Sponsor">The user name of who answers for them; empty for the admins.</param>
/// <param name="Seen">The term on which the edit is based; null for any.</param>
public sealed record TermEdit(string LastDay, string Sponsor, TermSeen? Seen = null);

/// <summary>A term as somebody saw it.</summary>
/// <param name="SetAt">When it was set; null where there was none.</param>
public sealed record TermSeen(DateTimeOffset? SetAt);

/// <summary>What an edit did.</summary>
/// <param name="Before">The member before.</param>
/// <param name="After">The member after.</param>
/// <param name="Joined">The groups into which they came.</param>
/// <param name="Left">The groups that they left.</param>
/// <param name="Term">The end of their time as it now is; null for none.</param>
public sealed record EditedMember(Member Before, Member After, IReadOnlyList<Group> Joined, IReadOnlyList<Group> Left, MemberTerm? Term)
{
    /// <summary>Whether the names are others now.</summary>
    public bool NamesChanged { get; init; }

    /// <summary>Whether the role was given.</summary>
    public bool RoleChanged { get; init; }

    /// <summary>Whether the license was given or taken.</summary>
    public bool LicenseChanged { get; init; }

    /// <summary>Whether the end of their time is another now.</summary>
    public bool TermChanged { get; init; }
}
