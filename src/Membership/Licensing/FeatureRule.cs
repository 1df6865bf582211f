namespace UserManagement.Membership.Licensing;

/// <summary>
/// A permission for which the role alone is not enough: the license must open a feature too. Role and license are two axes, and what
/// somebody may do needs both.
/// </summary>
public sealed record FeatureRule
{
    /// <summary>The permission, one of those that are carried to apps: <c>tools.create</c>.</summary>
    public required string Permission { get; init; }

    /// <summary>The feature that the license must have: <c>tools</c>.</summary>
    public required string Feature { get; init; }
}
