using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Rules;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Changes a workspace's configuration. Limits may be set below what is in use: nobody is evicted, nothing more is
/// given out. Refusals: <c>forbidden</c> (what happens at a limit and the switch that assigns seats ask for
/// <see cref="Permission.ManageSeats"/> as well), <c>planLimit</c> (the limits themselves are the operator's, see <see cref="PlanLimits"/>),
/// <c>notFound</c>, <c>stale</c>, <c>attributeInUse</c> (a group rule asks for it), <c>roleInUse</c> and <c>licenseInUse</c> (a role or
/// license that somebody has cannot vanish or change what it counts as), <c>noWayIn</c> and <c>locksYouOut</c> (a sign-in policy under
/// which nobody, or not the acting admin, gets in and that nobody tried), <c>signInAgain</c> (a sign-in policy, by somebody whose proof is
/// old, whether they tried it or not),
/// <c>grantCeiling</c> (a change of the role catalogue beyond what the actor may hand out), whatever
/// <see cref="ConfigurationCheck"/> finds.
/// </summary>
public sealed class ChangeConfiguration(Store store)
{
    /// <summary>Changes it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="seen">The workspace's version that the change is based on; null for any.</param>
    /// <param name="wanted">The whole new configuration.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<WorkspaceContext>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        long? seen,
        WorkspaceConfiguration wanted,
        CancellationToken ct
    ) =>
        store.ChangeAsync<WorkspaceContext>(
            actor,
            workspaceId,
            "workspace.configured",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                if (seen is { } version && workspace.Row.Version != version)
                {
                    return Refusal.Stale();
                }

                if (ConfigurationCheck.Check(wanted) is { } wrong)
                {
                    return wrong;
                }

                if (ChangesSeats(workspace.Configuration, wanted) && actor.Demand(workspaceId, Permission.ManageSeats) is { } noSeats)
                {
                    return noSeats;
                }

                if (PlanLimits.Against(actor, workspace.Configuration, wanted) is { } ofPlan)
                {
                    return ofPlan;
                }

                if (workspace.Configuration.MayRewrite(actor, wanted) is { } beyond)
                {
                    return beyond;
                }

                if (FourEyes.Against(workspace.Configuration, actor, wanted) is { } alone)
                {
                    return alone;
                }

                if (RuleConfiguration.Against(workspace.Configuration, actor, wanted) is { } againstRules)
                {
                    return againstRules;
                }

                if (Mappings.CustomAttribute.Against(workspace.Configuration.Scim, wanted.Scim) is { } ofAnotherType)
                {
                    return ofAnotherType;
                }

                if (workspace.Configuration.Scim.Mappings is not null)
                {
                    // who was mapped once is looked for by what was sent until the directory has sent it anew
                    wanted = wanted with
                    {
                        Scim = wanted.Scim with { Mappings = wanted.Scim.Mappings ?? [] },
                    };
                }

                if (await Mappings.TryMapping.AgainstAsync(attempt.Db, workspace, wanted.Scim, ct) is { } againstMapping)
                {
                    return againstMapping;
                }

                if (await AgainstSignInAsync(attempt, workspace, wanted.SignIn, ct) is { } against)
                {
                    return against;
                }

                var after = Write(attempt, workspace, wanted);
                RefuseWhatIsInUse(attempt.Changes, workspace, wanted);
                await WriteLimitsAsync(attempt, workspaceId, wanted, ct);
                var planned = WorkspaceContext.Planned(after);
                SeatLine.FormsBy(attempt, workspace, planned);
                await ReviewReminders.FollowAsync(attempt, workspace, planned, ct);
                if (workspace.Configuration.Invitations.ReserveLicense != wanted.Invitations.ReserveLicense)
                {
                    CountLicenses(attempt.Changes, workspaceId, wanted);
                }

                await RuleConfiguration.FollowAsync(attempt, workspace, wanted, ct);
                return planned;
            },
            ct
        );

    /// <summary>Plans the write of the workspace's row, with its line; where counts or rules depend on the change, more follows.</summary>
    internal static Workspace Write(Attempt attempt, WorkspaceContext workspace, WorkspaceConfiguration wanted)
    {
        var after = workspace.Row with
        {
            Configuration = wanted.WriteOver(workspace.Row.Configuration),
            Version = workspace.Row.Version + 1,
            ConfigurationVersion = workspace.Row.ConfigurationVersion + 1,
        };
        attempt.Changes.Update(workspace.Row, after);
        attempt.Changes.Tell(
            "workspace.configured",
            workspace.Id,
            ("workspace", workspace.Id.Value, workspace.Row.Name),
            workspace.Row,
            after
        );
        return after;
    }

    /// <summary>Plans the write of the counters' limits, after that of the workspace's row.</summary>
    internal static async Task WriteLimitsAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        WorkspaceConfiguration wanted,
        CancellationToken ct
    )
    {
        var counters = await attempt.Db.Counters.AsNoTracking().Where(t => t.WorkspaceId == workspaceId).ToListAsync(ct);
        foreach (var (counter, limit) in Seats.Limits(workspaceId, wanted).OrderBy(l => l.Counter))
        {
            if (counters.FirstOrDefault(t => t.Kind == counter.Kind && t.Key == counter.Key && t.Shard == 0) is not { } row)
            {
                var missing = new Counter
                {
                    WorkspaceId = workspaceId,
                    Kind = counter.Kind,
                    Key = counter.Key,
                    Used = 0,
                };
                attempt.Changes.AddIfMissing(Seats.Asked(wanted, missing, limit, attempt.At));
            }
            else if (Seats.Asked(wanted, row, limit, attempt.At) is var asked && asked != row)
            {
                attempt.Changes.Update(row, asked);
            }
        }
    }

    /// <summary>Who is invited takes a license from now on, or no longer: each is counted anew.</summary>
    private static void CountLicenses(Changes changes, Id<Workspace> workspaceId, WorkspaceConfiguration wanted)
    {
        var states = string.Join(", ", Enum.GetValues<MemberState>().Where(s => Seats.TakesLicense(wanted, s)).Select(s => $"'{s}'"));
        foreach (var license in wanted.Licenses)
        {
            changes.Execute(
                new(
                    "UPDATE tallies SET used = (SELECT count(*) FROM members WHERE workspace_id = $1 AND license = $2 AND state IN "
                        + $"({states})) WHERE workspace_id = $1 AND kind = 'License' AND \"key\" = $2 AND slot = 0",
                    [Value.Of("$1", workspaceId.Value), Value.Of("$2", license.Key)]
                )
            );
        }
    }

    private static bool ChangesSeats(WorkspaceConfiguration now, WorkspaceConfiguration wanted) =>
        now.Capacity != wanted.Capacity || now.Join.AutoAssign != wanted.Join.AutoAssign;

    private static async Task<Refusal?> AgainstSignInAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        SignInRules wanted,
        CancellationToken ct
    )
    {
        var now = workspace.Configuration.SignIn;
        if (SignInTest.Text(now) == SignInTest.Text(wanted))
        {
            return null;
        }

        if (wanted.Connections?.Except(now.Connections ?? []).ToList() is { Count: > 0 } named)
        {
            var there = (await LockoutGuard.ConnectionsAsync(attempt.Db, workspace.Id, ct))
                .Where(c => c.IsPlatform)
                .Select(c => c.Id.Value);
            if (named.Except(there).Any())
            {
                return Refusal.Invalid("signIn.connections", "The policy names a connection that the installation does not have.");
            }
        }

        return RecentAuthentication.Check(attempt.Actor, attempt.At)
            ?? await LockoutGuard.GuardAsync(attempt, workspace, wanted, connection => connection, ct);
    }

    /// <summary>
    /// Asked once the workspace's row is changed: acts that were planned from the old configuration are all written by then and
    /// seen here, or find it changed and are planned anew.
    /// </summary>
    private static void RefuseWhatIsInUse(Changes changes, WorkspaceContext workspace, WorkspaceConfiguration wanted)
    {
        List<Func<DbCommand, DbParameter>> Values(string key) => [Value.Of("$1", workspace.Id.Value), Value.Of("$2", key)];
        foreach (var role in workspace.Configuration.Roles.Where(r => CountsOtherwise(r, wanted)))
        {
            changes.RefuseIf(
                "SELECT 1 FROM members WHERE workspace_id = $1 AND role = $2 AND state <> 'Ended'",
                Values(role.Key),
                RoleInUse(role)
            );
        }

        RuleConfiguration.RefuseWhatIsInUse(changes, workspace, wanted);
        foreach (var license in workspace.Configuration.Licenses.Where(l => wanted.License(l.Key) is null))
        {
            changes.RefuseIf(
                "SELECT 1 FROM grants g JOIN members m ON m.workspace_id = g.workspace_id AND m.id = g.member_id WHERE "
                    + "g.workspace_id = $1 AND g.kind = 'License' AND g.value = $2 AND m.state <> 'Ended'",
                Values(license.Key),
                LicenseInUse(license)
            );
        }
    }

    /// <summary>Whether a role that is there would vanish, or count as something else.</summary>
    internal static bool CountsOtherwise(Role role, WorkspaceConfiguration wanted) =>
        wanted.Role(role.Key) is not { } other || other.IsAdmin != role.IsAdmin || other.NeedsSeat != role.NeedsSeat;

    internal static Refusal RoleInUse(Role role) =>
        new(
            RefusalKind.Conflict,
            "roleInUse",
            $"Somebody has the role {role.Label}: it can neither vanish nor change whether it is an admin's or needs a seat.",
            "roles"
        );

    internal static Refusal LicenseInUse(LicenseType license) =>
        new(RefusalKind.Conflict, "licenseInUse", $"Somebody has the license {license.Label}: it cannot vanish.", "licenses");
}
