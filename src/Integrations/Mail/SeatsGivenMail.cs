using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Tells the admins of a workspace who got a seat by themselves: one letter for all of a short time.</summary>
public sealed class SeatsGivenMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    private const int MostNamed = 20;

    /// <inheritdoc/>
    public string Kind => OutboxKind.SeatsGivenMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var workspaceId = message.WorkspaceId ?? default;
        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Delivery.NotWanted;
        }

        var given = (await GivenSeats.ReadAsync(db, workspaceId, message.CreatedAt, ct)).ToList();
        var admins = await Admins.OfAsync(db, workspace, ct);
        if (given.Count == 0 || admins.Count == 0)
        {
            return Delivery.NotWanted;
        }

        var waiting = (await Counts.ReadAsync(db, workspaceId, ct)).Seats.Waiting;
        try
        {
            foreach (var admin in admins)
            {
                await transport.SendAsync(
                    Write(workspace, admin.ShownName, given, waiting).To(admin.Email!, Subject(workspace, given)),
                    ct
                );
            }
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }

        return Delivery.Done;
    }

    private LetterBody Write(WorkspaceContext workspace, string admin, List<string> given, long waiting)
    {
        var body = new LetterBody()
            .Say($"Hello {admin},")
            .Say($"seats in {workspace.Row.Name} came free, and whoever was first in line has one now:");
        given.Take(MostNamed).ToList().ForEach(name => body.Say($"{name}"));
        if (given.Count > MostNamed)
        {
            body.Say($"and {given.Count - MostNamed} more.");
        }

        return body.Say($"{waiting} still wait.").Link("See who waits", links.WaitingForSeat(workspace.Row.Slug));
    }

    private static string Subject(WorkspaceContext workspace, List<string> given) =>
        $"{given.Count} got a seat in {LetterBody.Name(workspace.Row.Name)}";
}
