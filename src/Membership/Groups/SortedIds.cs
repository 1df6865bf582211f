using System.Collections;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Groups;

/// <summary>Sorted ids of which some are marked.</summary>
internal sealed class SortedIds(List<Id<Member>> ids)
{
    private readonly BitArray _marks = new(ids.Count);
    private int _marked;

    /// <summary>Marks one; false when it is not among them.</summary>
    public bool Mark(Id<Member> id)
    {
        var at = ids.BinarySearch(id);
        if (at < 0)
        {
            return false;
        }

        _marked += _marks[at] ? 0 : 1;
        _marks[at] = true;
        return true;
    }

    /// <summary>Those that are marked, in order.</summary>
    public List<Id<Member>> Marked() => These(true, _marked);

    /// <summary>Those that are not, in order.</summary>
    public List<Id<Member>> Unmarked() => These(false, ids.Count - _marked);

    private List<Id<Member>> These(bool marked, int count)
    {
        if (count == ids.Count)
        {
            return ids; // most often all or none: no second list of a hundred thousand
        }

        var these = new List<Id<Member>>(count);
        for (var at = 0; count > 0 && at < ids.Count; at++)
        {
            if (_marks[at] == marked)
            {
                these.Add(ids[at]);
            }
        }

        return these;
    }
}
