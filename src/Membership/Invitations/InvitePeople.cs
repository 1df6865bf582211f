using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>Whom to invite, and as what.</summary>
public sealed record InvitationRequest
{
    /// <summary>The user names, one invitation each; at most <see cref="InvitePeople.Most"/>.</summary>
    public required IReadOnlyList<string> UserNames { get; init; }

    /// <summary>The provider that the redeeming account must come from.</summary>
    public IdentityProvider Provider { get; init; } = IdentityProvider.Any;

    /// <summary>The Entra tenant it must come from; null for any.</summary>
    public string? TenantId { get; init; }

    /// <summary>Where the mail goes instead of to the user name; only for one person. Null for the user name.</summary>
    public string? NotifyEmail { get; init; }

    /// <summary>The role's key; null for the workspace's default.</summary>
    public string? Role { get; init; }

    /// <summary>The license's key; null for the workspace's default.</summary>
    public string? License { get; init; }

    /// <summary>The groups to put them into.</summary>
    public IReadOnlyList<Id<Group>> Groups { get; init; } = [];

    /// <summary>Until when they are members (<see cref="SetMemberTerm"/>); null for no end. Asks for the right to manage members.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Who answers for them until then; null for the admins.</summary>
    public Id<Member>? Sponsor { get; init; }

    /// <summary>Whether mail is sent.</summary>
    public bool SendMail { get; init; } = true;
}

/// <summary>An invitation that was made, with the link's secret, which is shown for copying.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="LinkSecret">The secret of the link for copying; not the one that is mailed.</param>
/// <param name="MailTo">Where the mail goes; null when none is sent.</param>
public sealed record IssuedInvitation(Invitation Invitation, string LinkSecret, string? MailTo);

/// <summary>
/// Invites one or several people. Each is invited or refused on their own: <c>alreadyMember</c>, <c>alreadyInvited</c>,
/// <c>suspended</c>, <c>mailQuota</c>, <c>grantCeiling</c> (of the role that somebody has already), an invalid name. The whole is refused
/// when the actor may not invite or not grant that role (<c>forbidden</c>, <c>grantCeiling</c>), or when role, license, group, provider or
/// tenant is not to be had.
/// </summary>
public sealed class InvitePeople(Store store)
{
    /// <summary>How many people one call may invite.</summary>
    public const int Most = 200;

