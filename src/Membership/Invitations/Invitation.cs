using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>With which kind of account an invitation may be redeemed.</summary>
public enum IdentityProvider
{
    /// <summary>Any that the workspace allows.</summary>
    Any,

    /// <summary>A Google account.</summary>
    Google,

    /// <summary>A Microsoft Entra ID account, or a personal Microsoft account where no tenant is named.</summary>
    Entra,

    /// <summary>A password of this server.</summary>
    [Strictest]
    Local,

    /// <summary>Another OpenID provider, one that the workspace or the operator connected.</summary>
    Oidc,
}

/// <summary>How an invitation stands; Expired follows from the clock and is never stored.</summary>
public enum InvitationStatus
{
    /// <summary>Made and not redeemed.</summary>
    Pending,

    /// <summary>Redeemed.</summary>
    Accepted,

    /// <summary>Its time passed before anybody redeemed it.</summary>
    Expired,

    /// <summary>Ended by somebody.</summary>
    Revoked,
}

/// <summary>Where an invitation's mail is.</summary>
public enum InvitationMailStatus
{
    /// <summary>No mail is sent.</summary>
    None,

    /// <summary>It waits to be handed over.</summary>
    Queued,

    /// <summary>The mail server did not take it yet; it is tried again.</summary>
    Retrying,

    /// <summary>The mail server will not take it; it is not tried again.</summary>
    Refused,

    /// <summary>The mail server took it.</summary>
    Sent,

    /// <summary>It is a file on the server alone, for no mail server is set up.</summary>
    File,
}

/// <summary>An invitation of one person into a workspace, bound to a user name and perhaps to a provider and tenant.</summary>
public sealed record Invitation
{
    /// <summary>What its link's secret is sealed for.</summary>
    public const string LinkPurpose = "invitation-link";

    /// <summary>What its mailed link's secret is sealed for.</summary>
    public const string MailPurpose = "invitation-mail";

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<Invitation> Id { get; init; }

    /// <summary>The row of the person it invites.</summary>
    public required Id<Member> MemberId { get; init; }

    /// <summary>The user name that the redeeming account must bear; often a mail address, need not be one.</summary>
    public required string UserName { get; init; }

    /// <summary>The provider that the redeeming account must come from.</summary>
    public required IdentityProvider Provider { get; init; }

    /// <summary>The Entra tenant it must come from; null for any.</summary>
    public string? TenantId { get; init; }

    /// <summary>Where the mail goes instead of to the user name; null for none.</summary>
    public string? NotifyEmail { get; init; }

    /// <summary>The role it gives.</summary>
    public required string Role { get; init; }

    /// <summary>The license it gives; null for none.</summary>
    public string? License { get; init; }

    /// <summary>The ids of the groups it puts the person into, separated by spaces; empty for none.</summary>
    public string GroupIds { get; init; } = "";

    /// <summary>Pending, Accepted or Revoked.</summary>
    public required InvitationStatus Stored { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was redeemed or revoked; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Who invited, by name.</summary>
    public required string InvitedBy { get; init; }

    /// <summary>The member who invited, to whom questions go; null when it was no member.</summary>
    public Id<Member>? InviterId { get; init; }

    /// <summary>When somebody with its link last asked to have it corrected; null for never.</summary>
    public DateTimeOffset? CorrectionAskedAt { get; init; }

    /// <summary>With which account they came, and what did not fit, in words; null when nobody asked.</summary>
    public string? CorrectionAsked { get; init; }

    /// <summary>
    /// What the person was before, where they had been removed, as JSON (<see cref="BeforeInvitation"/>); null for who is new here.
    /// </summary>
    public string? MemberBefore { get; init; }

    /// <summary>Whether it is to be sent by mail.</summary>
    public required bool SendMail { get; init; }

    /// <summary>When its mail was last handed over for sending; null for never.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When the invited person was reminded that it ends; null for not.</summary>
    public DateTimeOffset? RemindedAt { get; init; }

    /// <summary>Whether that was a file on the server alone; null before it was handed over.</summary>
    public bool? IsMailFile { get; init; }

    /// <summary>Why the mail server did not take it at the last try, in words for admins; null when it did, or was not asked yet.</summary>
    public string? MailFailure { get; init; }

    /// <summary>When the mail server refused it for good; null otherwise.</summary>
    public DateTimeOffset? MailRefusedAt { get; init; }

    /// <summary>SHA-256 of the copied link's secret; kept when closed, so that the link can say what became of it.</summary>
    public byte[]? LinkHash { get; init; }

    /// <summary>The copied link's secret, sealed; null once closed.</summary>
    public byte[]? LinkSealed { get; init; }

    /// <summary>SHA-256 of the mailed link's secret, the only one that proves the address; null when no mail is sent.</summary>
    public byte[]? MailHash { get; init; }

    /// <summary>The mailed link's secret, sealed; null once closed or when no mail is sent.</summary>
    public byte[]? MailSealed { get; init; }

    /// <summary>The link for many by which the person invited themselves; null for an invitation by name.</summary>
    public Id<InviteLinks.InviteLink>? InviteLinkId { get; init; }

    /// <summary>The e-mail domain by which they did; null for none.</summary>
    public Id<Domains.EmailDomain>? EmailDomainId { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// Who invites, for whoever is invited: the person by name, or the workspace where a program, the operator or somebody whose data was
    /// erased did.
    /// </summary>
    /// <param name="workspace">The workspace's name.</param>
    public string InviterFor(string workspace) => InviterId is null || InvitedBy == Audit.Erasure.Name ? workspace : InvitedBy;

    /// <summary>How it stands at this time.</summary>
    public InvitationStatus StatusAt(DateTimeOffset at) =>
        Stored == InvitationStatus.Pending && at >= ExpiresAt ? InvitationStatus.Expired : Stored;

    /// <summary>Where its mail goes: the notification address, or the user name if that is an address; null for nowhere.</summary>
    public string? MailAddress => NotifyEmail ?? (EmailAddress.IsValid(UserName) ? UserName : null);

    /// <summary>Where its mail is.</summary>
    public InvitationMailStatus MailStatus =>
        !SendMail || MailAddress is null ? InvitationMailStatus.None
        : SentAt is not null ? (IsMailFile == true ? InvitationMailStatus.File : InvitationMailStatus.Sent)
        : MailRefusedAt is not null ? InvitationMailStatus.Refused
        : MailFailure is not null ? InvitationMailStatus.Retrying
        : InvitationMailStatus.Queued;

    /// <summary>The groups it puts the person into.</summary>
    public IEnumerable<Id<Groups.Group>> Groups =>
        GroupIds.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(g => new Id<Groups.Group>(Guid.Parse(g)));
}
