using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Outbox;

/// <summary>
/// Lets messages that were given up be tried anew, as often as new ones: the mail server is back, the address was mended. What is no
/// longer wanted by then (an invitation that was revoked) is not sent. Refusals: <c>forbidden</c>, <c>notFound</c> (none of that id is
/// given up).
/// </summary>
public sealed class RetryMessages(Store store)
{
    private const int Piece = 50;

    /// <summary>Lets one be tried anew, or all.</summary>
    /// <param name="actor">Whoever runs the server.</param>
    /// <param name="id">Which one; null for all that are given up now.</param>
    /// <param name="ct">Stops it between two pieces.</param>
    /// <returns>How many.</returns>
    public async Task<Outcome<int>> RunAsync(Actor actor, Id<OutboxMessage>? id, CancellationToken ct)
    {
        if (!actor.Unlimited)
        {
            return Refusal.Forbidden("Only whoever runs the server may do this.");
        }

        var (all, until) = (0, store.Time.Now());
        while (true)
        {
            var done = await store.ChangeAsync<int>(
                actor,
                null,
                "outbox.retried",
                async attempt =>
                {
                    var dead = attempt.Db.OutboxMessages.AsNoTracking().Where(m => m.DeadAt != null && m.DeadAt <= until);
                    var some = await (id is null ? dead.OrderBy(m => m.DeadAt) : dead.Where(m => m.Id == id)).Take(Piece).ToListAsync(ct);
                    foreach (var message in some)
                    {
                        attempt.Changes.Update(message, message with { DeadAt = null, DueAt = attempt.At, ClaimedUntil = null, Tries = 0 });
                        attempt.Changes.TellFacts(
                            "outbox.retried",
                            message.WorkspaceId ?? default,
                            ("message", message.Id.Value, message.Kind),
                            null,
                            new { message.About }
                        );
                    }

                    return some.Count;
                },
                ct
            );
            if (!done.Is(out var count, out var refusal))
            {
                return refusal;
            }

            all += count;
            if (id is not null || count < Piece)
            {
                store.Outbox.Raise();
                return id is not null && all == 0
                    ? new Refusal(
                        RefusalKind.NotFound,
                        "notFound",
                        "No message of this id is given up. `outbox list` lists those that are."
                    )
                    : all;
            }
        }
    }
}
