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

        var letters = await WriteAsync(db, workspace, request, ct);
        try
        {
            foreach (var letter in letters)
            {
                await transport.SendAsync(letter, ct);
            }
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }

        return letters.Count == 0 ? Delivery.NotWanted : Delivery.Done;
    }

    /// <summary>The letters, none where the request stands otherwise by now.</summary>
    protected abstract Task<IReadOnlyList<Letter>> WriteAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        JoinRequest request,
        CancellationToken ct
    );
}
