using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Tells somebody that they got the seat for which they waited, unless they have none any more.</summary>
public sealed class SeatGivenMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.SeatGivenMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var workspaceId = message.WorkspaceId ?? default;
        var id = new Id<Member>(message.About);
        await using var db = store.Read();
        if (
            await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
            || await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspaceId && m.Id == id, ct)
                is not { HasSeat: true, Email: { } address } member
        )
        {
            return Delivery.NotWanted;
        }

        var letter = new LetterBody()
            .Say($"Hello {member.ShownName},")
            .Say($"a seat in {workspace.Row.Name} came free and it was your turn: you have the role {RoleOf(workspace, member)} now.")
            .Link("Open it", links.Workspace(workspace.Row.Slug))
            .To(address, $"You have a seat in {LetterBody.Name(workspace.Row.Name)}");
        try
        {
            await transport.SendAsync(letter, ct);
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }

        return Delivery.Done;
    }

    private static string RoleOf(WorkspaceContext workspace, Member member) =>
        workspace.Configuration.Role(member.Role)?.Label ?? member.Role;
}
