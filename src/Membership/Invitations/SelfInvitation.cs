using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>By what somebody may invite themselves.</summary>
/// <param name="Role">The key of the role that it gives.</param>
/// <param name="By">In whose name, for the person and the log.</param>
/// <param name="Inviter">The member to whom questions go; null for none.</param>
/// <param name="Stamp">Puts its mark on the invitation.</param>
/// <param name="IsOfIt">Whether an invitation that is there bears that mark.</param>
internal sealed record InvitationSource(
    string Role,
    string By,
    Id<Member>? Inviter,
    Func<Invitation, Invitation> Stamp,
    Func<Invitation, bool> IsOfIt
);

/// <summary>
/// Plans the invitation of somebody by themselves: who holds a link for many, or an address of a domain that may join. From then on it is
/// an invitation like any other, so that role, seat, provider and policy are asked where they always are. Nobody who is there already is
/// touched: whom a directory brought, an admin removed or somebody invited by name has another way in, or none.
/// </summary>
internal static class SelfInvitation
{
    /// <summary>Plans it.</summary>
    /// <param name="attempt">The act.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="userName">The name, which the person has proven or to which the mail goes that proves it.</param>
    /// <param name="source">By what.</param>
    /// <param name="sendMail">Whether it is mailed; else its secret is handed out.</param>
    /// <param name="ct">Stops the reads.</param>
    /// <returns>Refusals: <c>alreadyMember</c>, <c>suspended</c>, <c>invitedByName</c>, <c>mailQuota</c>, a name that is none.</returns>
    public static async Task<Outcome<IssuedInvitation>> PlanAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        string userName,
        InvitationSource source,
        bool sendMail,
        CancellationToken ct
    )
    {
        if (Key.Check("userName", userName) is { } wrong)
        {
            return wrong;
        }

        var file = await MemberWithGrants.ByUserNameAsync(attempt.Db, workspace.Id, userName, ct);
        var open = file is null ? null : await PendingInvitations.OfAsync(attempt.Db, file.Member, ct);
        if (file is not null && Against(file.Member, open, source, attempt.At) is { } against)
        {
            return against;
        }

        if (open is not null && source.IsOfIt(open) && open.StatusAt(attempt.At) == InvitationStatus.Pending)
        {
            return await AgainAsync(attempt, workspace, open, sendMail, ct);
        }

        if (sendMail && await MailQuota.IsReachedBySelfAsync(attempt, workspace.Id, ct))
        {
            return MailQuota.Reached();
        }

        if (open is not null)
        {
            PendingInvitations.Close(attempt, open, InvitationStatus.Revoked);
        }

        var member = New(attempt, workspace, file?.Member, userName, source.Role);
        var (invitation, secret) = InvitationSecrets.Issue(
            attempt,
            workspace,
            source.Stamp(
                new()
                {
                    WorkspaceId = workspace.Id,
                    Id = Id<Invitation>.New(attempt.Time),
                    MemberId = member.Id,
                    UserName = userName,
                    Provider = IdentityProvider.Any,
                    Role = source.Role,
                    License = workspace.Configuration.Join.DefaultLicense,
                    Stored = InvitationStatus.Pending,
                    CreatedAt = attempt.At,
                    ExpiresAt = attempt.At,
                    InvitedBy = source.By,
                    InviterId = source.Inviter,
                    SendMail = sendMail,
                    Version = 1,
                }
            )
        );
        attempt.Changes.Add(invitation);
        var role = ProvisionMember.NewGrant(
            attempt,
            workspace.Id,
            member.Id,
            GrantKind.Role,
            GrantOrigin.Invitation,
            source.Role,
            invitation.Id.ToString()
        ) with
        {
            GivenBy = source.By,
        };
        IReadOnlyList<Grant> grants = invitation.License is { } license
            ? [role, role with { Kind = GrantKind.License, Value = license }]
            : [role];
        var placed = await Admission.PlaceAsync(attempt, workspace, file, member, grants, null, ct);
        if (placed.Refusal is { } refusal)
        {
            return refusal;
        }

        attempt.Changes.Tell("invitation.created", workspace.Id, ("invitation", invitation.Id.Value, userName), after: invitation);
        return new IssuedInvitation(invitation, secret, sendMail ? invitation.MailAddress : null);
    }

    /// <summary>The same person once more: new secrets, and a mail as often as one invitation may cause.</summary>
    private static async Task<Outcome<IssuedInvitation>> AgainAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Invitation open,
        bool sendMail,
        CancellationToken ct
    )
    {
        if (sendMail && await MailQuota.IsReachedAsync(attempt, open, ct))
        {
            return MailQuota.Reached();
        }

        var (again, secret) = InvitationSecrets.Issue(attempt, workspace, open with { SendMail = sendMail, Version = open.Version + 1 });
        attempt.Changes.Update(open, again);
        attempt.Changes.Tell("invitation.resent", workspace.Id, ("invitation", again.Id.Value, again.UserName), open, again);
        return new IssuedInvitation(again, secret, sendMail ? again.MailAddress : null);
    }

    /// <summary>Somebody whom an admin or a directory keeps out does not let themselves in.</summary>
    public static Refusal NotByOneself() =>
        new(RefusalKind.Conflict, "suspended", "An admin or your directory decides about your access here. Ask an admin of the workspace.");

    private static Refusal? Against(Member member, Invitation? open, InvitationSource source, DateTimeOffset at) =>
        member switch
        {
            { State: MemberState.Active, AccountId: not null } => new(
                RefusalKind.Conflict,
                "alreadyMember",
                "Somebody of this name is in already. If it is you, sign in."
            ),
            { State: MemberState.Invited } => open is not null && !source.IsOfIt(open) && open.StatusAt(at) == InvitationStatus.Pending
                ? new(
                    RefusalKind.Conflict,
                    "invitedByName",
                    "There is an invitation for this name. Open the link in its mail, or ask for it to be sent again."
                )
                : null,
            _ => NotByOneself(),
        };

    private static Member New(Attempt attempt, WorkspaceContext workspace, Member? before, string userName, string role) =>
        before
        ?? new Member
        {
            WorkspaceId = workspace.Id,
            Id = Id<Member>.New(attempt.Time),
            UserName = userName,
            Email = EmailAddress.IsValid(userName) ? userName : null,
            State = MemberState.Invited,
            Role = role,
            SortKey = "",
            CreatedAt = attempt.At,
            ModifiedAt = attempt.At,
            Version = 0,
        };
}
