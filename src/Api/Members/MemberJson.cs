using UserManagement.Api.Http;
using UserManagement.Api.Workspaces;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Members;

/// <summary>A member, in this one shape wherever one is answered.</summary>
internal sealed record MemberJson
{
    /// <summary>The member's id, also the id of the SCIM User.</summary>
    public required Guid Id { get; init; }

    /// <summary>The user name, unique in the workspace without regard to case.</summary>
    public required string UserName { get; init; }

    /// <summary>The name to show.</summary>
    public required string DisplayName { get; init; }

    /// <summary>First name; null for none.</summary>
    public string? GivenName { get; init; }

    /// <summary>Last name; null for none.</summary>
    public string? FamilyName { get; init; }

    /// <summary>The primary mail address; null for none.</summary>
    public string? Email { get; init; }

    /// <summary>Where the member stands.</summary>
    public required MemberState Status { get; init; }

    /// <summary>The key of the effective role.</summary>
    public required string Role { get; init; }

    /// <summary>The key of the effective license; null for none.</summary>
    public string? License { get; init; }

    /// <summary>Whether the member holds a seat now.</summary>
    public required bool HasSeat { get; init; }

    /// <summary>Since when the member waits for a seat; null for who does not.</summary>
    public DateTimeOffset? WaitsSince { get; init; }

    /// <summary>Whether a directory manages the member; names are then changed there.</summary>
    public required bool IsDirectoryManaged { get; init; }

    /// <summary>A word of the directory that is remembered and not carried out; null where there is none, as nearly always.</summary>
    public HeldWordJson? Held { get; init; }

    /// <summary>The directory's own id; null for none.</summary>
    public string? ExternalId { get; init; }

    /// <summary>When the member first became active; null before.</summary>
    public DateTimeOffset? JoinedAt { get; init; }

    /// <summary>The groups, by name.</summary>
    public required IReadOnlyList<GroupNameJson> Groups { get; init; }

    /// <summary>The id of the open invitation, pending or expired; null for none.</summary>
    public Guid? InvitationId { get; init; }

    /// <summary>The last request, to the minute; null for never.</summary>
    public DateTimeOffset? LastActiveAt { get; init; }

    /// <summary>The last sign-in to this workspace; null for never.</summary>
    public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>The version of the workspace's terms of use that they accepted last; null for none.</summary>
    public int? AcceptedTerms { get; init; }

    /// <summary>When they accepted it; null for never.</summary>
    public DateTimeOffset? TermsAcceptedAt { get; init; }

    /// <summary>When the row was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Counts the changes; If-Match names it. Groups, invitation, activity and terms of use move beside it.</summary>
    public required long Version { get; init; }

    /// <summary>What moves beside the version, as part of an ETag; null where there is nothing.</summary>
    public string? Beside() =>
        Groups.Count == 0 && (InvitationId, LastActiveAt, LastSignInAt, TermsAcceptedAt) == (null, null, null, null)
            ? null
            : Etag.Of(Groups.Select(g => g.Id), InvitationId, LastActiveAt, LastSignInAt, TermsAcceptedAt);

    /// <summary>Of a line of the list.</summary>
    public static MemberJson Of(MemberRow row)
    {
        var member = row.Member;
        return new()
        {
            Id = member.Id.Value,
            UserName = member.UserName,
            DisplayName = member.ShownName,
            GivenName = member.GivenName,
            FamilyName = member.FamilyName,
            Email = member.Email,
            Status = member.State,
            Role = member.Role,
            License = member.License,
            HasSeat = member.HasSeat,
            WaitsSince = member.IsWaiting ? member.WaitsSince : null,
            IsDirectoryManaged = member.IsDirectoryManaged,
            Held = HeldWordJson.Of(member),
            ExternalId = member.ExternalId,
            JoinedAt = member.JoinedAt,
            Groups = [.. row.In.Select(GroupNameJson.Of)],
            InvitationId = row.Invitation?.Id.Value,
            LastActiveAt = row.Activity?.LastActiveAt,
            LastSignInAt = row.Activity?.LastSignInAt,
            AcceptedTerms = member.AcceptedTerms,
            TermsAcceptedAt = member.TermsAcceptedAt,
            CreatedAt = member.CreatedAt,
            ModifiedAt = member.ModifiedAt,
            Version = member.Version,
        };
    }
}

/// <summary>A word of the directory that is remembered and not carried out.</summary>
internal sealed record HeldWordJson
{
    /// <summary>
    /// What the directory said: that it lets somebody in who is still kept out (<c>admission</c>), that somebody who is still in is
    /// inactive (<c>deactivation</c>) or deleted (<c>deletion</c>), that somebody who was here already is its own (<c>match</c>), or
    /// something by which rules would change what they have (<c>access</c>).
    /// </summary>
    public required HeldAs As { get; init; }

    /// <summary>Since when it is held.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Until when an admin may decide; null where one decided that it is not carried out.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Of a member; null where nothing is held.</summary>
    public static HeldWordJson? Of(Member member) =>
        member is { HeldAs: { } held, HeldSince: { } since }
            ? new()
            {
                As = held,
                Since = since,
                Until = member.HeldUntil,
            }
            : null;
}

