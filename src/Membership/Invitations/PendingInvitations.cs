using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>What happens to a member's open invitation when something else happens to the member.</summary>
internal static class PendingInvitations
{
    /// <summary>The invitation of a member that is neither redeemed nor revoked, expired or not; null when there is none.</summary>
    public static Task<Invitation?> OfAsync(MembershipDb db, Member member, CancellationToken ct) =>
        db
            .Invitations.AsNoTracking()
            .Where(i => i.WorkspaceId == member.WorkspaceId && i.MemberId == member.Id && i.Stored == InvitationStatus.Pending)
            .OrderByDescending(i => i.Id)
            .FirstOrDefaultAsync(ct);

    /// <summary>Revokes it.</summary>
    public static async Task CloseAsync(Attempt attempt, Member member, CancellationToken ct)
    {
        if (await OfAsync(attempt.Db, member, ct) is { } open)
        {
            Close(attempt, open, InvitationStatus.Revoked);
        }
    }

    /// <summary>
    /// Whoever comes in has no use for an invitation any more, by whatever way they came: it counts as accepted. Asked wherever somebody is
    /// placed. It stays open for whom a directory brought without an account where no provider can show that they are that person: then its
    /// link is their only way to one.
    /// </summary>
    public static async Task SettleAsync(Attempt attempt, WorkspaceContext workspace, Member? before, Member after, CancellationToken ct)
    {
        if (
            attempt.Redeems
            || before is null
            || after.State != MemberState.Active
            || (before.JoinedAt is not null && (before.AccountId is not null || after.AccountId is null))
            || await OfAsync(attempt.Db, after, ct) is not { } open
            || (after.AccountId is null && !await HasOtherWayAsync(attempt.Db, workspace, after, ct))
        )
        {
            return;
        }

        var closed = Close(attempt, open, InvitationStatus.Accepted);
        attempt.Changes.Tell(
            "invitation.accepted",
            after.WorkspaceId,
            ("invitation", open.Id.Value, open.UserName),
            open,
            closed,
            after.AccountId is null ? "Their directory brought them in." : "They came in another way."
        );
    }

    private static async Task<bool> HasOtherWayAsync(MembershipDb db, WorkspaceContext workspace, Member member, CancellationToken ct) =>
        (await ConnectionPolicy.OfferedAsync(db, workspace, ct)).Exists(c => LinkProof.MayLink(c, workspace, member));

    /// <summary>
    /// Closes an invitation: its secrets are wiped, and what it kept of the person; only hashes stay to say what became of the link. One
    /// whose time was over is expired, whatever ends it: nobody revoked it.
    /// </summary>
    public static Invitation Close(Attempt attempt, Invitation open, InvitationStatus status)
    {
        status = status == InvitationStatus.Revoked ? Ended(open, attempt.At) : status;
        var closed = open with
        {
            Stored = status,
            ClosedAt = attempt.At,
            LinkSealed = null,
            MailSealed = null,
            MemberBefore = null,
            Version = open.Version + 1,
        };
        attempt.Changes.Update(open, closed);
        return closed;
    }

    /// <summary>How an open invitation stands when it is ended now.</summary>
    public static InvitationStatus Ended(Invitation open, DateTimeOffset at) =>
        open.StatusAt(at) == InvitationStatus.Expired ? InvitationStatus.Expired : InvitationStatus.Revoked;

    /// <summary>Lets only one of several acts that each read the member go through, where none of them changes the member.</summary>
    public static void Guard(Attempt attempt, Member member) =>
        attempt.Changes.Execute(
            new(
                "UPDATE members SET version = version + 1 WHERE workspace_id = @p0 AND id = @p1 AND version = @p2",
                [Value.Of("@p0", member.WorkspaceId.Value), Value.Of("@p1", member.Id.Value), Value.Of("@p2", member.Version)],
                1,
                GuardFailure.Conflict
            )
        );

    /// <summary>Lets the invitation say the role that the member was given since.</summary>
    public static async Task SetRoleAsync(Attempt attempt, Member member, CancellationToken ct)
    {
        if (member.State == MemberState.Invited && await OfAsync(attempt.Db, member, ct) is { } open && open.Role != member.Role)
        {
            attempt.Changes.Update(open, open with { Role = member.Role, Version = open.Version + 1 });
        }
    }
}
