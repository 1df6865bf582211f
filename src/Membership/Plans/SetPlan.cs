using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Plans;

/// <summary>
/// The operator says what a workspace's plan is. A limit may be set below what is in use: nobody is thrown out, nothing more is given out.
/// Naming who pays takes over the seats of what they subscribed to already. Refusals: <c>forbidden</c>, <c>notFound</c>, <c>stale</c>,
/// <c>customerTaken</c>, a number, contact or customer that is none, a license type that is not there.
/// </summary>
public sealed class SetPlan(Store store)
{
    /// <summary>The name of the act.</summary>
    internal const string Act = "plan.set";

    /// <summary>Sets it.</summary>
    /// <param name="actor">The operator.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="change">Makes of what holds what is to hold.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<WorkspaceContext>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Func<PlanTerms, PlanTerms> change,
        CancellationToken ct
    ) => RunAsync(actor, workspaceId, null, change, ct);

    /// <summary>Sets it where the workspace is still as it was read.</summary>
    /// <param name="actor">The operator.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="seen">The workspace's version that the change is based on; null for any.</param>
    /// <param name="change">Makes of what holds what is to hold.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<WorkspaceContext>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        long? seen,
        Func<PlanTerms, PlanTerms> change,
        CancellationToken ct
    )
    {
        var named = false;
        var set = await store.ChangeAsync<WorkspaceContext>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (!actor.Unlimited)
                {
                    return Refusal.Forbidden("Only whoever runs the server sets a plan.");
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                if (seen is { } version && workspace.Row.Version != version)
                {
                    return Refusal.Stale();
                }

                var now = PlanTerms.Of(workspace);
                var wanted = change(now);
                if (wanted.Check(workspace.Configuration) is { } wrong)
                {
                    return wrong;
                }

                named = wanted.Customer is not null && wanted.Customer != now.Customer;
                if (named && await attempt.Db.Workspaces.AnyAsync(w => w.BillingCustomer == wanted.Customer && w.Id != workspaceId, ct))
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "customerTaken",
                        "Another workspace is paid for by this customer.",
                        "customer"
                    );
                }

                return await WriteAsync(attempt, workspace, wanted, ct);
            },
            ct
        );
        return set.Done && named ? await PaidSeats.SettleAsync(store, set.Value, ct) : set;
    }

    /// <summary>Plans the write of a plan: the workspace's row, its counters and the line.</summary>
    internal static async Task<WorkspaceContext> WriteAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        PlanTerms wanted,
        CancellationToken ct
    )
    {
        var row = workspace.Row;
        var configuration = wanted.Over(workspace.Configuration);
        var after = row with
        {
            Configuration = configuration.WriteOver(row.Configuration),
            Plan = (
                workspace.Plan with
                {
                    Tier = wanted.Tier,
                    MailsInAll = wanted.MailsInAll,
                    TrialEnds = wanted.TrialEnds,
                    Contact = wanted.Contact,
                }
            ).WriteOver(row.Plan),
            BillingCustomer = wanted.Customer,
        };
        if (after == row)
        {
            return workspace;
        }

        after = after with { Version = row.Version + 1, ConfigurationVersion = row.ConfigurationVersion + 1 };
        attempt.Changes.Update(row, after);
        await ChangeConfiguration.WriteLimitsAsync(attempt, row.Id, configuration, ct);
        var planned = WorkspaceContext.Planned(after);
        SeatLine.FormsBy(attempt, workspace, planned);
        attempt.Changes.Tell(Act, row.Id, ("workspace", row.Id.Value, row.Name), row, after);
        return planned;
    }
}
