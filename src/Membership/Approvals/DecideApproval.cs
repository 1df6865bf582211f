using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Approvals;

/// <summary>What came of a decision.</summary>
/// <param name="Approval">The request as it stands.</param>
/// <param name="NotDone">Why what was approved could not be done at once; null where it was, or where whoever asked does it.</param>
public sealed record DecidedApproval(Approval Approval, Refusal? NotDone);

/// <summary>
/// A second admin says yes or no to what another one asks for. A role is given at once, in the name of whoever asked; a token is made by
/// them, for it is shown to them alone. Refusals: <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>decided</c>, <c>peopleOnly</c>,
/// <c>ownRequest</c>, <c>grantCeiling</c>.
/// </summary>
public sealed class DecideApproval(Store store)
{
    /// <summary>Decides.</summary>
    /// <param name="actor">A second admin, or the operator.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The request.</param>
    /// <param name="isYes">Whether it may be done.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<DecidedApproval>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Approval> id,
        bool isYes,
        CancellationToken ct
    )
    {
        Held.WriteInParts(); // what is approved is an act of its own
        var decided = await store.ChangeAsync<Approval>(
            actor,
            workspaceId,
            isYes ? "approval.approved" : "approval.rejected",
            async attempt =>
            {
                if ((NoProgram(actor) ?? RecentAuthentication.Check(actor, attempt.At)) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await attempt.Db.Approvals.AsNoTracking().FirstOrDefaultAsync(a => a.WorkspaceId == workspaceId && a.Id == id, ct)
                        is not { } asked
                )
                {
                    return actor.Demand(workspaceId, Permission.ManageMembers) ?? Refusal.NotFound("request");
                }

                if ((MayDecide(actor, workspace, asked) ?? await OwnAsync(attempt.Db, actor, asked, ct)) is { } beyond)
                {
                    return beyond;
                }

                if (!asked.IsOpen(attempt.At))
                {
                    return new Refusal(RefusalKind.Conflict, "decided", "Somebody decided already, or its time is over.");
                }

                var after = asked with
                {
                    State = isYes ? ApprovalState.Approved : ApprovalState.Rejected,
                    ExpiresAt = isYes ? attempt.At + Approval.Lives : asked.ExpiresAt,
                    DecidedById = actor.Id,
                    DecidedBy = actor.Name,
                    DecidedAt = attempt.At,
                    Version = asked.Version + 1,
                };
                attempt.Changes.Update(asked, after);
                FourEyes.Tell(
                    attempt,
                    isYes ? "approval.approved" : "approval.rejected",
                    workspace,
                    asked,
                    after,
                    $"asked for by {asked.AskedBy}"
                );
                return after;
            },
            ct
        );
        return !decided.Is(out var approval, out var no) ? no : new DecidedApproval(approval, await DoAsync(approval, ct));
    }

    private static Refusal? NoProgram(Actor actor) =>
        actor.Kind == ActorKind.ApiKey ? new(RefusalKind.Forbidden, "peopleOnly", "A key approves nothing. A person does.") : null;

    private static Refusal? MayDecide(Actor actor, WorkspaceContext workspace, Approval asked) =>
        asked.Act == FourEyesAct.GrantAdmin
            ? actor.Demand(workspace.Id, Permission.ManageMembers) ?? workspace.Configuration.MayGrant(actor, asked.Value)
            : actor.Demand(workspace.Id, Permission.ManageDirectory);

    /// <summary>Also what one's own key, app or set-up link asked for is one's own: nobody is a second admin to themselves.</summary>
    private static async Task<Refusal?> OwnAsync(MembershipDb db, Actor actor, Approval asked, CancellationToken ct)
    {
        var (key, link) = (new Id<ApiKey>(asked.AskedById), new Id<PortalLink>(asked.AskedById));
        var isOwn =
            !actor.Unlimited
            && (
                actor.Id == asked.AskedById
                || await db.ApiKeys.AnyAsync(k => k.WorkspaceId == asked.WorkspaceId && k.Id == key && k.MadeById == actor.Member, ct)
                || await db.Clients.AnyAsync(
                    c => c.WorkspaceId == asked.WorkspaceId && c.Id == asked.AskedById && c.RoleGivenById == actor.Member,
                    ct
                )
                || await db.PortalLinks.AnyAsync(l => l.WorkspaceId == asked.WorkspaceId && l.Id == link && l.MadeById == actor.Member, ct)
            );
        return isOwn ? new(RefusalKind.Conflict, "ownRequest", "You asked for this yourself. Another admin decides.") : null;
    }

    private async Task<Refusal?> DoAsync(Approval approval, CancellationToken ct)
    {
        if (approval is not { State: ApprovalState.Approved, Act: FourEyesAct.GrantAdmin, AskedKind: ActorKind.Member })
        {
            return null;
        }

        Actor asker;
        await using (var db = store.Read())
        {
            var id = new Id<Member>(approval.AskedById);
            var workspace = (await WorkspaceContext.ByIdAsync(db, approval.WorkspaceId, ct))!;
            if (
                await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == approval.WorkspaceId && m.Id == id, ct)
                is not { State: MemberState.Active } member
            )
            {
                return Refusal.Forbidden("Whoever asked for it is no longer here.");
            }

            asker = new()
            {
                Kind = ActorKind.Member,
                Door = Door.None,
                Name = approval.AskedBy,
                Id = approval.AskedById,
                Workspace = approval.WorkspaceId,
                Member = id,
                Role = member.Role,
                Permissions = workspace.Configuration.PermissionsOf(member.Role),
            };
        }

        return (await new AssignRole(store).RunAsync(asker, approval.WorkspaceId, new(approval.TargetId), approval.Value, ct)).Refusal;
    }
}
