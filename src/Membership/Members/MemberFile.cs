using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>A member as an act needs to see them before it changes something.</summary>
/// <param name="Member">The row.</param>
/// <param name="Grants">Why they have what they have.</param>
internal sealed record MemberFile(Member Member, IReadOnlyList<Grant> Grants)
{
    /// <summary>Reads a member who has not ended; null when there is none.</summary>
    public static async Task<MemberFile?> ReadAsync(MembershipDb db, Id<Workspace> workspace, Id<Member> id, CancellationToken ct) =>
        await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace && m.Id == id && m.State != MemberState.Ended, ct) is { } member
            ? new(member, await GrantsOfAsync(db, workspace, id, ct))
            : null;

    /// <summary>Reads a member by user name; null when nobody of that name is there.</summary>
    public static async Task<MemberFile?> ByUserNameAsync(MembershipDb db, Id<Workspace> workspace, string userName, CancellationToken ct)
    {
        var key = Key.Of(userName);
        return await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace && m.UserNameKey == key, ct) is { } member
            ? new(member, await GrantsOfAsync(db, workspace, member.Id, ct))
            : null;
    }

    private static Task<List<Grant>> GrantsOfAsync(MembershipDb db, Id<Workspace> workspace, Id<Member> id, CancellationToken ct) =>
        db.Grants.AsNoTracking().Where(g => g.WorkspaceId == workspace && g.MemberId == id).ToListAsync(ct);
}
