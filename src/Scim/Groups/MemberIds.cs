using System.Collections;
using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Patch;

namespace UserManagement.Scim.Groups;

/// <summary>
/// Members as ids, sixteen bytes each, and the rest of a long list of them, read by the rules of the list's beginning. They
/// lie in pieces, so that many are no large array that was outgrown and copied half a dozen times.
/// </summary>
/// <param name="read">Reads some elements of a list; null where none come as elements.</param>
internal sealed class MemberIds(Func<JsonArray, ScimResult<List<MemberReference>>>? read = null) : ILongList, IReadOnlyList<Id<Member>>
{
    private const int Piece = 4096; // 64 KiB: no large object of the garbage collector
    private readonly List<Id<Member>[]> _full = [];
    private readonly List<Id<Member>> _last = [];

    /// <inheritdoc/>
    public int Count => (_full.Count * Piece) + _last.Count;

    /// <summary>How many are none, and so name nobody.</summary>
    public int Others { get; private set; }

    /// <summary>Why the list is refused; null when it is good.</summary>
    public ScimError? Error { get; private set; }

    /// <inheritdoc/>
    public Id<Member> this[int index] =>
        index / Piece is var piece && piece < _full.Count ? _full[piece][index % Piece] : _last[index - (piece * Piece)];

    /// <inheritdoc/>
    public void Take(JsonArray elements)
    {
        if (Error is not null)
        {
            return;
        }

        if (!read!(elements).TryGet(out var members, out var error))
        {
            Error = error;
            return;
        }

        Take(members);
    }

    /// <summary>These and others: in any order, for what follows sorts them. The pieces are shared, not copied.</summary>
    public static MemberIds With(IEnumerable<MemberReference> members, MemberIds? rest)
    {
        var ids = new MemberIds { Others = rest?.Others ?? 0 };
        if (rest is not null)
        {
            ids._full.AddRange(rest._full);
            ids._last.AddRange(rest._last);
        }

        ids.Take(members);
        return ids;
    }

    private void Take(IEnumerable<MemberReference> members)
    {
        foreach (var member in members)
        {
            if (!Id<Member>.TryParse(member.Value, out var id))
            {
                Others++;
                continue;
            }

            _last.Add(id);
            if (_last.Count == Piece)
            {
                _full.Add([.. _last]);
                _last.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Id<Member>> GetEnumerator() => _full.SelectMany(piece => piece).Concat(_last).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
