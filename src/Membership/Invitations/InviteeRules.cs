using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>Somebody who is to be invited, as far as the rules ask.</summary>
/// <param name="UserNameKey">By what the name is compared.</param>
/// <param name="Role">The role's key.</param>
/// <param name="IsMailed">Whether the invitation is mailed, which counts in the quota.</param>
internal readonly record struct Invitee(string UserNameKey, string Role, bool IsMailed);

/// <summary>
/// What stands against people who are to be invited: the one rule for a name that is typed into the form, for the rows of an import, and
/// for each invitation at the moment it is made. What stands against a member who is there is <see cref="InvitePeople"/>'s.
/// </summary>
internal static class InviteeRules
{
    private const int Piece = 1000;

    /// <summary>What stands against a name by itself; null for nothing.</summary>
    /// <param name="field">The field that holds it, for the refusal.</param>
    /// <param name="userName">The name, as <see cref="Key.Identifier"/> leaves it.</param>
    /// <param name="asAddress">Whether it has to be an address: mail goes there, or people sign in by it.</param>
    public static Refusal? AgainstName(string field, string userName, bool asAddress) =>
        !asAddress ? Key.Check(field, userName)
        : userName.Length == 0 ? Refusal.Invalid(field, "The e-mail address is missing.")
        : !EmailAddress.IsValid(userName) || Key.Check(field, userName) is not null
            ? Refusal.Invalid(field, "This is no valid e-mail address.")
        : null;

    /// <summary>
    /// What stands against each of several whose names are good, in their order: who comes first has the last place. The statements are
    /// few, however many people.
    /// </summary>
    /// <param name="db">Through which it reads.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="actor">Who invites.</param>
    /// <param name="people">The people.</param>
    /// <param name="room">What is left for those who come in; null where it is not asked for.</param>
    /// <param name="at">The time.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<List<Refusal?>> AgainstAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        Actor actor,
        IReadOnlyList<Invitee> people,
        RoomLeft? room,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var members = await MembersAsync(db, workspace.Id, [.. people.Select(p => p.UserNameKey)], ct);
        var open = await OpenAsync(
            db,
            workspace.Id,
            [.. members.Values.Where(m => m.State is MemberState.Active or MemberState.Invited or MemberState.Removed).Select(m => m.Id)],
            ct
        );
        var mails = await MailQuota.LeftAsync(db, workspace, at, ct);
        var found = new List<Refusal?>(people.Count);
        foreach (var one in people)
        {
            var member = members.GetValueOrDefault(one.UserNameKey);
            var against =
                (member is null ? null : InvitePeople.Against(workspace, actor, member, open.GetValueOrDefault(member.Id), at))
                ?? (one.IsMailed && mails == 0 ? MailQuota.Reached(workspace, at) : null)
                ?? (member is { State: MemberState.Active } ? null : room?.Take(one.Role));
            found.Add(against);
            mails -= against is null && one.IsMailed ? 1 : 0;
        }

        return found;
    }

    private static async Task<Dictionary<string, Member>> MembersAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<string> keys,
        CancellationToken ct
    )
    {
        var members = new Dictionary<string, Member>(StringComparer.Ordinal);
        foreach (var piece in keys.Chunk(Piece))
        {
            foreach (
                var member in await db
                    .Members.AsNoTracking()
                    .Where(m => m.WorkspaceId == workspace && piece.Contains(m.UserNameKey))
                    .ToListAsync(ct)
            )
            {
                members[member.UserNameKey!] = member;
            }
        }

        return members;
    }

    private static async Task<Dictionary<Id<Member>, Invitation>> OpenAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Id<Member>> ids,
        CancellationToken ct
    )
    {
        var open = new Dictionary<Id<Member>, Invitation>();
        foreach (var piece in ids.Chunk(Piece))
        {
            var found = await db
                .Invitations.AsNoTracking()
                .Where(i => i.WorkspaceId == workspace && piece.Contains(i.MemberId) && i.Stored == InvitationStatus.Pending)
                .OrderBy(i => i.Id)
                .ToListAsync(ct);
            foreach (var invitation in found)
            {
                open[invitation.MemberId] = invitation;
            }
        }

        return open;
    }
}
