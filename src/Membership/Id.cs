using System.Diagnostics.CodeAnalysis;

namespace UserManagement.Membership;

/// <summary>
/// The id of a <typeparamref name="T"/>: a UUID v7, made here and never taken from outside, never used again.
/// Carrying the type keeps a member's id from being passed where a group's is meant.
/// </summary>
/// <param name="Value">The UUID. <see cref="Guid.Empty"/> names nothing.</param>
public readonly record struct Id<T>(Guid Value) : IComparable<Id<T>>
{
    /// <summary>Makes a new id, greater than every one made before in this process; its order follows <paramref name="time"/>.</summary>
    public static Id<T> New(TimeProvider time) => new(Ids.Next(time));

    /// <summary>Reads the canonical form with hyphens, in either case; anything else is no id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Id<T> id)
    {
        var good = Guid.TryParseExact(text, "D", out var value) && value != Guid.Empty;
        id = good ? new(value) : default;
        return good;
    }

    /// <summary>The canonical form: lower case, with hyphens.</summary>
    public override string ToString() => Value.ToString("D");

    /// <inheritdoc/>
    public int CompareTo(Id<T> other) => Value.CompareTo(other.Value);

    /// <summary>Order of ids, for pages that go on after an id.</summary>
    public static bool operator <(Id<T> left, Id<T> right) => left.CompareTo(right) < 0;

    /// <summary>Order of ids, for pages that go on after an id.</summary>
    public static bool operator >(Id<T> left, Id<T> right) => left.CompareTo(right) > 0;

    /// <summary>Order of ids, for pages that go on after an id.</summary>
    public static bool operator <=(Id<T> left, Id<T> right) => left.CompareTo(right) <= 0;

    /// <summary>Order of ids, for pages that go on after an id.</summary>
    public static bool operator >=(Id<T> left, Id<T> right) => left.CompareTo(right) >= 0;
}
