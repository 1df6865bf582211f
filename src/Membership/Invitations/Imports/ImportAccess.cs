using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>In whose name the rows of an import are sent: whoever confirmed it, with what they may do at that moment.</summary>
internal static class ImportAccess
{
    /// <summary>The actor as they are now; null when they may invite no more.</summary>
    public static async Task<Actor?> InviterAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        InvitationImport import,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var role = import.ActorKind switch
        {
            ActorKind.Operator => "",
            ActorKind.Member => await MemberRoleAsync(db, workspace, import.ActorId, ct),
            ActorKind.ApiKey => await KeyRoleAsync(db, workspace, import.ActorId, at, ct),
            _ => null,
        };
        if (role is null)
        {
            return null;
        }

        var actor = new Actor
        {
            Kind = import.ActorKind,
            Door = import.Door,
            Name = import.ActorName,
            Id = import.ActorId,
            Workspace = workspace.Id,
            Member = import.ActorKind == ActorKind.Member ? new Id<Member>(import.ActorId!.Value) : null,
            Role = role,
            Permissions = workspace.Configuration.PermissionsOf(role),
        };
        return actor.May(Permission.InviteMembers) ? actor : null;
    }

    private static async Task<string?> MemberRoleAsync(MembershipDb db, WorkspaceContext workspace, Guid? id, CancellationToken ct)
    {
        var member = new Id<Member>(id ?? default);
        return await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace.Id && m.Id == member && m.State == MemberState.Active)
            .Select(m => m.Role)
            .FirstOrDefaultAsync(ct);
    }

    private static async Task<string?> KeyRoleAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        Guid? id,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var keyId = new Id<ApiKey>(id ?? default);
        if (
            await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(k => k.WorkspaceId == workspace.Id && k.Id == keyId, ct) is not { } key
            || !key.IsLive(at)
        )
        {
            return await ProgramRoleAsync(db, workspace, id, ct);
        }

        var maker = key.MadeById is { } made
            ? await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace.Id && m.Id == made, ct)
            : null;
        return RecognizeApiKey.IsBacked(key.Role, key.MadeById, maker?.State, maker?.Role, workspace) ? key.Role : null;
    }

    /// <summary>The same for an app that speaks REST for itself, known by its own id.</summary>
    private static async Task<string?> ProgramRoleAsync(MembershipDb db, WorkspaceContext workspace, Guid? id, CancellationToken ct)
    {
        if (
            await db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.WorkspaceId == workspace.Id && c.Id == id, ct)
            is not { Role: { } role } app
        )
        {
            return null;
        }

        var maker = app.RoleGivenById is { } given
            ? await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace.Id && m.Id == given, ct)
            : null;
        return RecognizeApiKey.IsBacked(role, app.RoleGivenById, maker?.State, maker?.Role, workspace) ? role : null;
    }
}
