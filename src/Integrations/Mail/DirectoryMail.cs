using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Tells the admins of a workspace what is amiss with its directories, as it stands when the mail is sent: those who are there longest, at
/// most five. Nobody when all is well by then.
/// </summary>
public sealed class DirectoryMail(Store store, IMailTransport transport, Links links) : FanOutMail(store, transport)
{
    private const int MostTold = 10;

    /// <inheritdoc/>
    public override string Kind => OutboxKind.DirectoryMail;

    /// <inheritdoc/>
    protected override async Task<FanOutLetters?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    )
    {
        var concerns = await db
            .DirectoryConcerns.AsNoTracking()
            .Where(c => c.WorkspaceId == workspace.Id)
            .OrderBy(c => c.Kind)
            .ThenBy(c => c.About)
            .Take(MostTold)
            .ToListAsync(ct);
        return concerns.Count == 0 ? null : new(await Admins.OfAsync(db, workspace, ct), admin => Write(workspace, admin, concerns));
    }

    private Letter Write(WorkspaceContext workspace, Member admin, List<DirectoryConcern> concerns)
    {
        var body = new LetterBody()
            .Say($"Hello {admin.ShownName},")
            .Say($"something needs a look at the directory of {workspace.Row.Name}:");
        foreach (var concern in concerns)
        {
            body = body.Say(concern.Said).Say(FormattableStringFactory.Create(concern.Remedy));
        }

        return body.Link("Open the directory page", links.Directory(workspace.Row.Slug))
            .To(admin.Email!, $"The directory of {LetterBody.Name(workspace.Row.Name)} needs a look");
    }
}
