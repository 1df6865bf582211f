using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Notes that a member is here: first and last sign-in to the workspace, last request to the minute. Written at most
/// once a minute for each member on each server, so that a request stays a read. Not audited: it is a clock, not an act.
/// </summary>
public sealed class TouchActivity(Store store)
{
    private readonly LastUsedNotes<(Id<Workspace>, Id<Member>, Id<Session>)> _noted = new(50_000);

    /// <summary>Notes it, or does nothing when that was done within the last minute, or the person is in no workspace.</summary>
    public async Task RunAsync(SignedIn who, CancellationToken ct)
    {
        if (who.Member is not { } member)
        {
            return;
        }

        if (!_noted.IsDue((member.WorkspaceId, member.Id, who.Session.Id), store.Time.Now()))
        {
            return;
        }

        await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "member.seen",
            async attempt =>
            {
                var row = await attempt
                    .Db.MemberActivities.AsNoTracking()
                    .FirstOrDefaultAsync(a => a.WorkspaceId == member.WorkspaceId && a.MemberId == member.Id, ct);
                if (row is null)
                {
                    attempt.Changes.AddIfMissing(
                        new MemberActivity
                        {
                            WorkspaceId = member.WorkspaceId,
                            MemberId = member.Id,
                            FirstSignInAt = attempt.At,
                            LastSignInAt = who.Session.CreatedAt,
                            LastActiveAt = attempt.At,
                        }
                    );
                    return default(Nothing);
                }

                var signedIn = who.Session.CreatedAt > row.LastSignInAt ? who.Session.CreatedAt : row.LastSignInAt;
                if (signedIn != row.LastSignInAt || attempt.At - row.LastActiveAt >= Store.NoteInterval)
                {
                    attempt.Changes.Update(
                        row,
                        row with
                        {
                            LastSignInAt = signedIn,
                            LastActiveAt = attempt.At > row.LastActiveAt ? attempt.At : row.LastActiveAt,
                        }
                    );
                }

                return default(Nothing);
            },
            ct
        );
    }
}
