using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Apps;

/// <summary>
/// From the end of a session, or of a member's access, to a receipt and a message for each app and session that had some: each is told,
/// and tried again, by itself.
/// </summary>
public abstract class SpreadLogout(Store store) : IOutboxConsumer
{
    private const int Most = 200;

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <summary>The grants that the message is about.</summary>
    protected abstract IQueryable<AppGrant> Which(MembershipDb db, OutboxMessage message);

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var done = await store.ChangeAsync<bool>(
            Actor.System,
            null,
            message.Kind,
            async attempt =>
            {
                var ended = await (
                    from g in Which(attempt.Db, message).AsNoTracking()
                    join c in attempt.Db.Clients.AsNoTracking() on g.ApplicationId equals (Guid?)c.Id
                    where g.EndedAt != null
                    orderby g.Id
                    select new { Grant = g, Client = c }
                )
                    .Take(Most)
                    .ToListAsync(ct);
                foreach (var group in ended.GroupBy(e => (e.Grant.ApplicationId, e.Grant.SessionId, e.Grant.WorkspaceId)))
                {
                    foreach (var one in group)
                    {
                        attempt.Changes.Execute(
                            new("UPDATE oidc_grants SET ended_at = NULL WHERE id = $1", [Value.Of("$1", one.Grant.Id)])
                        );
                    }

                    var first = group.First();
                    AppEnding.Tell(
                        attempt.Changes,
                        group.Select(e => e.Grant),
                        first.Client,
                        first.Grant.EndCause,
                        first.Grant.EndedAt!.Value
                    );
                }

                return ended.Count == Most;
            },
            ct
        );
        return done.Is(out var isMore, out var refusal)
            ? isMore
                ? await DeliverAsync(message, ct)
                : Delivery.Done
            : Delivery.Failed(refusal.Code);
    }
}
