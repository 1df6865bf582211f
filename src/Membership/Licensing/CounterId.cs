using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// One count of a workspace. Counters have one fixed order, in which every act takes their locks: seats, slots, licenses
/// by key, admins.
/// </summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Kind">What is counted.</param>
/// <param name="Key">Which one of the kind; empty where there is only one.</param>
public readonly record struct CounterId(Id<Workspace> Workspace, CounterKind Kind, string Key = "") : IComparable<CounterId>
{
    /// <summary>Whether it is a total that nothing limits.</summary>
    public bool IsTotal => Kind is CounterKind.State or CounterKind.Role or CounterKind.Groups;

    /// <summary>The count in whose row it is kept: that of the seats for who waits for one, itself for all others.</summary>
    internal CounterId Row => Kind == CounterKind.Waiting ? this with { Kind = CounterKind.Seats } : this;

    /// <inheritdoc/>
    public int CompareTo(CounterId other) =>
        Workspace.CompareTo(other.Workspace) is var w and not 0 ? w
        : Kind.CompareTo(other.Kind) is var k and not 0 ? k
        : string.CompareOrdinal(Key, other.Key);

    /// <summary>The order in which locks are taken.</summary>
    public static bool operator <(CounterId left, CounterId right) => left.CompareTo(right) < 0;

    /// <summary>The order in which locks are taken.</summary>
    public static bool operator >(CounterId left, CounterId right) => left.CompareTo(right) > 0;

    /// <summary>The order in which locks are taken.</summary>
    public static bool operator <=(CounterId left, CounterId right) => left.CompareTo(right) <= 0;

    /// <summary>The order in which locks are taken.</summary>
    public static bool operator >=(CounterId left, CounterId right) => left.CompareTo(right) >= 0;
}
