using UserManagement.Membership.Groups;

namespace UserManagement.Api.Groups;

/// <summary>A group.</summary>
internal sealed record GroupJson
{
    /// <summary>Its id, also the id of the SCIM Group.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name that people see.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The directory's own id; null for none.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Whether a directory made it; it is then changed there.</summary>
    public required bool IsDirectoryManaged { get; init; }

    /// <summary>How many members it has.</summary>
    public required int MemberCount { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it or its membership was last changed.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Counts the changes, of membership too.</summary>
    public required long Version { get; init; }

    /// <summary>Of a group.</summary>
    public static GroupJson Of(Group group, int members) =>
        new()
        {
            Id = group.Id.Value,
            DisplayName = group.DisplayName,
            ExternalId = group.ExternalId,
            IsDirectoryManaged = group.IsDirectoryManaged,
            MemberCount = members,
            CreatedAt = group.CreatedAt,
            ModifiedAt = group.ModifiedAt,
            Version = group.Version,
        };
}

/// <summary>A group to make.</summary>
internal sealed record NewGroup
{
    /// <summary>The name that people see.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The ids of its first members.</summary>
    public IReadOnlyList<Guid> Members { get; init; } = [];
}

/// <summary>A new name of a group.</summary>
internal sealed record GroupChange
{
    /// <summary>The name that people see.</summary>
    public required string DisplayName { get; init; }
}

/// <summary>Who comes into a group and who goes.</summary>
internal sealed record GroupMembersChange
{
    /// <summary>The ids of members to add; who is in already stays.</summary>
    public IReadOnlyList<Guid> Add { get; init; } = [];

    /// <summary>The ids of members to take out; who is not in is no error.</summary>
    public IReadOnlyList<Guid> Remove { get; init; } = [];
}

/// <summary>What came of it.</summary>
internal sealed record ChangedGroupJson
{
    /// <summary>The group now.</summary>
    public required GroupJson Group { get; init; }

    /// <summary>How many were added.</summary>
    public required int Added { get; init; }

    /// <summary>How many were taken out.</summary>
    public required int Removed { get; init; }

    /// <summary>Ids that name nobody here and were passed over.</summary>
    public required IReadOnlyList<Guid> Unknown { get; init; }

    /// <summary>Of what the core did.</summary>
    public static ChangedGroupJson Of(ChangedGroup changed, int members) =>
        new()
        {
            Group = GroupJson.Of(changed.Group, members),
            Added = changed.Added,
            Removed = changed.Removed,
            Unknown = [.. changed.Unknown.Select(m => m.Value)],
        };
}
