using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Outbox;

/// <summary>How the outbox stands.</summary>
/// <param name="Waiting">How many messages wait, see <see cref="OutboxMessages.WaitingAt"/>.</param>
/// <param name="OldestDue">Since when the one that is due longest is due; null when none is.</param>
/// <param name="Dead">How many are given up.</param>
/// <param name="Latest">The latest of those, newest first, at most <see cref="ListOutbox.MostShown"/>.</param>
public sealed record OutboxView(int Waiting, DateTimeOffset? OldestDue, int Dead, IReadOnlyList<OutboxMessage> Latest);

/// <summary>Reads how the outbox stands, for whoever runs the server. Refusal: <c>forbidden</c>.</summary>
public sealed class ListOutbox(Store store)
{
    /// <summary>How many that are given up are shown.</summary>
    public const int MostShown = 100;

    /// <summary>Reads it.</summary>
    public async Task<Outcome<OutboxView>> RunAsync(Actor actor, CancellationToken ct)
    {
        if (!actor.Unlimited)
        {
            return Refusal.Forbidden("Only whoever runs the server may do this.");
        }

        await using var db = store.Read();
        var now = store.Time.Now();
        var open = db.OutboxMessages.AsNoTracking().WaitingAt(now);
        var dead = db.OutboxMessages.AsNoTracking().Where(m => m.DeadAt != null);
        return new OutboxView(
            await open.CountAsync(ct),
            (await open.Where(m => m.DueAt <= now).OrderBy(m => m.DueAt).ThenBy(m => m.Id).FirstOrDefaultAsync(ct))?.DueAt,
            await dead.CountAsync(ct),
            await dead.OrderByDescending(m => m.DeadAt).ThenByDescending(m => m.Id).Take(MostShown).ToListAsync(ct)
        );
    }
}
