using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Outbox;

/// <summary>A test mail that left this server.</summary>
/// <param name="To">To whom.</param>
/// <param name="IsFile">Whether it is only a file on the server, for no mail server is set up.</param>
public sealed record SentTestMail(string To, bool IsFile);

/// <summary>
/// Sends an admin a mail, to their own address alone, and waits until the mail server has taken it: whether invitations arrive is known
/// before the first. Refusals: <c>forbidden</c>; <c>invalidEmail</c> where their own address is none; <c>testMailLimit</c> within
/// <see cref="Between"/> of the last one of the workspace; <c>mailRefused</c> with the mail server's reason.
/// </summary>
public sealed class SendTestMail(Store store, IMailProbe mail)
{
    /// <summary>What a line of the audit log calls it.</summary>
    public const string Act = "mail.tested";

    /// <summary>How long a workspace waits between two.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    /// <summary>Sends it.</summary>
    public async Task<Outcome<SentTestMail>> RunAsync(Actor actor, WorkspaceContext workspace, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(workspace);
        if (actor.Demand(workspace.Id, Permission.ConfigureWorkspace) is { } refused)
        {
            return await store.ChangeAsync<SentTestMail>(actor, workspace.Id, Act, _ => Refused(refused), ct); // which tells of the try
        }

        await using (var db = store.Read())
        {
            if (await LastAsync(db, workspace.Id, ct) is { } last && last + Between - store.Time.Now() is var wait && wait > TimeSpan.Zero)
            {
                return new Refusal(RefusalKind.TooMany, "testMailLimit", "A test mail was just sent. Wait some seconds.", null, wait);
            }

            var address = actor.Member is { } me
                ? await db.Members.Where(m => m.WorkspaceId == workspace.Id && m.Id == me).Select(m => m.Email).FirstOrDefaultAsync(ct)
                : null;
            return EmailAddress.IsValid(address)
                ? await SendAsync(actor, workspace, address!, ct)
                : Refusal.Invalid("email", "Your own address here is no mail address, and a test goes to nobody else.");
        }
    }

    private static Task<Outcome<SentTestMail>> Refused(Refusal refusal) => Task.FromResult<Outcome<SentTestMail>>(refusal);

    /// <summary>When a workspace's last one was tried; null for never.</summary>
    private static async Task<DateTimeOffset?> LastAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        await db
            .AuditEntries.Where(a => a.WorkspaceId == workspace && a.Act == Act && !a.Refused)
            .OrderByDescending(a => a.Id)
            .Select(a => (DateTimeOffset?)a.At)
            .FirstOrDefaultAsync(ct);

    private async Task<Outcome<SentTestMail>> SendAsync(Actor actor, WorkspaceContext workspace, string to, CancellationToken ct)
    {
        var failure = await mail.SendTestAsync(to, workspace.Row.Name, ct);
        return await store.ChangeAsync<SentTestMail>(
            actor,
            workspace.Id,
            Act,
            attempt =>
            {
                attempt.Changes.Tell(
                    Act,
                    workspace.Id,
                    ("workspace", workspace.Id.Value, workspace.Row.Name),
                    reason: failure ?? (mail.IsFolder ? "It is only a file." : null)
                );
                return Task.FromResult<Outcome<SentTestMail>>(
                    failure is null
                        ? new SentTestMail(to, mail.IsFolder)
                        : new Refusal(
                            RefusalKind.Conflict,
                            "mailRefused",
                            $"The mail server did not take the mail to {to}: {failure}"
                        ).ButWritten()
                );
            },
            ct
        );
    }
}
