using UserManagement.Membership;
using UserManagement.Membership.Invitations;
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
