namespace UserManagement.Membership.Licensing;

/// <summary>A type of license: what somebody may use, beside the role that says what they may do.</summary>
public sealed record LicenseType
{
    /// <summary>Stable key in lower case, unique in the workspace.</summary>
    public required string Key { get; init; }

    /// <summary>The name that people see.</summary>
    public required string Label { get; init; }

    /// <summary>One sentence about what it opens.</summary>
    public string Description { get; init; } = "";

    /// <summary>Feature names that apps read.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>How many people may hold it at once; null for no limit.</summary>
    public int? Pool { get; init; }
}
