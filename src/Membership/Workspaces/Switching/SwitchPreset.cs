using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Rules;

namespace UserManagement.Membership.Workspaces.Switching;

/// <summary>
/// Puts another preset in the place of a workspace's configuration and moves everybody over: roles, licenses, seats, open invitations, keys
/// of programs and what domains open, in one transaction of a few statements, however many people there are: there is no moment at which
/// some are moved and others not. Who finds no seat has the role without one, and waits. Refusals: those of <see cref="PreviewPresetSwitch"/>,
/// <c>stale</c>, <c>signInAgain</c>, <c>lastAdmin</c>, <c>seatsFull</c> where the preset has no role without a seat.
/// </summary>
public sealed class SwitchPreset(Store store)
{
    /// <summary>Switches.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="seen">The workspace's version that was previewed; null for any.</param>
    /// <param name="wanted">The preset, and what becomes of roles and licenses.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<WorkspaceContext>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        long? seen,
        PresetSwitch wanted,
        CancellationToken ct
    ) =>
        store.ChangeAsync<WorkspaceContext>(
            actor,
            workspaceId,
            "workspace.presetSwitched",
            async attempt =>
            {
                if (!(await SwitchPlan.OfAsync(attempt.Db, actor, workspaceId, seen, wanted, ct)).Is(out var plan, out var refusal))
                {
                    return refusal;
                }

                var row = plan.Workspace.Row;
                if (SwitchPlan.Fresh(attempt) is { } old)
                {
                    return old;
                }

                var counts = await Counts.ReadAsync(attempt.Db, workspaceId, ct);
                if (attempt.AwaitsTurn((int)Math.Min(counts.Visible, int.MaxValue)))
                {
                    return plan.Workspace;
                }

                attempt.Changes.Longest = LongestOf(counts.Visible);
                var after = row with
                {
                    Configuration = plan.Wanted.WriteOver(row.Configuration),
                    Version = row.Version + 1,
                    ConfigurationVersion = row.ConfigurationVersion + 1,
                };
                attempt.Changes.Update(row, after); // first: whoever planned by the old configuration is written by then, or plans anew
                new SwitchStatements(attempt, plan).Queue(hasAdmins: counts.Admins > 0);
                await RuleConfiguration.SwitchedAsync(attempt, plan.Workspace, ct);
                attempt.Changes.Tell("workspace.configured", workspaceId, ("workspace", workspaceId.Value, row.Name), row, after);
                attempt.Changes.TellFacts(
                    "workspace.presetSwitched",
                    workspaceId,
                    ("workspace", workspaceId.Value, row.Name),
                    new { preset = plan.Workspace.Configuration.Preset, members = counts.Listed },
                    new
                    {
                        preset = plan.Wanted.Preset,
                        roles = plan.Switch.Roles,
                        licenses = plan.Switch.Licenses,
                    }
                );
                var planned = WorkspaceContext.Planned(after);
                await ReviewReminders.FollowAsync(attempt, plan.Workspace, planned, ct);
                return planned;
            },
            ct
        );

    /// <summary>
    /// A statement that moves everybody takes some seconds for each 100,000 of them, and is not broken off for that: it is one transaction,
    /// so that breaking it off would do nothing at all.
    /// </summary>
    private static TimeSpan LongestOf(long members) => TimeSpan.FromSeconds(Math.Clamp(members / 1000, 10, 1200));

    internal static Refusal TooFewSeats(WorkspaceConfiguration wanted, long? needed) =>
        new(
            RefusalKind.Full,
            "seatsFull",
            (needed is { } some ? $"{ConfigurationEffects.Number(some)} seats are needed" : "More seats are needed")
                + $", and there are {ConfigurationEffects.Number(wanted.Capacity.Seats ?? 0)}. Map some people to a role without a seat."
        );
}
