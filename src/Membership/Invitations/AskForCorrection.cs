using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Invitations;

/// <summary>What did not fit when somebody wanted to accept an invitation, as the sign-in proved it.</summary>
/// <param name="Code">The refusal's code: <c>wrongProvider</c>, <c>wrongTenant</c>, <c>wrongUserName</c> and the like.</param>
/// <param name="Provider">The sign-in they came through, by name.</param>
/// <param name="UserName">The user name they came with; null when the provider sent none.</param>
public sealed record Misfit(string Code, string Provider, string? UserName);

/// <summary>
/// Somebody who holds an invitation's link and came with another account has the inviter told: by mail, with the account
/// they came with, in the audit log, and on the invitation. At most once an hour for an invitation, and ten mails a day
/// with its others. Tells the asker nothing about whom it is for or to whom the mail goes.
/// Refusals: <c>notFound</c>, <c>invitationClosed</c>, <c>askedAlready</c> and <c>mailQuota</c> (TooMany).
/// </summary>
public sealed class AskForCorrection(Store store)
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromHours(1);

    /// <summary>Asks.</summary>
    public Task<Outcome<Nothing>> RunAsync(string secret, Misfit misfit, CancellationToken ct)
    {
        var asker = new Actor
        {
            Kind = ActorKind.Person,
            Door = Door.SignIn,
            Name = Cut(misfit.UserName ?? "Somebody with the link"),
        };
        return store.ChangeAsync<Nothing>(
            asker,
            null,
            "invitation.correctionAsked",
            async attempt =>
            {
                if (await ReadInvitationByLink.FindAsync(attempt.Db, secret, attempt.At, ct) is not { } view)
                {
                    return new Refusal(
                        RefusalKind.NotFound,
                        "notFound",
                        "This invitation link is not valid. Perhaps a newer one was sent."
                    );
                }

                var invitation = view.Invitation;
                if (view.Status != InvitationStatus.Pending)
                {
                    return InvitationAct.Closed(view.Status);
                }

                if (invitation.CorrectionAskedAt is { } last && attempt.At - last < AskInterval)
                {
                    return new Refusal(
                        RefusalKind.TooMany,
                        "askedAlready",
                        "The person who invited you was told already. Give them some time.",
                        RetryAfter: last + AskInterval - attempt.At
                    );
                }

                if (await MailQuota.IsReachedAsync(attempt, invitation, ct))
                {
                    return new Refusal(
                        RefusalKind.TooMany,
                        "mailQuota",
                        "Too many mails went out for this invitation today. Tell the person who invited you in another way.",
                        RetryAfter: TimeSpan.FromHours(12)
                    );
                }

                var asked = invitation with
                {
                    CorrectionAskedAt = attempt.At,
                    CorrectionAsked = Words(misfit),
                    Version = invitation.Version + 1,
                };
                attempt.Changes.Update(invitation, asked);
                attempt.Changes.Tell(
                    "invitation.correctionAsked",
                    invitation.WorkspaceId,
                    ("invitation", invitation.Id.Value, invitation.UserName),
                    invitation,
                    asked,
                    misfit.Code
                );
                attempt.Changes.Send(
                    OutboxKind.CorrectionMail,
                    invitation.Id.Value,
                    MailQuota.SubjectOf(invitation),
                    invitation.WorkspaceId
                );
                return default(Nothing);
            },
            ct
        );
    }

    private static string Words(Misfit misfit)
    {
        var account = misfit.UserName is { } name ? $"{Cut(name)}, {Cut(misfit.Provider)}" : Cut(misfit.Provider);
        return misfit.Code switch
        {
            "wrongProvider" or "connectionNotTaken" => $"another sign-in than the invitation takes ({account})",
            "wrongTenant" or "organisationNotTaken" => $"an account of another organisation ({account})",
            _ => $"another user name ({account})",
        };
    }

    private static string Cut(string text) => Membership.Key.Cut(text, 200);
}
