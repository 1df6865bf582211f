using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Tells what a change of the configuration would do, in words, by rehearsing it: <see cref="ChangeConfiguration"/> is planned as it will be
/// and nothing is written, and what its last questions would find (a role or license that somebody has) is looked up. Refusals:
/// <c>forbidden</c>, <c>notFound</c>; why the change itself would be refused stands in what is given back.
/// </summary>
public sealed class PreviewConfiguration(Store store)
{
    /// <summary>Rehearses it.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="wanted">The whole configuration as it is to be.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Outcome<ConfigurationPreview>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        WorkspaceConfiguration wanted,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        Refusal? refusal;
        using (new Held([], true, _ => { }, rehearses: true).Enter())
        {
            refusal = (await new ChangeConfiguration(store).RunAsync(actor, workspaceId, null, wanted, ct)).Refusal;
        }

        var counts = await Counts.ReadAsync(db, workspaceId, ct);
        var open = await OpenAsync(db, workspaceId, ct);
        refusal ??= await InUseAsync(db, workspace, wanted, open, ct);
        var effects = refusal is { Kind: RefusalKind.Invalid }
            ? [] // what is no configuration has no effect
            : new ConfigurationEffects(workspace.Configuration, wanted, counts, open).All();
        return new ConfigurationPreview([.. effects.OrderBy(e => e.Kind)], refusal, workspace.Row.Version);
    }

    /// <summary>The open invitations by role and license.</summary>
    internal static async Task<IReadOnlyList<OpenInvitations>> OpenAsync(
        MembershipDb db,
        Id<Workspace> workspaceId,
        CancellationToken ct
    ) =>
        await db
            .Invitations.AsNoTracking()
            .Where(i => i.WorkspaceId == workspaceId && i.Stored == InvitationStatus.Pending)
            .GroupBy(i => new { i.Role, i.License })
            .Select(g => new OpenInvitations(g.Key.Role, g.Key.License, g.Count()))
            .ToListAsync(ct);

    /// <summary>What <see cref="ChangeConfiguration"/> asks once its rows are changed, asked before: with the numbers, for people.</summary>
    private static async Task<Refusal?> InUseAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        WorkspaceConfiguration wanted,
        IReadOnlyList<OpenInvitations> open,
        CancellationToken ct
    )
    {
        foreach (var role in workspace.Configuration.Roles)
        {
            if (
                ChangeConfiguration.CountsOtherwise(role, wanted)
                && await db.Members.AnyAsync(m => m.WorkspaceId == workspace.Id && m.Role == role.Key && m.State != MemberState.Ended, ct)
            )
            {
                var no = ChangeConfiguration.RoleInUse(role);
                var invited = open.Where(o => o.Role == role.Key).Sum(o => o.Count);
                return invited == 0 ? no : no with { Message = $"{no.Message} Invitations that name it: {invited}." };
            }
        }

        foreach (var license in workspace.Configuration.Licenses.Where(l => wanted.License(l.Key) is null))
        {
            if (
                await (
                    from g in db.Grants
                    join m in db.Members on new { g.WorkspaceId, Id = g.MemberId } equals new { m.WorkspaceId, m.Id }
                    where g.WorkspaceId == workspace.Id && g.Kind == GrantKind.License && g.Value == license.Key
                    where m.State != MemberState.Ended
                    select g
                ).AnyAsync(ct)
            )
            {
                return ChangeConfiguration.LicenseInUse(license);
            }
        }

        return await Rules.RuleConfiguration.InUseAsync(db, workspace, wanted, ct);
    }
}

/// <summary>Open invitations that name the same.</summary>
/// <param name="Role">The role's key.</param>
/// <param name="License">The license's key; null for none.</param>
/// <param name="Count">How many.</param>
internal sealed record OpenInvitations(string Role, string? License, int Count);
