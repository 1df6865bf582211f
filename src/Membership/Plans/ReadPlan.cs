using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Plans;

/// <summary>A plan, and what is used of it.</summary>
/// <param name="Terms">What it says.</param>
/// <param name="Counts">Seats, slots and licenses in use.</param>
/// <param name="Mails">What is left of the invitations by mail.</param>
/// <param name="MailsUsed">How many were mailed in the period that counts now.</param>
/// <param name="IsOver">Whether the trial is over.</param>
public sealed record PlanUse(PlanTerms Terms, Counts Counts, MailsLeft Mails, long MailsUsed, bool IsOver);

/// <summary>Reads a workspace's plan, for those who may see its people. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ReadPlan(Store store)
{
    /// <summary>Reads it.</summary>
    public async Task<Outcome<PlanUse>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var at = store.Time.Now();
        return new PlanUse(
            PlanTerms.Of(workspace),
            await Counts.ReadAsync(db, workspaceId, ct),
            await MailQuota.ReadAsync(db, workspace, at, ct),
            await MailQuota.UsedAsync(db, workspace, at, ct),
            workspace.Plan.IsOver(at)
        );
    }
}
