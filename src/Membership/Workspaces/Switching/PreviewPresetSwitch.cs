using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;

namespace UserManagement.Membership.Workspaces.Switching;

/// <summary>One line of the map of roles.</summary>
/// <param name="From">The key of the present role.</param>
/// <param name="To">The key of the role of the preset.</param>
/// <param name="People">How many listed people have it, invited people among them.</param>
/// <param name="Invitations">How many open invitations name it.</param>
public sealed record RoleMove(string From, string To, long People, long Invitations);

/// <summary>One line of the map of licenses.</summary>
/// <param name="From">The key of the present license.</param>
/// <param name="To">The key of the license of the preset; empty for none.</param>
/// <param name="People">How many hold it.</param>
public sealed record LicenseMove(string From, string To, long People);

/// <summary>What a switch would do.</summary>
/// <param name="Wanted">The configuration as it would be.</param>
/// <param name="Roles">What becomes of each role.</param>
/// <param name="Licenses">What becomes of each license.</param>
/// <param name="SeatsNeeded">How many people would need a seat.</param>
/// <param name="SeatsLacking">How many of them would find none.</param>
/// <param name="Effects">In words, losses first.</param>
/// <param name="Refusal">Why it would be refused; null where it would be done.</param>
/// <param name="Version">The version of the workspace that was looked at.</param>
public sealed record PresetSwitchPreview(
    WorkspaceConfiguration Wanted,
    IReadOnlyList<RoleMove> Roles,
    IReadOnlyList<LicenseMove> Licenses,
    long SeatsNeeded,
    long SeatsLacking,
    IReadOnlyList<ConfigurationEffect> Effects,
    Refusal? Refusal,
    long Version
);

/// <summary>
/// Tells what another preset would do to the people, invitations and links of a workspace, before anything is applied
/// (<see cref="SwitchPreset"/>). Refusals: <c>forbidden</c>, <c>notFound</c>, an unknown preset, role or license, <c>grantCeiling</c>,
/// <c>ownRole</c>.
/// </summary>
public sealed class PreviewPresetSwitch(Store store)
{
    /// <summary>Looks.</summary>
    public async Task<Outcome<PresetSwitchPreview>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        PresetSwitch wanted,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        if (!(await SwitchPlan.OfAsync(db, actor, workspaceId, null, wanted, ct)).Is(out var plan, out var refusal))
        {
            return refusal;
        }

        var now = plan.Workspace.Configuration;
        var counts = await Counts.ReadAsync(db, workspaceId, ct);
        var active = await SwitchPlan.ActiveAsync(db, workspaceId, ct);
        var open = await PreviewConfiguration.OpenAsync(db, workspaceId, ct);
        var links = await db.InviteLinks.CountAsync(l => l.WorkspaceId == workspaceId && l.EndedAt == null, ct);
        var needed = plan.SeatsNeeded(active);
        var lacking = plan.Wanted.Capacity.Seats is { } seats ? Math.Max(0, needed - seats) : 0;
        List<RoleMove> roles =
        [
            .. now.Roles.Select(r => new RoleMove(
                r.Key,
                plan.Switch.Roles[r.Key],
                counts.WithRole(r.Key),
                open.Where(o => o.Role == r.Key).Sum(o => o.Count)
            )),
        ];
        List<LicenseMove> licenses =
        [
            .. now.Licenses.Select(l => new LicenseMove(l.Key, plan.Switch.Licenses[l.Key], counts.License(l.Key).Used)),
        ];
        var against =
            lacking > 0 && plan.Fallback is null ? SwitchPreset.TooFewSeats(plan.Wanted, needed)
            : counts.Admins > 0 && !HasAdmin(plan, active) ? Seats.LastAdmin()
            : null;
        return new PresetSwitchPreview(
            plan.Wanted,
            roles,
            licenses,
            needed,
            lacking,
            [.. new SwitchEffects(plan, counts, roles, licenses, needed, lacking, links).All().OrderBy(e => e.Kind)],
            against,
            plan.Workspace.Row.Version
        );
    }

    private static bool HasAdmin(SwitchPlan plan, IReadOnlyDictionary<string, long> active) =>
        active.Any(a => plan.Workspace.Configuration.Role(a.Key) is { IsAdmin: true } && plan.Admins.Contains(plan.Switch.Roles[a.Key]));
}
