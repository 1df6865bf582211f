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

    /// <summary>Where the mail of an invitation that was just made or sent again is.</summary>
    internal static string MailOf(Visit visit, IssuedInvitation issued) =>
        issued.MailTo is not { } to ? "Invited, no mail is sent"
        : visit.Act<IMailProbe>().IsFolder ? $"The mail to {to} is only a file: no mail server is set up"
        : $"A mail to {to} is on its way";

    /// <summary>Its colour: whether it is taken is not known yet.</summary>
    internal static Tone ToneOf(Visit visit, IssuedInvitation issued) =>
        issued.MailTo is null ? Ui.Tone.Success
        : visit.Act<IMailProbe>().IsFolder ? Ui.Tone.Warning
        : Ui.Tone.Info;

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
