using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Outbox;
using UserManagement.Ui;

namespace UserManagement.AdminUi.InvitationPages;

/// <summary>The words in which pages speak of invitations.</summary>
public static class InvitationWords
{
    /// <summary>What to know before somebody is invited as an admin.</summary>
    public const string AdminWarning = "whoever accepts has full access from then on.";

    /// <summary>A provider's name.</summary>
    public static string Provider(IdentityProvider provider) =>
        provider switch
        {
            IdentityProvider.Google => "Google",
            IdentityProvider.Entra => "Microsoft Entra ID",
            IdentityProvider.Local => "Password",
            IdentityProvider.Oidc => "Another OpenID provider",
            IdentityProvider.Any => "Any",
            _ => "Unknown",
        };

    /// <summary>How an invitation that was just made or sent again stands, and where its mail is.</summary>
    internal static string MailOf(Visit visit, Invitation invitation) =>
        invitation.StatusAt(visit.Now) switch
        {
            InvitationStatus.Accepted => "Accepted already",
            InvitationStatus.Revoked => "Revoked since",
            InvitationStatus.Expired => "Expired",
            _ => invitation.MailStatus switch
            {
                InvitationMailStatus.None => "Invited, no mail is sent",
                InvitationMailStatus.Sent => $"The mail server took the mail to {invitation.MailAddress}",
                InvitationMailStatus.Refused => $"The mail to {invitation.MailAddress} was refused: {invitation.MailFailure}",
                InvitationMailStatus.Retrying => $"The mail to {invitation.MailAddress} is tried again: {invitation.MailFailure}",
                _ when IsFile(visit, invitation) => $"The mail to {invitation.MailAddress} is only a file: no mail server is set up",
                _ => $"A mail to {invitation.MailAddress} is on its way",
            },
        };

    /// <summary>Its colour: whether a mail is taken may not be known yet.</summary>
    internal static Tone ToneOf(Visit visit, Invitation invitation) =>
        invitation.StatusAt(visit.Now) != InvitationStatus.Pending
            ? Ui.Tone.Neutral
            : invitation.MailStatus switch
            {
                InvitationMailStatus.None or InvitationMailStatus.Sent => Ui.Tone.Success,
                InvitationMailStatus.Refused => Ui.Tone.Danger,
                InvitationMailStatus.Retrying => Ui.Tone.Warning,
                _ => IsFile(visit, invitation) ? Ui.Tone.Warning : Ui.Tone.Info,
            };

    private static bool IsFile(Visit visit, Invitation invitation) =>
        invitation.MailStatus == InvitationMailStatus.File || visit.Act<IMailProbe>().IsFolder;

    /// <summary>A status's word.</summary>
    public static string Status(InvitationStatus status) => status.IsKnown() ? status.ToString() : "Unknown";

    /// <summary>A status's colour.</summary>
    public static Tone Tone(InvitationStatus status) =>
        status switch
        {
            InvitationStatus.Pending => Ui.Tone.Info,
            InvitationStatus.Accepted => Ui.Tone.Success,
            InvitationStatus.Expired => Ui.Tone.Warning,
            _ => Ui.Tone.Neutral,
        };
}
