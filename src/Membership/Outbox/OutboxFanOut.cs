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
