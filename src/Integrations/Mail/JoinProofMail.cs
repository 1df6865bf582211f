using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Mails the link that proves the address of somebody who asks to join.</summary>
public sealed class JoinProofMail(Store store, IMailTransport transport, Links links) : JoinMail(store, transport)
{
    private readonly Store _store = store;

    /// <inheritdoc/>
    public override string Kind => OutboxKind.JoinProofMail;

    /// <inheritdoc/>
    protected override Letter? Write(WorkspaceContext workspace, JoinRequest request) =>
        request.State == JoinRequestState.Unproven && _store.Box.OpenText(JoinRequest.ProofPurpose, request.ProofSealed) is { } secret
            ? new LetterBody()
                .Say($"Hello,")
                .Say(
                    $"somebody wants to join {workspace.Row.Name} with this address. If it was you, open the link: it asks an admin to let you in."
                )
                .Link("Ask to join", links.AskToJoin(secret))
                .Say($"The link works for a day. If it was not you, do nothing.")
                .To(request.UserName, $"Ask to join {LetterBody.Name(workspace.Row.Name)}")
            : null;
}
