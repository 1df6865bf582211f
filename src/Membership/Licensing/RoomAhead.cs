using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// What is left where one act places several people one after the other: what the first take is full for the next. What people wait for
/// is not free for others, and a seat that somebody gives back is theirs first.
/// </summary>
internal sealed class RoomAhead(Attempt attempt, WorkspaceContext workspace)
{
    private Dictionary<CounterId, long>? _room;

    /// <summary>How many seats others take first; fewer than none where they give some back.</summary>
    public long SeatsBefore { get; init; }

    /// <summary>Counts what is left for the next, before it is placed.</summary>
    public async Task CountAsync(CancellationToken ct)
    {
        if (_room is null)
        {
            var counts = await Counts.ReadAsync(attempt.Db, workspace.Id, ct);
            _room = [];
            foreach (var (counter, _) in Seats.Limits(workspace.Id, workspace.Configuration))
            {
                var usage = counts.Of(counter.Kind, counter.Key);
                if (usage.RoomAt(attempt.At) is { } room)
                {
                    _room[counter] = room - usage.Waiting - (counter.Kind == CounterKind.Seats ? SeatsBefore : 0);
                }
            }
        }

        attempt.FullNow = _room.Where(r => r.Value - attempt.Changes.Counters.GetValueOrDefault(r.Key) <= 0).Select(r => r.Key).ToHashSet();
    }
}