/// <summary>Why a member has what they have.</summary>
internal sealed record AccessJson
{
    /// <summary>Every reason for a role or a license, the ones that count first.</summary>
    public required IReadOnlyList<GrantJson> Grants { get; init; }

    /// <summary>The groups.</summary>
    public required IReadOnlyList<GroupNameJson> Groups { get; init; }

    /// <summary>The last request, to the minute; null for never.</summary>
    public DateTimeOffset? LastActiveAt { get; init; }

    /// <summary>The last sign-in to this workspace; null for never.</summary>
    public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>The id of the open invitation; null for none.</summary>
    public Guid? InvitationId { get; init; }

    /// <summary>How the open invitation stands; null for none.</summary>
    public InvitationStatus? InvitationStatus { get; init; }

    /// <summary>Until when they are a member; null for no end.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The id of the member who answers for them until then; null for none.</summary>
    public Guid? SponsorId { get; init; }

    /// <summary>The place in the line for a seat; null for who does not wait.</summary>
    public SeatPlaceJson? SeatPlace { get; init; }

    /// <summary>Whether the person has a password of this server, which can be reset.</summary>
    public required bool HasPassword { get; init; }

    /// <summary>What they may do here: permissions of the role and features of the license; empty while they are not active.</summary>
    public required IReadOnlyList<string> Entitlements { get; init; }

    /// <summary>Of everything that is known.</summary>
    public static AccessJson Of(MemberView view, WorkspaceConfiguration configuration, DateTimeOffset at)
    {
        Grant?[] counting =
        [
            Membership.Members.Grants.ForRole(configuration, view.Grants),
            Membership.Members.Grants.ForLicense(configuration, view.Grants),
        ];
        return new()
        {
            Grants =
            [
                .. view.Grants.Select(g => new GrantJson
                {
                    Kind = g.Kind,
                    Value = g.Value,
                    Wanted = g.Wanted,
                    Origin = g.Origin,
                    OriginId = g.OriginId.Length > 0 ? g.OriginId : null,
                    GivenBy = g.GivenBy,
                    GivenAt = g.GivenAt,
                    Counts = counting.Contains(g),
                }),
            ],
            Groups = [.. view.Groups.Select(GroupNameJson.Of)],
            LastActiveAt = view.Activity?.LastActiveAt,
            LastSignInAt = view.Activity?.LastSignInAt,
            InvitationId = view.Invitation?.Id.Value,
            InvitationStatus = view.Invitation?.StatusAt(at),
            EndsAt = view.Term is { EndedAt: null } term ? term.EndsAt : null,
            SponsorId = view.Term is { EndedAt: null, SponsorId: { } sponsor } ? sponsor.Value : null,
            SeatPlace = SeatPlaceJson.Of(view.SeatPlace),
            HasPassword = view.HasPassword,
            Entitlements = view.Member.State == MemberState.Active ? configuration.EntitledTo(view.Member.Role, view.Member.License) : [],
        };
    }
}

/// <summary>One reason why a member has a role or a license.</summary>
internal sealed record GrantJson
{
    /// <summary>What it gives.</summary>
    public required GrantKind Kind { get; init; }

    /// <summary>The key of the role or license; empty for a license that was meant when none was free.</summary>
    public required string Value { get; init; }

    /// <summary>What was meant when there was no room for it; null otherwise.</summary>
    public string? Wanted { get; init; }

    /// <summary>Where it comes from.</summary>
    public required GrantOrigin Origin { get; init; }

    /// <summary>Which one of that origin: the invitation's or group's id; null where there is only one.</summary>
    public string? OriginId { get; init; }

    /// <summary>Who gave it, by name.</summary>
    public required string GivenBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset GivenAt { get; init; }

    /// <summary>Whether this is the one that counts.</summary>
    public required bool Counts { get; init; }
}

/// <summary>A group by its name.</summary>
internal sealed record GroupNameJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Of a group.</summary>
    public static GroupNameJson Of(Group group) => new() { Id = group.Id.Value, DisplayName = group.DisplayName };
}

/// <summary>New names of a member; a field that is not sent stays.</summary>
internal sealed record MemberChange
{
    /// <summary>First name; null for none.</summary>
    public string? GivenName { get; init; }

    /// <summary>Last name; null for none.</summary>
    public string? FamilyName { get; init; }

    /// <summary>The key of another role; as PUT .../role.</summary>
    public string? Role { get; init; }

    /// <summary>The key of another license, null for none; as PUT .../license.</summary>
    public string? License { get; init; }
}

/// <summary>A role to give.</summary>
internal sealed record RoleChange
{
    /// <summary>The role's key.</summary>
    public required string Role { get; init; }
}

/// <summary>A license to give.</summary>
internal sealed record LicenseChange
{
    /// <summary>The license's key; null for none.</summary>
    public required string? License { get; init; }
}
