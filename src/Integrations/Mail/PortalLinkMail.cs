using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Mails a link to the set-up portal. One that is over sends nothing; once it has left, its secret is kept nowhere.</summary>
public sealed class PortalLinkMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.PortalLinkMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var (workspaceId, id) = (message.WorkspaceId ?? default, new Id<PortalLink>(message.About));
        PortalLink? link;
        WorkspaceContext? workspace;
        string? maker;
        await using (var db = store.Read())
        {
            link = await db.PortalLinks.AsNoTracking().FirstOrDefaultAsync(l => l.WorkspaceId == workspaceId && l.Id == id, ct);
            workspace = await WorkspaceContext.ByIdAsync(db, workspaceId, ct);
            maker = link?.MadeById is { } member
                ? (await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspaceId && m.Id == member, ct))?.ShownName
                : null;
        }

        if (
            link is not { MailSealed: { } kept, MailAddress: { } address }
            || workspace is null
            || link.ClosedAt(store.Time.Now()) is not null
        )
        {
            return Delivery.NotWanted;
        }

        if (store.Box.OpenText(PortalLink.MailPurpose, kept) is not { } secret)
        {
            return Delivery.Never("The link cannot be unsealed with this master key.");
        }

        try
        {
            await transport.SendAsync(Write(link, workspace.Row.Name, maker, address, links.Portal(secret)), ct);
        }
        catch (UndeliverableException refused)
        {
            await MarkAsync(link, l => l with { MailSealed = null, MailFailure = Key.Cut(refused.Message, 300) });
            return Delivery.Never(refused.Message);
        }

        await MarkAsync(link, l => l with { MailSealed = null, MailedAt = store.Time.Now() });
        return Delivery.Done;
    }

    private static Letter Write(PortalLink link, string workspace, string? maker, string address, string url) =>
        new LetterBody()
            .Say($"Hello,")
            .Say($"{maker ?? "The operator"} asks you to connect your organisation with {workspace}. You need no account for it.")
            .Link("Begin the set-up", url)
            .Say($"The link works until {LetterBody.Time(link.ExpiresAt)}. Whoever has it can do the set-up: pass it on to nobody else.")
            .Say($"If you do not know what this is about, do nothing.")
            .To(address, $"Set up {LetterBody.Name(workspace)}");

    /// <summary>
    /// What happened has happened, so a stop of the server does not stop this; a link that was taken back stays as it is.
    /// </summary>
    private async Task MarkAsync(PortalLink sent, Func<PortalLink, PortalLink> mark) =>
        await store.ChangeAsync<Nothing>(
            Actor.System,
            sent.WorkspaceId,
            "portalLink.mailed",
            async attempt =>
            {
                if (
                    await attempt
                        .Db.PortalLinks.AsNoTracking()
                        .FirstOrDefaultAsync(
                            l => l.WorkspaceId == sent.WorkspaceId && l.Id == sent.Id && l.MailSealed != null,
                            CancellationToken.None
                        ) is
                    { } link
                )
                {
                    var marked = mark(link);
                    attempt.Changes.Update(link, marked);
                    attempt.Changes.Tell(
                        marked.MailedAt is null ? "portalLink.mailRefused" : "portalLink.mailed",
                        sent.WorkspaceId,
                        ("portalLink", sent.Id.Value, sent.Note),
                        link,
                        marked
                    );
                }

                return default(Nothing);
            },
            CancellationToken.None
        );
}
