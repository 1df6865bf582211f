using System.Collections.Concurrent;

namespace UserManagement.Membership.Data;

/// <summary>
/// Which uses are written as a note: for each key one in <see cref="Store.NoteInterval"/> on each server, so that a request stays a
/// read and those who come at once do not queue at one row.
/// </summary>
/// <param name="most">How many keys are remembered; beyond it all are forgotten, and but noted once more.</param>
internal sealed class LastUsedNotes<TKey>(int most = 10_000)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, DateTimeOffset> _noted = new();

    /// <summary>Whether this use is to be noted now; then it counts as noted.</summary>
    public bool IsDue(TKey key, DateTimeOffset at)
    {
        if (_noted.TryGetValue(key, out var last) && at - last < Store.NoteInterval && at >= last)
        {
            return false;
        }

        if (_noted.Count >= most)
        {
            _noted.Clear();
        }

        _noted[key] = at;
        return true;
    }
}
