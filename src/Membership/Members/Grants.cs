using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// Which of a member's grants counts. The stronger origin wins (a rule's word over an admin's, an admin's over an
/// invitation's), among equals the higher role, then the later grant. Taking a grant away lets the next one count.
/// </summary>
public static class Grants
{
    /// <summary>The grant that decides the role, or null when there is none whose role exists.</summary>
    public static Grant? ForRole(WorkspaceConfiguration configuration, IEnumerable<Grant> grants) =>
        grants
            .Where(g => g.Kind == GrantKind.Role && configuration.Role(g.Value) is not null)
            .OrderByDescending(g => g.Origin)
            .ThenByDescending(g => configuration.Role(g.Wanted ?? g.Value)?.Rank)
            .ThenByDescending(g => g.GivenAt)
            .FirstOrDefault();

    /// <summary>The grant that decides the license, or null when there is none whose license exists.</summary>
    public static Grant? ForLicense(WorkspaceConfiguration configuration, IEnumerable<Grant> grants) =>
        grants
            .Where(g => g.Kind == GrantKind.License && configuration.License(g.Wanted ?? g.Value) is not null)
            .OrderByDescending(g => g.Origin)
            .ThenByDescending(g => g.GivenAt)
            .FirstOrDefault();

    /// <summary>The grants after one more: it takes the place of the one with its kind and origin.</summary>
    public static IReadOnlyList<Grant> With(this IEnumerable<Grant> grants, Grant grant) =>
        [.. grants.Where(g => !SamePlace(g, grant)), grant];

    /// <summary>Whether two grants stand in the same place, so that one replaces the other.</summary>
    public static bool SamePlace(Grant a, Grant b) => a.Kind == b.Kind && a.Origin == b.Origin && a.OriginId == b.OriginId;
}
