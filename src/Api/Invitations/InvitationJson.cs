using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Invitations;

/// <summary>An invitation.</summary>
internal sealed record InvitationJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The member's row that it invites.</summary>
    public required Guid MemberId { get; init; }

    /// <summary>The user name that the redeeming account must bear.</summary>
    public required string UserName { get; init; }

    /// <summary>The provider that the redeeming account must come from.</summary>
    public required IdentityProvider Provider { get; init; }

    /// <summary>The Entra tenant it must come from; null for any.</summary>
    public string? TenantId { get; init; }

    /// <summary>Where the mail goes instead of to the user name; null for none.</summary>
    public string? NotifyEmail { get; init; }

    /// <summary>The key of the role that it gives.</summary>
    public required string Role { get; init; }

    /// <summary>The key of the license that it gives; null for none.</summary>
    public string? License { get; init; }

    /// <summary>The ids of the groups that it puts the person into.</summary>
    public required IReadOnlyList<Guid> Groups { get; init; }

    /// <summary>How it stands now.</summary>
    public required InvitationStatus Status { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was redeemed or revoked; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Who invited, by name.</summary>
    public required string InvitedBy { get; init; }

    /// <summary>Whether it is sent by mail.</summary>
    public required bool SendMail { get; init; }

    /// <summary>When its mail was last handed over; null for never.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Where its mail is.</summary>
    public required InvitationMailStatus MailStatus { get; init; }

    /// <summary>Why the mail server did not take it at the last try; null when nothing is known to be wrong.</summary>
    public string? MailFailure { get; init; }

    /// <summary>Of an invitation.</summary>
    public static InvitationJson Of(Invitation invitation, DateTimeOffset at) =>
        new()
        {
            Id = invitation.Id.Value,
            MemberId = invitation.MemberId.Value,
            UserName = invitation.UserName,
            Provider = invitation.Provider,
            TenantId = invitation.TenantId,
            NotifyEmail = invitation.NotifyEmail,
            Role = invitation.Role,
            License = invitation.License,
            Groups = [.. invitation.Groups.Select(g => g.Value)],
            Status = invitation.StatusAt(at),
            CreatedAt = invitation.CreatedAt,
            ExpiresAt = invitation.ExpiresAt,
            ClosedAt = invitation.ClosedAt,
            InvitedBy = invitation.InvitedBy,
            SendMail = invitation.SendMail,
            SentAt = invitation.SentAt,
            MailStatus = invitation.MailStatus,
            MailFailure = invitation.MailFailure,
        };
}

/// <summary>An invitation that was made or sent again, with its link.</summary>
internal sealed record IssuedInvitationJson
{
    /// <summary>The invitation.</summary>
    public required InvitationJson Invitation { get; init; }

    /// <summary>The link to hand over. Whoever has it may redeem the invitation: it is a secret.</summary>
    public required string Link { get; init; }

    /// <summary>Where the mail goes; null when none is sent.</summary>
    public string? MailTo { get; init; }

    /// <summary>Of what the core made.</summary>
    public static IssuedInvitationJson Of(IssuedInvitation issued, Links links, DateTimeOffset at) =>
        new()
        {
            Invitation = InvitationJson.Of(issued.Invitation, at),
            Link = links.Invitation(issued.LinkSecret),
            MailTo = issued.MailTo,
        };
}

/// <summary>The link of an open invitation.</summary>
internal sealed record LinkJson
{
    /// <summary>The link to hand over: a secret.</summary>
    public required string Link { get; init; }
}

/// <summary>What came of one of several invitations.</summary>
internal sealed record InvitedJson
{
    /// <summary>The user name as it was sent.</summary>
    public required string UserName { get; init; }

    /// <summary>The invitation; null when this one was refused.</summary>
    public IssuedInvitationJson? Issued { get; init; }

    /// <summary>Why this one was refused; null when it was made.</summary>
    public Problem? Problem { get; init; }
}

/// <summary>Whom to invite, and as what; what is not named is the workspace's default.</summary>
internal record InvitationTerms
{
    /// <summary>The key of the role; null for the workspace's default.</summary>
    public string? Role { get; init; }

    /// <summary>The key of the license; null for the workspace's default.</summary>
    public string? License { get; init; }

    /// <summary>The provider that the redeeming account must come from; null for the first that the workspace offers.</summary>
    public IdentityProvider? Provider { get; init; }

    /// <summary>The Entra tenant it must come from; null for any.</summary>
    public string? TenantId { get; init; }

    /// <summary>The ids of groups to put them into.</summary>
    public IReadOnlyList<Guid> Groups { get; init; } = [];

    /// <summary>Until when they are members, on which they are suspended; null for no end. Asks for the right to manage members.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The id of the member who answers for them until then; null for none.</summary>
    public Guid? SponsorId { get; init; }

    /// <summary>Whether mail is sent; true where the workspace offers no choice.</summary>
    public bool SendMail { get; init; } = true;

    /// <summary>For the core.</summary>
    public InvitationRequest ToRequest(InvitationRules rules, IReadOnlyList<string> userNames) =>
        new()
        {
            UserNames = userNames,
            Provider = Provider ?? rules.Providers[0],
            TenantId = TenantId,
            Role = Role,
            License = License,
            Groups = [.. Groups.Select(g => new Id<Group>(g))],
            EndsAt = EndsAt,
            Sponsor = SponsorId is { } sponsor ? new Id<Membership.Members.Member>(sponsor) : null,
            SendMail = SendMail || !rules.ChooseMail,
        };
}

/// <summary>One person to invite.</summary>
internal sealed record NewInvitation : InvitationTerms
{
    /// <summary>The user name, often a mail address.</summary>
    public required string UserName { get; init; }

    /// <summary>Where the mail goes instead of to the user name; null for the user name.</summary>
    public string? NotifyEmail { get; init; }
}

/// <summary>Several people to invite to the same.</summary>
internal sealed record NewInvitations : InvitationTerms
{
    /// <summary>The user names, up to 200, one invitation each.</summary>
    public required IReadOnlyList<string> UserNames { get; init; }
}

/// <summary>The mails of a day.</summary>
internal sealed record MailQuotaJson
{
    /// <summary>How many invitations may be mailed in a day of UTC; null for any number.</summary>
    public required int? PerDay { get; init; }

    /// <summary>How many may be mailed in all, ever; null for any number.</summary>
    public required int? InAll { get; init; }

    /// <summary>How many of them are left; null without a limit.</summary>
    public required int? Left { get; init; }
}
