using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Members;

/// <summary>
/// Members whose stored key is not today's key of their user name: an older version wrote it, or somebody else has the name by
/// today's rules and came first (see <see cref="RekeyNames"/>). They stand apart as long as the name is somebody else's, and
/// no longer, so that nobody makes a second person of them. Of two at once the unique index lets one through, and the other is planned
/// anew.
/// </summary>
internal static class ApartNames
{
    /// <summary>
    /// The key with which a member is written: today's, unless it is the one that their name has and somebody else holds it.
    /// </summary>
    public static async Task<string> KeyAsync(Attempt attempt, Member? before, Member after, CancellationToken ct)
    {
        var key = Key.Of(after.UserName);
        return
            before?.UserNameKey is { } stored
            && stored != key
            && Key.Of(before.UserName) == key
            && await attempt.Db.Members.AnyAsync(m => m.WorkspaceId == after.WorkspaceId && m.UserNameKey == key && m.Id != after.Id, ct)
            ? stored
            : key;
    }

    /// <summary>Hands a key that a member gives up to the first who stands apart for its sake. Queued after the member's own row.</summary>
    public static async Task HandOnAsync(Attempt attempt, Member? before, Member after, CancellationToken ct)
    {
        if (before?.UserNameKey is not { } free || free == after.UserNameKey)
        {
            return;
        }

        var waiting = await attempt
            .Db.MemberKeys.AsNoTracking()
            .Where(k =>
                k.WorkspaceId == after.WorkspaceId && k.Attribute == MemberKey.UserName && k.Value == free && k.MemberId != after.Id
            )
            .OrderBy(k => k.MemberId)
            .ToListAsync(ct);
        foreach (var key in waiting)
        {
            var heir = await attempt
                .Db.Members.AsNoTracking()
                .FirstOrDefaultAsync(m => m.WorkspaceId == key.WorkspaceId && m.Id == key.MemberId && m.State != MemberState.Ended, ct);
            attempt.Changes.Remove(key, mustExist: false);
            if (heir is not null && Key.Of(heir.UserName) == free)
            {
                attempt.Changes.Execute(
                    new(
                        "UPDATE members SET user_name_key = $1, version = version + 1 WHERE workspace_id = $2 AND id = $3 AND version = $4",
                        [
                            .. new object[] { free, heir.WorkspaceId.Value, heir.Id.Value, heir.Version }.Select(
                                (value, i) => Value.Of(PositionalName.Of(i), value)
                            ),
                        ],
                        1,
                        GuardFailure.Conflict
                    )
                );
                return;
            }
        }
    }
}
