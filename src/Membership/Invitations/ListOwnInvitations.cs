using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>An open invitation of who is signed in.</summary>
/// <param name="Workspace">Into where.</param>
/// <param name="Invitation">The invitation.</param>
public sealed record OwnInvitation(WorkspaceContext Workspace, Invitation Invitation);

/// <summary>
/// The open invitations of who is signed in, found without their links: those whose user name is the address that the account has proven,
/// by the mail that was answered or by a provider whose word counts everywhere. An address that is only claimed finds none.
/// </summary>
public sealed class ListOwnInvitations(Store store)
{
    private const int Most = 20;

    /// <summary>Lists them, newest first.</summary>
    public async Task<IReadOnlyList<OwnInvitation>> RunAsync(SignedIn who, CancellationToken ct)
    {
        if (who.Account.ProvenEmailKey is not { } key)
        {
            return [];
        }

        var now = store.Time.Now();
        await using var db = store.Read();
        var rows = await (
            from m in db.Members.AsNoTracking()
            join i in db.Invitations.AsNoTracking() on new { m.WorkspaceId, m.Id } equals new { i.WorkspaceId, Id = i.MemberId }
            join w in db.Workspaces.AsNoTracking() on m.WorkspaceId equals w.Id
            where m.UserNameKey == key && m.State == MemberState.Invited
            where i.Stored == InvitationStatus.Pending && i.ExpiresAt > now
            orderby i.Id descending
            select new { Invitation = i, Row = w }
        )
            .Take(Most)
            .ToListAsync(ct);
        return
        [
            .. rows.Where(r => Key.Of(r.Invitation.UserName) == key)
                .Select(r => new OwnInvitation(WorkspaceContext.Of(db, r.Row), r.Invitation)),
        ];
    }

    /// <summary>
    /// The secret of one of them, by which it is redeemed as with its link; null when it is none of theirs, or not open any more.
    /// </summary>
    public async Task<string?> SecretAsync(SignedIn who, Id<Invitation> id, CancellationToken ct) =>
        (await RunAsync(who, ct)).FirstOrDefault(o => o.Invitation.Id == id) is { Invitation: var own }
            ? store.Box.OpenText(Invitation.LinkPurpose, own.LinkSealed)
            : null;

    /// <summary>Whether somebody new, whose address a provider proved, has an open invitation into a workspace.</summary>
    internal static async Task<bool> IsInvitedAsync(Attempt attempt, WorkspaceContext workspace, string address, CancellationToken ct) =>
        await MemberWithGrants.ByUserNameAsync(attempt.Db, workspace.Id, address, ct) is { Member: { State: MemberState.Invited } member }
        && await PendingInvitations.OfAsync(attempt.Db, member, ct) is { } open
        && open.StatusAt(attempt.At) == InvitationStatus.Pending
        && Key.Of(open.UserName) == Key.Of(address);
}
