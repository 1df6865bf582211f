using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Tells the other admins that one of them asks for an approval: those who are there longest, at most five.</summary>
public sealed class ApprovalMail(Store store, IMailTransport transport, Links links) : FanOutMail(store, transport)
{
    /// <inheritdoc/>
    public override string Kind => OutboxKind.ApprovalMail;

    /// <inheritdoc/>
    protected override async Task<FanOutLetters?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    )
    {
        var id = new Id<Approval>(message.About);
        return
            await db.Approvals.AsNoTracking().FirstOrDefaultAsync(a => a.WorkspaceId == workspace.Id && a.Id == id, ct)
                is { State: ApprovalState.Waiting } asked
            ? new(
                [.. (await Admins.OfAsync(db, workspace, ct)).Where(a => a.Id.Value != asked.AskedById)],
                admin => Write(workspace, admin, asked)
            )
            : null;
    }

    private Letter Write(WorkspaceContext workspace, Member admin, Approval asked) =>
        new LetterBody()
            .Say($"Hello {admin.ShownName},")
            .Say($"{asked.AskedBy} wants to {asked.Sentence(workspace.Configuration)} in {workspace.Row.Name}.")
            .Say($"That needs a second admin. It waits until {LetterBody.Time(asked.ExpiresAt)}.")
            .Link("Decide about it", links.Approvals(workspace.Row.Slug))
            .To(admin.Email!, $"An approval is asked for in {LetterBody.Name(workspace.Row.Name)}");
}
