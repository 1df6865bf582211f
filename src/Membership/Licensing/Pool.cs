using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// One count of a workspace. Pools have one fixed order, in which every act takes their locks: seats, slots, licenses
/// by key, admins.
/// </summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Kind">What is counted.</param>
/// <param name="Key">Which one of the kind; empty where there is only one.</param>
public readonly record struct Pool(Id<Workspace> Workspace, TallyKind Kind, string Key = "") : IComparable<Pool>
{
    /// <summary>Whether it is a total that nothing limits.</summary>
    public bool IsTotal => Kind is TallyKind.State or TallyKind.Role or TallyKind.Groups;

    /// <inheritdoc/>
    public int CompareTo(Pool other) =>
        Workspace.CompareTo(other.Workspace) is var w and not 0 ? w
        : Kind.CompareTo(other.Kind) is var k and not 0 ? k
        : string.CompareOrdinal(Key, other.Key);

    /// <summary>The order in which locks are taken.</summary>
    public static bool operator <(Pool left, Pool right) => left.CompareTo(right) < 0;

    /// <summary>The order in which locks are taken.</summary>
    public static bool operator >(Pool left, Pool right) => left.CompareTo(right) > 0;

    /// <summary>The order in which locks are taken.</summary>
    public static bool operator <=(Pool left, Pool right) => left.CompareTo(right) <= 0;

    /// <summary>The order in which locks are taken.</summary>
    public static bool operator >=(Pool left, Pool right) => left.CompareTo(right) >= 0;
}
