using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Roles;

namespace UserManagement.Membership.Workspaces.Switching;

/// <summary>What a switch comes to: what will hold, and what stands against it. The preview and the act ask the same.</summary>
/// <param name="Workspace">The workspace as it is.</param>
/// <param name="Switch">The whole switch.</param>
/// <param name="Wanted">The configuration as it will be.</param>
internal sealed record SwitchPlan(WorkspaceContext Workspace, PresetSwitch Switch, WorkspaceConfiguration Wanted)
{
    /// <summary>The keys of the roles that take a seat then.</summary>
    public IReadOnlyList<string> Seated { get; } = [.. Wanted.Roles.Where(r => r.NeedsSeat).Select(r => r.Key)];

    /// <summary>The keys of the admins' roles then.</summary>
    public IReadOnlyList<string> Admins { get; } = [.. Wanted.Roles.Where(r => r.IsAdmin).Select(r => r.Key)];

    /// <summary>The role of whoever finds no seat; null where they are refused.</summary>
    public Role? Fallback => Wanted.Capacity.OnFull != OnFull.Refuse ? Wanted.Role(Wanted.Join.FallbackRole) : null;

    /// <summary>Reads the workspace and checks what can be checked without counting people.</summary>
    public static async Task<Outcome<SwitchPlan>> OfAsync(
        MembershipDb db,
        Actor actor,
        Id<Workspace> workspaceId,
        long? seen,
        PresetSwitch wanted,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        if (seen is { } version && workspace.Row.Version != version)
        {
            return Refusal.Stale(); // before what it names is looked for: that may be no more
        }

        var now = workspace.Configuration;
        if (PresetSwitch.For(now, wanted.Preset, wanted.Roles, wanted.Licenses) is not { } whole)
        {
            return Refusal.Unknown(
                "preset",
                $"There is no preset {Key.Cut(wanted.Preset, 60)}. There are: {string.Join(", ", Preset.Names)}."
            );
        }

        var plan = new SwitchPlan(workspace, whole, whole.Over(now));
        return plan.Against(actor, wanted) is { } against ? against : plan;
    }

    /// <summary>How many active people there are in each role now.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> ActiveAsync(
        MembershipDb db,
        Id<Workspace> workspaceId,
        CancellationToken ct
    ) =>
        await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspaceId && m.State == MemberState.Active)
            .GroupBy(m => m.Role)
            .ToDictionaryAsync(g => g.Key, g => g.LongCount(), ct);

    /// <summary>How many seats are needed then.</summary>
    public long SeatsNeeded(IReadOnlyDictionary<string, long> active) =>
        active.Where(a => Seated.Contains(Switch.Roles.GetValueOrDefault(a.Key) ?? "")).Sum(a => a.Value);

    private Refusal? Against(Actor actor, PresetSwitch named)
    {
        var now = Workspace.Configuration;
        if (
            named.Roles.Keys.FirstOrDefault(r => now.Role(r) is null) is { } strange
            || (strange = Switch.Roles.Values.FirstOrDefault(r => Wanted.Role(r) is null)) is not null
        )
        {
            return Refusal.Unknown("role", $"There is no role {Key.Cut(strange, 60)}.", "roles");
        }

        if (
            named.Licenses.Keys.FirstOrDefault(l => now.License(l) is null) is { } unknown
            || (unknown = Switch.Licenses.Values.FirstOrDefault(l => l.Length > 0 && Wanted.License(l) is null)) is not null
        )
        {
            return Refusal.Unknown("license", $"There is no license {Key.Cut(unknown, 60)}.", "licenses");
        }

        if (ConfigurationCheck.Check(Wanted) is { } wrong)
        {
            return wrong;
        }

        if (actor.Unlimited)
        {
            return null;
        }

        // Ranks of two catalogues cannot be compared: whoever puts one in the place of the other is at the top of the first, and gains
        // nothing by the second.
        if (now.Role(actor.Role) is not { IsAdmin: true })
        {
            return new(RefusalKind.Forbidden, "grantCeiling", "Only an admin may choose another preset.");
        }

        var given = Wanted.Roles.SelectMany(r => Wanted.PermissionsOf(r.Key)).Where(p => Permission.All.Contains(p));
        if (given.Except(actor.Permissions).ToList() is { Count: > 0 } beyond)
        {
            return new(
                RefusalKind.Forbidden,
                "grantCeiling",
                $"The preset gives roles what yours lacks: {string.Join(", ", beyond.Order(StringComparer.Ordinal))}."
            );
        }

        if (PlanLimits.AgainstSwitch(Workspace, Wanted) is { } ofPlan)
        {
            return ofPlan;
        }

        return actor.Kind == ActorKind.Member && !Admins.Contains(Switch.Roles[actor.Role!])
            ? new(
                RefusalKind.Conflict,
                "ownRole",
                $"You would be no admin any more. Map {now.Role(actor.Role)!.Label} to an admin's role, or ask another admin.",
                "roles"
            )
            : null;
    }

    /// <summary>A person's proof is asked for when it is applied, not when it is looked at.</summary>
    public static Refusal? Fresh(Attempt attempt) => RecentAuthentication.Check(attempt.Actor, attempt.At);
}
