using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Tells the admins of a workspace what is amiss with its directories, as it stands when the mail is sent: those who are there longest, at
/// most five. Nobody when all is well by then.
/// </summary>
public sealed class DirectoryMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    private const int MostAdmins = 5;
    private const int MostTold = 10;

    /// <inheritdoc/>
    public string Kind => OutboxKind.DirectoryMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        var id = message.WorkspaceId ?? default;
        await using var db = store.Read();
        var concerns = await db
            .DirectoryConcerns.AsNoTracking()
            .Where(c => c.WorkspaceId == id)
            .OrderBy(c => c.Kind)
            .ThenBy(c => c.About)
            .Take(MostTold)
            .ToListAsync(ct);
        if (concerns.Count == 0 || await WorkspaceContext.ByIdAsync(db, id, ct) is not { } workspace)
        {
            return Delivery.NotWanted;
        }

        var roles = workspace.Configuration.Roles.Where(r => r.IsAdmin).Select(r => r.Key).ToList();
        var admins = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == id && m.State == MemberState.Active && m.Email != null && m.AccountId != null)
            .Where(m => roles.Contains(m.Role))
            .OrderBy(m => m.Id)
            .Take(MostAdmins)
            .ToListAsync(ct);
        try
        {
            foreach (var admin in admins)
            {
                var body = new LetterBody()
                    .Say($"Hello {admin.ShownName},")
                    .Say($"something needs a look at the directory of {workspace.Row.Name}:");
                foreach (var concern in concerns)
                {
                    body = body.Say(concern.Said).Say(FormattableStringFactory.Create(concern.Remedy));
                }

                await transport.SendAsync(
                    body.Link("Open the directory page", links.Directory(workspace.Row.Slug))
                        .To(admin.Email!, $"The directory of {LetterBody.Name(workspace.Row.Name)} needs a look"),
                    ct
                );
            }
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }

        return admins.Count == 0 ? Delivery.NotWanted : Delivery.Done;
    }
}
