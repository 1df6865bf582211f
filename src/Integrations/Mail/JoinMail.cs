using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>What the mails about a request to join have in common: the request as it stands when they are sent.</summary>
public abstract class JoinMail(Store store, IMailTransport transport) : IOutboxConsumer
{
    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var workspaceId = message.WorkspaceId ?? default;
        var id = new Id<JoinRequest>(message.About);
        await using var db = store.Read();
        if (
            await db.JoinRequests.AsNoTracking().FirstOrDefaultAsync(r => r.WorkspaceId == workspaceId && r.Id == id, ct) is not { } request
            || await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
        )
        {
            return Delivery.NotWanted;
        }

        if (Write(workspace, request) is not { } letter)
        {
            return Delivery.NotWanted;
        }

        try
        {
            await transport.SendAsync(letter, ct);
            return Delivery.Done;
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }
    }

    /// <summary>The letter; null where the request stands otherwise by now.</summary>
    protected abstract Letter? Write(WorkspaceContext workspace, JoinRequest request);
}
