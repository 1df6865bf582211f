using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Tells somebody that an admin did not let them in. Whoever is let in gets an invitation instead.</summary>
public sealed class JoinRejectedMail(Store store, IMailTransport transport) : JoinMail(store, transport)
{
    /// <inheritdoc/>
    public override string Kind => OutboxKind.JoinRejectedMail;

    /// <inheritdoc/>
    protected override Letter? Write(WorkspaceContext workspace, JoinRequest request) =>
        request.State == JoinRequestState.Rejected
            ? new LetterBody()
                .Say($"Hello,")
                .Say(
                    $"you asked to join {workspace.Row.Name}. An admin looked at it and did not let you in. If you think that is a mistake, ask somebody there."
                )
                .To(request.UserName, $"Your request to join {LetterBody.Name(workspace.Row.Name)}")
            : null;
}
