using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>A group of members, made by an admin or by a directory.</summary>
public sealed record Group
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id, also the id of the SCIM Group.</summary>
    public required Id<Group> Id { get; init; }

    /// <summary>The name that people see.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The key of the name for look-ups.</summary>
    public required string DisplayNameKey { get; init; }

    /// <summary>The same key where names must be unique in the workspace; null where they need not be.</summary>
    public string? UniqueNameKey { get; init; }

    /// <summary>The directory's own id; opaque, compared by case.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Whether a directory made it; its name and members are then the directory's.</summary>
    public bool IsDirectoryManaged { get; init; }

    /// <summary>
    /// How much earlier than others its members get the seats for which they wait: 1 to 100, the highest first; null for no priority. An
    /// admin's word, also for a directory's group, which does not see it: no version counts it.
    /// </summary>
    public int? SeatPriority { get; init; }

    /// <summary>The rest of the SCIM resource, kept and never read by the core; null when there is none.</summary>
    public string? Document { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it or its membership was last changed.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Counts the changes, of membership too; the SCIM ETag.</summary>
    public required long Version { get; init; }
}

/// <summary>That a member is in a group.</summary>
public sealed record GroupMember
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The group.</summary>
    public required Id<Group> GroupId { get; init; }

    /// <summary>The member.</summary>
    public required Id<Member> MemberId { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>
    /// The rule that put them there, and takes them out again when it no longer matches; null for by hand or by a directory.
    /// </summary>
    public Id<Rules.GroupRule>? RuleId { get; init; }
}
