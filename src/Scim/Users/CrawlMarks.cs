using System.Collections.Concurrent;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Scim.Users;

/// <summary>
/// Where pages by <c>startIndex</c> ended, so that the next page goes on there instead of passing over all who stand before
/// it. Kept for a few minutes in this process and for a few crawls: a page without a mark is found the long way. While one
/// crawl of a credential runs, who leaves between two pages moves nobody past it. Two at once by the same credential share
/// their marks, and each may go on where the other stood: then who leaves moves people as plain counting of places does
/// (RFC 7644 section 3.4.2.4 promises no more; a cursor is each crawl's own).
/// </summary>
internal sealed class CrawlMarks(Store store)
{
    private const int Most = 1000;

    /// <summary>Pages before this place are found as quickly without a mark.</summary>
    private const int Near = 1000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<(Guid Crawler, int Position), (Id<Member> Last, DateTimeOffset At)> _marks = new();

    /// <summary>The member at the end of the page before a position; null when none is remembered.</summary>
    /// <param name="crawler">Whose crawl: the credential, so that a mark opens no other workspace's list.</param>
    /// <param name="position">How many stand before the page.</param>
    public Id<Member>? Find(Guid crawler, int position) =>
        position >= Near && _marks.TryGetValue((crawler, position), out var mark) && store.Time.GetUtcNow() - mark.At < Lifetime
            ? mark.Last
            : null;

    /// <summary>Remembers who stood last before a position.</summary>
    public void Keep(Guid crawler, int position, Id<Member> last)
    {
        if (position < Near)
        {
            return;
        }

        if (_marks.Count >= Most)
        {
            _marks.Clear(); // a crawl that goes on pays for one page
        }

        _marks[(crawler, position)] = (last, store.Time.GetUtcNow());
    }
}
