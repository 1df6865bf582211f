using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Tells the other admins that one of them asks for an approval: those who are there longest, at most five.</summary>
public sealed class ApprovalMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.ApprovalMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var (workspaceId, id) = (message.WorkspaceId ?? default, new Id<Approval>(message.About));
        await using var db = store.Read();
        if (
            await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
            || await db.Approvals.AsNoTracking().FirstOrDefaultAsync(a => a.WorkspaceId == workspaceId && a.Id == id, ct)
                is not { State: ApprovalState.Waiting } asked
        )
        {
            return Delivery.NotWanted;
        }

        var to = (await Admins.OfAsync(db, workspace, ct)).Where(a => a.Id.Value != asked.AskedById).ToList();
        try
        {
            foreach (var admin in to)
            {
                await transport.SendAsync(
                    new LetterBody()
                        .Say($"Hello {admin.ShownName},")
                        .Say($"{asked.AskedBy} wants to {asked.Sentence(workspace.Configuration)} in {workspace.Row.Name}.")
                        .Say($"That needs a second admin. It waits until {LetterBody.Time(asked.ExpiresAt)}.")
                        .Link("Decide about it", links.Approvals(workspace.Row.Slug))
                        .To(admin.Email!, $"An approval is asked for in {LetterBody.Name(workspace.Row.Name)}"),
                    ct
                );
            }
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }

        return to.Count == 0 ? Delivery.NotWanted : Delivery.Done;
    }
}
