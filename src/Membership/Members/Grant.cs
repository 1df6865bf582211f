using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>What a grant gives.</summary>
public enum GrantKind
{
    /// <summary>A role.</summary>
    Role,

    /// <summary>A license.</summary>
    License,
}

/// <summary>Where a grant comes from, weakest first: the order in which one outweighs another.</summary>
public enum GrantOrigin
{
    /// <summary>The workspace's rule for newcomers.</summary>
    Join,

    /// <summary>A directory provisioned the person.</summary>
    Directory,

    /// <summary>An invitation named it.</summary>
    Invitation,

    /// <summary>An admin said so.</summary>
    Admin,

    /// <summary>
    /// A rule gives it, to the members of a group of the directory or to whom the directory describes so (<see cref="Rules.GroupRule"/>).
    /// It outweighs what was given by hand, which counts again when the rule no longer matches.
    /// </summary>
    Group,
}

/// <summary>
/// One reason why a member has a role or a license. Several may stand side by side; <see cref="Grants"/> decides which
/// one counts. "Why does this person have access?" is a query of these rows.
/// </summary>
public sealed record Grant
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The member who has it.</summary>
    public required Id<Member> MemberId { get; init; }

    /// <summary>What it gives.</summary>
    public required GrantKind Kind { get; init; }

    /// <summary>Where it comes from.</summary>
    public required GrantOrigin Origin { get; init; }

    /// <summary>Which one of that origin: the invitation's or rule's id; empty where there is only one.</summary>
    public string OriginId { get; init; } = "";

    /// <summary>The key of the role or license that it gives.</summary>
    public required string Value { get; init; }

    /// <summary>The role that was meant when no seat was free for it; null when <see cref="Value"/> is what was meant.</summary>
    public string? Wanted { get; init; }

    /// <summary>Who gave it, by name, for people.</summary>
    public required string GivenBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset GivenAt { get; init; }
}
