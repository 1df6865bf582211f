using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>
/// Has whoever was invited by mail and has not come reminded once, a day before the invitation ends, where it was valid for longer than
/// two days. Any number of servers may run it: that somebody is reminded, and the mail, are one transaction. A reminder counts towards no
/// quota: it belongs to the mail that was counted.
/// </summary>
public sealed class RemindInvited(Store store)
{
    /// <summary>How long before the end.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromDays(1);

    private const string Act = "invitation.reminded";
    private const int Piece = 100;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>Orders the reminders that are due, for some seconds. What fails keeps nobody behind it from theirs.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="AggregateException">Some could not be ordered.</exception>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var (began, now) = (Stopwatch.GetTimestamp(), store.Time.Now());
        var reminded = 0;
        var brief = new Dictionary<Id<Workspace>, bool>(); // asked once a run: theirs stay due until they end
        List<Exception> faults = [];
        for (Invitation? last = null; Stopwatch.GetElapsedTime(began) < Longest; )
        {
            var due = await DueAsync(now, last, ct);
            foreach (var invitation in due)
            {
                ct.ThrowIfCancellationRequested();
                try
                {
                    if (!brief.TryGetValue(invitation.WorkspaceId, out var isBrief))
                    {
                        brief[invitation.WorkspaceId] = isBrief = await IsBriefAsync(invitation.WorkspaceId, ct);
                    }

                    reminded += !isBrief && (await RemindAsync(invitation, ct)) is { Done: true, Value: true } ? 1 : 0;
                }
                catch (Exception fault) when (!ct.IsCancellationRequested)
                {
                    faults.Add(fault);
                }
            }

            if (due.Count < Piece)
            {
                break;
            }

            last = due[^1];
        }

        return faults.Count > 0 ? throw new AggregateException(faults) : reminded;
    }

    private async Task<bool> IsBriefAsync(Id<Workspace> id, CancellationToken ct)
    {
        await using var db = store.Read();
        return await WorkspaceContext.ByIdAsync(db, id, ct) is not { Configuration.Invitations.LifetimeDays: > 2 };
    }

    private async Task<List<Invitation>> DueAsync(DateTimeOffset now, Invitation? last, CancellationToken ct)
    {
        await using var db = store.Read();
        var soon = now + Before;
        var due = db
            .Invitations.AsNoTracking()
            .Where(i => i.ClosedAt == null && i.LinkSealed != null && i.ExpiresAt > now && i.ExpiresAt <= soon)
            .Where(i => i.RemindedAt == null && i.MailSealed != null && i.SentAt != null);
        if (last is { ExpiresAt: var at, Id: var id })
        {
            due = due.Where(i => i.ExpiresAt >= at && (i.ExpiresAt > at || i.Id > id));
        }

        return await due.OrderBy(i => i.ExpiresAt).ThenBy(i => i.Id).Take(Piece).ToListAsync(ct);
    }

    private Task<Outcome<bool>> RemindAsync(Invitation seen, CancellationToken ct) =>
        store.ChangeAsync<bool>(
            Actor.System,
            seen.WorkspaceId,
            Act,
            async attempt =>
            {
                if (
                    await attempt
                        .Db.Invitations.AsNoTracking()
                        .FirstOrDefaultAsync(i => i.WorkspaceId == seen.WorkspaceId && i.Id == seen.Id, ct)
                        is not { RemindedAt: null, MailSealed: not null, SentAt: not null } invitation
                    || invitation.StatusAt(attempt.At) != InvitationStatus.Pending
                    || invitation.ExpiresAt > attempt.At + Before
                )
                {
                    return false;
                }

                var reminded = invitation with { RemindedAt = attempt.At, Version = invitation.Version + 1 };
                attempt.Changes.Update(invitation, reminded);
                attempt.Changes.Send(
                    OutboxKind.InvitationReminder,
                    invitation.Id.Value,
                    MailQuota.SubjectOf(invitation),
                    invitation.WorkspaceId
                );
                attempt.Changes.Tell(Act, seen.WorkspaceId, ("invitation", seen.Id.Value, seen.UserName), invitation, reminded);
                return true;
            },
            ct
        );
}
