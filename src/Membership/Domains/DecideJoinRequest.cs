using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// An admin decides about somebody who asks to join. Yes invites them, in the role that is named, and mails that; what the domain opened
/// when they asked is asked once more, of DNS too where DNS proved it. No mails that as well. Refusals: <c>forbidden</c>,
/// <c>grantCeiling</c>,
/// <c>notFound</c>, <c>decided</c>, <c>domainNotProven</c>, <c>domainJoinNotAllowed</c> where the operator shut the gate,
/// <c>domainJoinOff</c> where the domain lets nobody join now, <c>dnsSilent</c>, those of <see cref="SelfInvitation"/>.
/// </summary>
public sealed class DecideJoinRequest(Store store, CheckEmailDomain check)
{
    private static readonly TimeSpan CheckedFor = TimeSpan.FromHours(1);

    /// <summary>Says yes.</summary>
    /// <param name="actor">Who decides.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The request.</param>
    /// <param name="role">The role's key; null or empty for that of the domain.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<JoinRequest>> ApproveAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<JoinRequest> id,
        string? role,
        CancellationToken ct
    )
    {
        if (await RecheckAsync(actor, workspaceId, id, ct) is { } lost)
        {
            return lost;
        }

        return await RunAsync(
            actor,
            workspaceId,
            id,
            "joinRequest.approved",
            async (attempt, workspace, request) =>
            {
                if (await DomainRules.OpenForAsync(attempt.Db, workspace, request.UserName, ct) is not { } domain)
                {
                    return await WhyShutAsync(attempt.Db, workspace, request, ct);
                }

                var wanted = string.IsNullOrEmpty(role) ? DomainRules.RoleOf(workspace, domain) : role;
                if (InvitePeople.AgainstRole(workspace.Configuration, actor, wanted, null) is { } beyond)
                {
                    return beyond;
                }

                var source = DomainRules.Source(workspace, domain, wanted) with { By = actor.Name, Inviter = actor.Member };
                var planned = await SelfInvitation.PlanAsync(attempt, workspace, request.UserName, source, sendMail: true, ct);
                return planned.Refusal is { } no ? no : JoinRequestState.Approved;
            },
            ct
        );
    }

    /// <summary>Says no.</summary>
    public Task<Outcome<JoinRequest>> RejectAsync(Actor actor, Id<Workspace> workspaceId, Id<JoinRequest> id, CancellationToken ct) =>
        RunAsync(
            actor,
            workspaceId,
            id,
            "joinRequest.rejected",
            (attempt, _, request) =>
            {
                attempt.Changes.Send(OutboxKind.JoinRejectedMail, request.Id.Value, "joinRequest:" + request.Id, workspaceId);
                return Task.FromResult<Outcome<JoinRequestState>>(JoinRequestState.Rejected);
            },
            ct
        );

    private Task<Outcome<JoinRequest>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<JoinRequest> id,
        string act,
        Func<Attempt, WorkspaceContext, JoinRequest, Task<Outcome<JoinRequestState>>> decide,
        CancellationToken ct
    ) =>
        store.ChangeAsync<JoinRequest>(
            actor,
            workspaceId,
            act,
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.InviteMembers) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await attempt.Db.JoinRequests.AsNoTracking().FirstOrDefaultAsync(r => r.WorkspaceId == workspaceId && r.Id == id, ct)
                        is not { State: not JoinRequestState.Unproven } request
                )
                {
                    return Refusal.NotFound("request");
                }

                attempt.Concerns("joinRequest", id.Value, request.UserName);
                if (request.State != JoinRequestState.Waiting)
                {
                    return new Refusal(RefusalKind.Conflict, "decided", "Somebody decided about this request already.");
                }

                if (!(await decide(attempt, workspace, request)).Is(out var state, out var refusal))
                {
                    return refusal;
                }

                var decided = request with
                {
                    State = state,
                    DecidedAt = attempt.At,
                    DecidedBy = actor.Member,
                    Version = request.Version + 1,
                };
                attempt.Changes.Update(request, decided);
                attempt.Changes.TellFacts(
                    act,
                    workspaceId,
                    ("joinRequest", id.Value, request.UserName),
                    null,
                    new { decided = state.Shown() }
                );
                return decided;
            },
            ct
        );

    /// <summary>Why the domain of a request opens nothing: each has another way out.</summary>
    private static async Task<Refusal> WhyShutAsync(MembershipDb db, WorkspaceContext workspace, JoinRequest request, CancellationToken ct)
    {
        var name = EmailAddress.Domain(request.UserName);
        if (workspace.Row.DomainJoinAllowed != true)
        {
            return new(
                RefusalKind.Conflict,
                "domainJoinNotAllowed",
                "Whoever runs this server does not let people join here by their e-mail domain now. "
                    + "Ask them to open it, invite the person yourself, or reject the request."
            );
        }

        var isProven = await db.EmailDomains.AnyAsync(d => d.WorkspaceId == workspace.Id && d.Name == name && d.VerifiedAt != null, ct);
        return isProven
            ? new(
                RefusalKind.Conflict,
                "domainJoinOff",
                $"{name} lets nobody join now. Change that on the page Access, invite the person yourself, or reject the request."
            )
            : new(RefusalKind.Conflict, "domainNotProven", $"{name} is not proven any more. Reject the request, or prove the domain anew.");
    }

    private async Task<Refusal?> RecheckAsync(Actor actor, Id<Workspace> workspaceId, Id<JoinRequest> id, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.InviteMembers) is not null)
        {
            return null; // the act says so, and tells of it
        }

        EmailDomain? domain;
        await using (var db = store.Read())
        {
            domain = await (
                from r in db.JoinRequests.AsNoTracking()
                join d in db.EmailDomains.AsNoTracking() on new { r.WorkspaceId, Id = r.DomainId } equals new { d.WorkspaceId, d.Id }
                where r.WorkspaceId == workspaceId && r.Id == id
                select d
            ).FirstOrDefaultAsync(ct);
        }

        if (domain is not { VerifiedBy: DomainProof.Dns } || domain.CheckedAt > store.Time.Now() - CheckedFor)
        {
            return null;
        }

        return (await check.AskAsync(Actor.System, domain, ct)).Refusal is { Code: not "notFound" } refusal
            ? refusal.Code == "dnsSilent"
                ? refusal
                : new(
                    RefusalKind.Conflict,
                    "domainNotProven",
                    $"{domain.Name} is not proven any more: its TXT record is gone. Nobody was let in."
                )
            : null;
    }
}
