using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// An admin ends a member's sessions in this workspace, in every browser from the next request on. The person proves
/// anew who they are before this workspace opens again; other workspaces of theirs are not touched.
/// Refusals: <c>notFound</c>, <c>forbidden</c>, <c>grantCeiling</c>, <c>ownMembership</c>, <c>notJoined</c>.
/// </summary>
public sealed class EndMemberSessions(Store store)
{
    /// <summary>Ends them.</summary>
    public Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> memberId, CancellationToken ct) =>
        store.ChangeAsync<Member>(
            actor,
            workspaceId,
            "member.sessionsEnded",
            async attempt =>
            {
                attempt.Concerns(memberId);
                if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                var self = new Refusal(RefusalKind.Conflict, "ownMembership", "Your own sessions are on your sessions page.");
                if (!(await MemberAct.FindAsync(attempt, workspaceId, memberId, self, ct)).Is(out var member, out var refusal))
                {
                    return refusal;
                }

                if (member.AccountId is not { } account)
                {
                    return new Refusal(RefusalKind.Conflict, "notJoined", $"{member.ShownName} has never signed in.");
                }

                var before = await attempt
                    .Db.SessionEnds.AsNoTracking()
                    .FirstOrDefaultAsync(e => e.WorkspaceId == workspaceId && e.AccountId == account, ct);
                var after = new SessionEnd
                {
                    WorkspaceId = workspaceId,
                    AccountId = account,
                    EndedAt = attempt.At,
                };
                if (before is null)
                {
                    attempt.Changes.Add(after);
                }
                else
                {
                    attempt.Changes.Update(before, after);
                }

                attempt.Changes.Tell("member.sessionsEnded", workspaceId, ("member", memberId.Value, member.ShownName));
                return member;
            },
            ct
        );
}
