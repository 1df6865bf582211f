using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;

namespace UserManagement.Membership.Members;

/// <summary>A place in the list by groups.</summary>
/// <param name="Group">The group with which somebody stands; null for those in none, who come last.</param>
/// <param name="GroupKey">The key of its name; empty for none.</param>
/// <param name="SortKey">The place by name within it.</param>
/// <param name="Id">The member; empty for a place between two of them.</param>
internal readonly record struct GroupPlace(Id<Group>? Group, string GroupKey, string SortKey, Id<Member> Id)
{
    private const char In = '\u0001'; // no place of another order begins so
    private const char None = '\u0002';
    private const int IdLength = 32;
    private const int MostOfName = 200;
    private const char Between = '\0'; // no name holds it

    /// <summary>
    /// The place from which a page goes on. The beginning of the group's name is in it for the case that the group is gone by then.
    /// </summary>
    public PageCursor Cursor =>
        new(
            Group is { } group
                ? $"{In}{group.Value:N}{GroupKey.AsSpan(0, Math.Min(MostOfName, GroupKey.Length))}{Between}{SortKey}"
                : None + SortKey,
            Id.Value
        );

    /// <summary>The place after everybody of a group, or before everybody where the list is read upwards.</summary>
    public static GroupPlace BeyondOf(Id<Group> group, string key, bool down) =>
        new(group, key, down ? "" : "\U0010FFFF", new Id<Member>(Guid.Empty));

    /// <summary>Whether nobody of its group is left from there on, as the list is read.</summary>
    public bool IsBeyond(bool down) => Id.Value == Guid.Empty && SortKey.Length == 0 == down;

    /// <summary>Reads that; null for a place of another order. The key of the name may be its beginning alone.</summary>
    public static GroupPlace? Read(PageCursor? cursor)
    {
        if (cursor is not { Key: { Length: > 0 } key } at)
        {
            return null;
        }

        if (key[0] == None)
        {
            return new(null, "", key[1..], new(at.Id));
        }

        var cut = key.IndexOf(Between, StringComparison.Ordinal);
        return key[0] == In && cut > IdLength && Guid.TryParseExact(key.AsSpan(1, IdLength), "N", out var group)
            ? new(new Id<Group>(group), key[(1 + IdLength)..cut], key[(cut + 1)..], new(at.Id))
            : null;
    }

    /// <summary>Which of two is earlier in the list, as it stands or turned round; those in no group come last in either.</summary>
    public static int Compare(GroupPlace one, GroupPlace other, bool descending)
    {
        var none = (one.Group is null).CompareTo(other.Group is null);
        if (none != 0)
        {
            return none;
        }

        var order = string.CompareOrdinal(one.GroupKey, other.GroupKey);
        order = order != 0 ? order : Nullable.Compare(one.Group, other.Group);
        order = order != 0 ? order : string.CompareOrdinal(one.SortKey, other.SortKey);
        order = order != 0 ? order : one.Id.CompareTo(other.Id);
        return descending ? -order : order;
    }
}
