using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Tells the admins of a workspace that seats came free while people wait for one; how many, as it stands when it is sent.
/// </summary>
public sealed class SeatsFreeMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.SeatsFreeMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var workspaceId = message.WorkspaceId ?? default;
        await using var db = store.Read();
        if (
            await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
            || await FreeSeats.ReadAsync(db, workspace, message, store.Time.GetUtcNow(), ct) is not { } free
        )
        {
            return Delivery.NotWanted;
        }

        var admins = await Admins.OfAsync(db, workspace, ct);
        try
        {
            foreach (var admin in admins)
            {
                var letter = new LetterBody()
                    .Say($"Hello {admin.ShownName},")
                    .Say($"in {workspace.Row.Name} {Free(free.Room)}, and {Waiting(free.Waiting)}. Seats are given by hand here.")
                    .Link("Give the seats", links.WaitingForSeat(workspace.Row.Slug))
                    .To(admin.Email!, $"Seats came free in {LetterBody.Name(workspace.Row.Name)}");
                await transport.SendAsync(letter, ct);
            }
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }

        return admins.Count == 0 ? Delivery.NotWanted : Delivery.Done;
    }

    private static string Free(long? room) =>
        room switch
        {
            null => "there are seats for everybody now",
            1 => "1 seat is free now",
            _ => $"{room} seats are free now",
        };

    private static string Waiting(long waiting) => waiting == 1 ? "1 person waits for one" : $"{waiting} people wait for one";
}
