using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>What several people are written about one thing.</summary>
/// <param name="Recipients">Each with an address.</param>
/// <param name="Write">The letter for one of them.</param>
public sealed record FanOutLetters(IReadOnlyList<Member> Recipients, Func<Member, Letter> Write);

/// <summary>
/// Mail about one thing to several people, most often admins. Each gets a message of their own before anything is sent
/// (<see cref="OutboxFanOut"/>): that one's address is refused, or their server asks for patience, keeps nothing from the others and sends
/// nobody the same twice.
/// </summary>
public abstract class FanOutMail(Store store, IMailTransport transport) : IOutboxConsumer
{
    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        FanOutLetters? letters;
        await using (var db = store.Read())
        {
            letters = await WorkspaceContext.ByIdAsync(db, message.WorkspaceId ?? default, ct) is { } workspace
                ? await ReadAsync(db, workspace, message, ct)
                : null;
        }

        if (letters is not { Recipients.Count: > 0 })
        {
            return Delivery.NotWanted;
        }

        if (OutboxFanOut.RecipientOf(message) is not { } recipient)
        {
            var spread = await OutboxFanOut.RunAsync(store, message, [.. letters.Recipients.Select(r => r.Id)], ct);
            return spread.Refusal is { } no ? Delivery.Failed(no.Message) : Delivery.Done;
        }

        if (letters.Recipients.FirstOrDefault(r => r.Id == recipient) is not { } to)
        {
            return Delivery.NotWanted;
        }

        try
        {
            await transport.SendAsync(letters.Write(to), ct);
            return Delivery.Done;
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }
    }

    /// <summary>Who is written what, as things stand now; null, or nobody, where it is not wanted any more.</summary>
    /// <param name="db">Where it is read.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="message">The message, or one recipient's part of it: its time is that of the whole.</param>
    /// <param name="ct">Stops the reading.</param>
    protected abstract Task<FanOutLetters?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    );
}
