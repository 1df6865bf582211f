using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Plans;

/// <summary>
/// Opens the portal where whoever pays for a workspace changes its seats. Refusals: <c>forbidden</c>, <c>noCustomer</c> where nobody pays
/// through it, <c>billingOff</c>, <c>billingAway</c>.
/// </summary>
public sealed class OpenBillingPortal(Store store, IBilling billing)
{
    /// <summary>Whether there is one for this workspace.</summary>
    public bool IsThereFor(WorkspaceContext workspace) => billing.IsSet && workspace.Row.BillingCustomer is not null;

    /// <summary>Opens it; gives its address.</summary>
    /// <param name="actor">Who goes there.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="back">Where they come back to.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Outcome<Uri>> RunAsync(Actor actor, Id<Workspace> workspaceId, Uri back, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ManageSeats) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace ? Refusal.NotFound("workspace")
            : workspace.Row.BillingCustomer is not { } customer
                ? new Refusal(
                    RefusalKind.Conflict,
                    "noCustomer",
                    "This is not paid for at the billing portal: whoever runs the server knows more."
                )
            : await billing.OpenPortalAsync(customer, back, ct);
    }
}
