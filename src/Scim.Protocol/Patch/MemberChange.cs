namespace UserManagement.Scim.Protocol.Patch;

/// <summary>What happens to a group's members.</summary>
public enum MemberChangeKind
{
    /// <summary>Those named are members afterwards; who is one already stays one.</summary>
    Add,

    /// <summary>Those named are not members afterwards; who is none already is no error.</summary>
    Remove,

    /// <summary>Exactly those named are members afterwards.</summary>
    ReplaceAll,

    /// <summary>Nobody is a member afterwards.</summary>
    RemoveAll,
}

/// <summary>One member change of a PATCH.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Members">To whom; empty for <see cref="MemberChangeKind.RemoveAll"/>.</param>
public sealed record MemberChange(MemberChangeKind Kind, IReadOnlyList<MemberReference> Members)
{
    /// <summary>
    /// The list in the body that named them, which may go on beyond its tree (<see cref="LongLists"/>); null where no list did.
    /// </summary>
    public System.Text.Json.Nodes.JsonArray? List { get; init; }
}

/// <summary>
/// The net effect of ordered member changes, each id at most once: first (where <paramref name="Clear"/>) everybody
/// leaves who is not in <paramref name="Add"/>, then <paramref name="Remove"/> leave, then <paramref name="Add"/> join.
/// </summary>
/// <param name="Clear">True when the result does not depend on who was a member before.</param>
/// <param name="Add">Who is a member afterwards in any case.</param>
/// <param name="Remove">Ids that are not members afterwards in any case; empty when everybody leaves anyway.</param>
public sealed record MemberDelta(bool Clear, IReadOnlyList<MemberReference> Add, IReadOnlyList<string> Remove)
{
    /// <summary>True when no member can be touched.</summary>
    public bool IsEmpty => !Clear && Add.Count == 0 && Remove.Count == 0;

    /// <summary>Folds ordered changes into one: the last word on an id counts.</summary>
    public static MemberDelta Fold(IEnumerable<MemberChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var clear = false;
        var last = new Dictionary<string, (MemberReference Member, bool Stays)>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (change.Kind is MemberChangeKind.ReplaceAll or MemberChangeKind.RemoveAll)
            {
                clear = true;
                last.Clear();
            }
            foreach (var member in change.Members)
            {
                last[member.Value] = (member, change.Kind != MemberChangeKind.Remove);
            }
        }
        return new MemberDelta(
            clear,
            [.. last.Values.Where(word => word.Stays).Select(word => word.Member)],
            clear ? [] : [.. last.Values.Where(word => !word.Stays).Select(word => word.Member.Value)]
        );
    }
}
