using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Plans;

/// <summary>What a customer's subscriptions come to, and the workspace that they pay for.</summary>
internal static class PaidSeats
{
    /// <summary>Who acts when billing changes a plan.</summary>
    public static Actor Billing { get; } = Actor.System with { Name = "Billing" };

    /// <summary>The seats of all subscriptions of a customer; null where none was ever told of.</summary>
    public static async Task<int?> OfAsync(MembershipDb db, string customer, CancellationToken ct)
    {
        var seats = await db.BillingSubscriptions.AsNoTracking().Where(s => s.Customer == customer).Select(s => s.Seats).ToListAsync(ct);
        return seats.Count == 0 ? null : Sum(seats);
    }

    /// <summary>The sum, within what a limit can be.</summary>
    public static int Sum(IEnumerable<int> seats) => (int)Math.Min(10_000_000, seats.Sum(s => (long)s));

    /// <summary>What is paid for, in a workspace's plan: its seats, or its member slots where no role takes a seat.</summary>
    public static PlanTerms In(WorkspaceContext workspace, int seats) =>
        workspace.Configuration.Roles.Any(r => r.NeedsSeat)
            ? PlanTerms.Of(workspace) with
            {
                Seats = seats,
            }
            : PlanTerms.Of(workspace) with
            {
                MemberSlots = seats,
            };

    /// <summary>
    /// Sets a workspace's seats to what its customer pays for. Run after a customer was named and after a subscription was told of whose
    /// customer had no workspace yet: whichever of two rivals is written last sees the other.
    /// </summary>
    public static Task<Outcome<WorkspaceContext>> SettleAsync(Store store, WorkspaceContext workspace, CancellationToken ct) =>
        store.ChangeAsync<WorkspaceContext>(
            Billing,
            workspace.Id,
            SetPlan.Act,
            async attempt =>
                await WorkspaceContext.ByIdAsync(attempt.Db, workspace.Id, ct) is not { } now ? Refusal.NotFound("workspace")
                : now.Row.BillingCustomer is not { } customer || await OfAsync(attempt.Db, customer, ct) is not { } seats ? now
                : await SetPlan.WriteAsync(attempt, now, In(now, seats), ct),
            ct
        );
}