    /// <summary>Invites; the outcomes stand in the order of the user names.</summary>
    public async Task<Outcome<IReadOnlyList<(string UserName, Outcome<IssuedInvitation> Outcome)>>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        InvitationRequest request,
        CancellationToken ct
    )
    {
        var names = Names(request);
        if (names.Count is 0 or > Most)
        {
            return names.Count == 0 ? Refusal.Invalid("userName", "Name at least one person.") : TooMany();
        }

        if (request.NotifyEmail is { Length: > 0 } && names.Count > 1)
        {
            return Refusal.Invalid("notifyEmail", "A notification address can be given for one person only.");
        }

        if (names.Count > 1)
        {
            Held.WriteInParts(); // the day's mails are counted from one to the next
        }

        var outcomes = new List<(string, Outcome<IssuedInvitation>)>(names.Count);
        foreach (var name in names)
        {
            var whole = false;
            var outcome = await store.ChangeAsync<IssuedInvitation>(
                actor,
                workspaceId,
                "invitation.created",
                async attempt =>
                {
                    attempt.Concerns("invitation", null, Key.Cut(name, 200));
                    (whole, var one) = await OneAsync(attempt, workspaceId, request, name, ct);
                    return one;
                },
                ct
            );
            if (whole && outcomes.Count == 0)
            {
                return outcome.Refusal!;
            }

            outcomes.Add((name, outcome));
        }

        return outcomes;
    }

    /// <summary>Plans the invitation of one person; says whether it was the whole request that was refused.</summary>
    internal static async Task<(bool IsWhole, Outcome<IssuedInvitation> Outcome)> OneAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        InvitationRequest request,
        string name,
        CancellationToken ct
    )
    {
        var checkedRequest = await CheckAsync(attempt, workspaceId, request, ct);
        return checkedRequest.Is(out var asked, out var refusal)
            ? (false, await InviteAsync(attempt, asked.Workspace, asked.Request, name, ct))
            : (true, refusal);
    }

    private static async Task<Outcome<(WorkspaceContext Workspace, InvitationRequest Request)>> CheckAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        InvitationRequest request,
        CancellationToken ct
    )
    {
        if (attempt.Actor.Demand(workspaceId, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var configuration = workspace.Configuration;
        var asked = request with
        {
            Role = string.IsNullOrEmpty(request.Role) ? configuration.Join.DefaultRole : request.Role,
            License = string.IsNullOrEmpty(request.License) ? configuration.Join.DefaultLicense : request.License,
            TenantId = string.IsNullOrWhiteSpace(request.TenantId) ? null : request.TenantId.Trim(),
            NotifyEmail = Key.Identifier(request.NotifyEmail?.Trim()) is { Length: > 0 } address ? address : null,
        };
        if (AgainstRole(configuration, attempt.Actor, asked.Role, asked.License) is { } beyond)
        {
            return beyond;
        }

        if (!configuration.Invitations.Providers.Contains(asked.Provider))
        {
            return Refusal.Invalid("provider", "Invitations cannot be bound to this provider here.");
        }

        if (
            asked.TenantId is not null
            && (asked.Provider != IdentityProvider.Entra || !configuration.Invitations.TenantId || !Guid.TryParse(asked.TenantId, out _))
        )
        {
            return Refusal.Invalid("tenantId", "A tenant ID is a UUID and goes with Microsoft Entra ID only.");
        }

        if (asked.NotifyEmail is not null && !configuration.Invitations.NotifyEmail)
        {
            return Refusal.Invalid("notifyEmail", "Here the mail goes to the sign-in name: no other address can be given.");
        }

        if (asked.NotifyEmail is not null && !EmailAddress.IsValid(asked.NotifyEmail))
        {
            return Refusal.Invalid("notifyEmail", "This is no valid e-mail address.");
        }

        var groups = asked.Groups.Distinct().ToList();
        if (
            groups.Count > 0
            && await attempt.Db.Groups.CountAsync(g => g.WorkspaceId == workspaceId && groups.Contains(g.Id), ct) != groups.Count
        )
        {
            return Refusal.Unknown("group", "There is no such group.", "groups");
        }

        return (workspace, asked with { Groups = groups });
    }

    private static async Task<Outcome<IssuedInvitation>> InviteAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        InvitationRequest request,
        string userName,
        CancellationToken ct
    )
    {
        if (InviteeRules.AgainstName("userName", userName, AsksForAddress(workspace.Configuration, request)) is { } wrong)
        {
            return wrong;
        }

        var file = await MemberWithGrants.ByUserNameAsync(attempt.Db, workspace.Id, userName, ct);
        var open = file is null ? null : await PendingInvitations.OfAsync(attempt.Db, file.Member, ct);
        if (file is not null && Against(workspace, attempt.Actor, file.Member, open, attempt.At) is { } against)
        {
            return against;
        }

        if (open is not null)
        {
            PendingInvitations.Close(attempt, open, InvitationStatus.Revoked);
        }

        if (IsMailed(request, userName) && await MailQuota.LeftAsync(attempt.Db, workspace, attempt.At, ct) == 0)
        {
            return MailQuota.Reached(workspace, attempt.At);
        }

        var before = await BeforeInvitation.OfAsync(attempt.Db, file, open, ct);
        var linking = file is { Member.State: MemberState.Active };
        var member = linking ? file!.Member : Invited(attempt, workspace, file?.Member, userName, request);
        var (invitation, linkSecret) = InvitationSecrets.Issue(
            attempt,
            workspace,
            new Invitation
            {
                WorkspaceId = workspace.Id,
                Id = Id<Invitation>.New(attempt.Time),
                MemberId = member.Id,
                UserName = userName,
                Provider = request.Provider,
                TenantId = request.TenantId,
                NotifyEmail = request.NotifyEmail,
                Role = linking ? member.Role : request.Role!, // who is in already keeps what they have; the link only brings the account
                License = linking ? member.License : request.License,
                GroupIds = string.Join(' ', request.Groups),
                Stored = InvitationStatus.Pending,
                CreatedAt = attempt.At,
                ExpiresAt = attempt.At,
                InvitedBy = attempt.Actor.Name,
                InviterId = attempt.Actor.Member,
                MemberBefore = before,
                SendMail = request.SendMail,
                Version = 1,
            }
        );
        attempt.Changes.Add(invitation);
        if (linking)
        {
            PendingInvitations.Guard(attempt, member);
        }
        else
        {
            var role = ProvisionMember.NewGrant(
                attempt,
                workspace.Id,
                member.Id,
                GrantKind.Role,
                GrantOrigin.Invitation,
                invitation.Role,
                invitation.Id.ToString()
            );
            IReadOnlyList<Grant> grants = invitation.License is { } license
                ? [role, role with { Kind = GrantKind.License, Value = license }]
                : [role];
            var placed = await Admission.PlaceAsync(attempt, workspace, file, member, grants, null, ct);
            if (placed.Refusal is { } refusal)
            {
                return refusal;
            }

            if (
                (file, request.EndsAt, request.Sponsor) is not (null, null, null)
                && await SetMemberTerm.WithInvitationAsync(attempt, member.Id, workspace, request, ct) is { } noTerm
            )
            {
                return noTerm;
            }
        }

        attempt.Changes.Tell("invitation.created", workspace.Id, ("invitation", invitation.Id.Value, userName), after: invitation);
        return new IssuedInvitation(invitation, linkSecret, invitation.SendMail ? invitation.MailAddress : null);
    }

    /// <summary>The names that a request holds, without what is no part of a name; each once.</summary>
    internal static List<string> Names(InvitationRequest request) =>
        [.. request.UserNames.Select(n => Key.Identifier(n.Trim())).Where(n => n.Length > 0).DistinctBy(Key.Of)];

    /// <summary>The refusal of more than one call may invite.</summary>
    internal static Refusal TooMany() => Refusal.Invalid("userName", $"At most {Most} people can be invited at once.");

    /// <summary>Whether the names have to be addresses: people sign in by them, and mail goes there.</summary>
    internal static bool AsksForAddress(WorkspaceConfiguration configuration, InvitationRequest request) =>
        configuration.Invitations.Providers is [IdentityProvider.Any] && string.IsNullOrWhiteSpace(request.NotifyEmail);

    /// <summary>Whether the invitation of a name is mailed.</summary>
    internal static bool IsMailed(InvitationRequest request, string userName) =>
        request.SendMail && (!string.IsNullOrWhiteSpace(request.NotifyEmail) || EmailAddress.IsValid(userName));

    /// <summary>Why an actor may not invite to a role and license; null when they may.</summary>
    internal static Refusal? AgainstRole(WorkspaceConfiguration configuration, Actor actor, string? role, string? license) =>
        configuration.MayGrant(actor, role)
        ?? FourEyes.AgainstWayRound(configuration, actor, role)
        ?? (
            configuration.Role(role) is { Assignable: false } ? Refusal.Invalid("role", "This role cannot be given by invitation.")
            : license is not null && configuration.License(license) is null ? Refusal.Unknown("license", "There is no such license type.")
            : null
        );

    /// <summary>Why a member who is there, with the open invitation if there is one, cannot be invited; null when they can.</summary>
    internal static Refusal? Against(WorkspaceContext workspace, Actor actor, Member member, Invitation? open, DateTimeOffset at)
    {
        if (open is not null && open.StatusAt(at) == InvitationStatus.Pending)
        {
            return new(
                RefusalKind.Conflict,
                "alreadyInvited",
                "This person is invited already. " + Instead(workspace.Configuration.Invitations),
                "userName"
            );
        }

        return member switch
        {
            { State: MemberState.Active, AccountId: not null } => new(
                RefusalKind.Conflict,
                "alreadyMember",
                $"This person is a {workspace.Configuration.Terms.Person} already.",
                "userName"
            ),
            { State: not (MemberState.Active or MemberState.Invited or MemberState.Removed) } => new(
                RefusalKind.Conflict,
                "suspended",
                "This person is there and not active. Restore them instead.",
                "userName"
            ),
            { State: MemberState.Removed, DirectoryActive: not null } => new(
                RefusalKind.Conflict,
                "removed",
                "This person was removed and is still in your directory. Restore them instead.",
                "userName"
            ),
            _ => workspace.Configuration.MayTouch(actor, member.Role), // the link would hand over what the member is already
        };
    }

    /// <summary>What is offered for an invitation that is open and has not run out.</summary>
    private static string Instead(InvitationRules rules)
    {
        var revoke = rules.RevokeLabel.ToLowerInvariant();
        return rules.Resend == ResendWhen.Always ? $"Send that invitation again, or {revoke} it first."
            : rules is { Resend: ResendWhen.Expired, CopyLink: true } ? $"Copy the link of that invitation, or {revoke} it first."
            : $"{rules.RevokeLabel} that invitation first.";
    }

    private static Member Invited(
        Attempt attempt,
        WorkspaceContext workspace,
        Member? before,
        string userName,
        InvitationRequest request
    ) =>
        (
            before
            ?? new Member
            {
                WorkspaceId = workspace.Id,
                Id = Id<Member>.New(attempt.Time),
                UserName = userName,
                State = MemberState.Invited,
                Role = request.Role!,
                SortKey = "",
                CreatedAt = attempt.At,
                ModifiedAt = attempt.At,
                Version = 0,
            }
        ) with
        {
            Email = EmailAddress.IsValid(userName) ? userName : request.NotifyEmail,
            LocalBlock = LocalBlock.None,
            JoinedAt = null,
        };
}
