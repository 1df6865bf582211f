using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Takes the logins of a connection away that was removed, in pieces: an installation's may have as many as there are people, and one
/// statement for all of them would hold everybody up. They open nothing meanwhile, for their connection is gone.
/// </summary>
public sealed class DropLogins(Store store) : IOutboxConsumer
{
    /// <summary>How many one statement takes.</summary>
    public const int Most = 500;

    /// <inheritdoc/>
    public string Kind => OutboxKind.ConnectionRemoved;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var id = new Id<IdentityConnection>(message.About);
        while (true)
        {
            var piece = await store.ChangeAsync<Delivery?>(
                Actor.System,
                null,
                "connection.loginsDropped",
                async attempt =>
                {
                    if (await attempt.Db.IdentityConnections.AnyAsync(c => c.Id == id, ct))
                    {
                        return (Delivery?)Delivery.NotWanted;
                    }

                    if (!await attempt.Db.Logins.AnyAsync(l => l.ConnectionId == id, ct))
                    {
                        return (Delivery?)Delivery.Done;
                    }

                    attempt.Changes.Execute(Piece(id));
                    return (Delivery?)null;
                },
                ct
            );
            if (!piece.Is(out var end, out var refusal))
            {
                return Delivery.Failed(refusal.Message); // rivals were faster each time
            }

            if (end is { } done)
            {
                return done;
            }
        }
    }

    /// <summary>The statement for one piece.</summary>
    internal static Statement Piece(Id<IdentityConnection> id) =>
        new($"DELETE FROM logins WHERE id IN (SELECT id FROM logins WHERE connection_id = @p0 LIMIT {Most})", [Value.Of("@p0", id.Value)]);
}
