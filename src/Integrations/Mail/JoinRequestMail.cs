using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Tells the admins of a workspace that somebody asks to join: those who are there longest, at most five.</summary>
public sealed class JoinRequestMail(Store store, IMailTransport transport, Links links) : FanOutMail(store, transport)
{
    /// <inheritdoc/>
    public override string Kind => OutboxKind.JoinRequestMail;

    /// <inheritdoc/>
    protected override async Task<FanOutLetters?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    )
    {
        var id = new Id<JoinRequest>(message.About);
        return
            await db.JoinRequests.AsNoTracking().FirstOrDefaultAsync(r => r.WorkspaceId == workspace.Id && r.Id == id, ct)
                is { State: JoinRequestState.Waiting } request
            ? new(
                await Admins.OfAsync(db, workspace, ct),
                admin =>
                    new LetterBody()
                        .Say($"Hello {admin.ShownName},")
                        .Say($"{new LetterBody.SignInName(request.UserName)} proved that address and asks to join {workspace.Row.Name}.")
                        .Link("Decide about it", links.JoinRequests(workspace.Row.Slug))
                        .To(admin.Email!, $"Somebody asks to join {LetterBody.Name(workspace.Row.Name)}")
            )
            : null;
    }
}
