using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Outbox;

/// <summary>
/// Makes one message of its own for each person who is mailed about a thing, so that each is sent, tried again and given up by itself.
/// </summary>
public static class OutboxFanOut
{
    private const string To = ":to:";

    /// <summary>For whom a message is; null for the one that is about all of them.</summary>
    public static Id<Member>? RecipientOf(OutboxMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var at = message.Subject.LastIndexOf(To, StringComparison.Ordinal);
        return at >= 0 && Id<Member>.TryParse(message.Subject[(at + To.Length)..], out var recipient) ? recipient : null;
    }

    /// <summary>
    /// Whether another message about the same, written at most so long before this one, has been made one for each recipient: acts at the
    /// same moment ordered the same twice, and it is told. What was ordered and not wanted when its time came tells nobody of anything.
    /// Never so of one recipient's message.
    /// </summary>
    /// <param name="db">Where it is read.</param>
    /// <param name="message">The message.</param>
    /// <param name="within">How long before.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<bool> IsToldAsync(MembershipDb db, OutboxMessage message, TimeSpan within, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(message);
        var (low, high, earliest) = (message.Subject + To, message.Subject + To + "\U0010FFFF", message.CreatedAt - within);
        return RecipientOf(message) is null
            && await db.OutboxMessages.AnyAsync(
                m =>
                    string.Compare(m.Subject, low) >= 0
                    && string.Compare(m.Subject, high) < 0
                    && m.Kind == message.Kind
                    && m.CreatedAt >= earliest
                    && m.DeadAt == null,
                ct
            );
    }

    /// <summary>Writes them, once for each recipient however often it is asked to; their time is that of the message.</summary>
    public static Task<Outcome<Nothing>> RunAsync(
        Store store,
        OutboxMessage message,
        IReadOnlyList<Id<Member>> recipients,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "outbox.fannedOut",
            async attempt =>
            {
                var parts = recipients.Select(r => message.Subject + To + r).ToList();
                var there = await attempt
                    .Db.OutboxMessages.Where(m => parts.Contains(m.Subject) && m.Id > message.Id)
                    .Select(m => m.Subject)
                    .ToListAsync(ct);
                foreach (var part in parts.Except(there))
                {
                    attempt.Changes.FanOut(message, part);
                }

                return default(Nothing);
            },
            ct
        );
    }
}
