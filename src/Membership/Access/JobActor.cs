using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Access;

/// <summary>Who began a job that goes on without them.</summary>
/// <param name="Kind">What kind of party.</param>
/// <param name="Id">Which one; null for the operator.</param>
/// <param name="Name">Their name at that time.</param>
/// <param name="Door">The door they came through.</param>
internal readonly record struct JobStarter(ActorKind Kind, Guid? Id, string Name, Door Door);

/// <summary>In whose name a job is worked off: whoever began it, with what they may do at that moment.</summary>
internal static class JobActor
{
    /// <summary>The actor as they are now; null when they may no longer do what the job does.</summary>
    public static async Task<Actor?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        JobStarter starter,
        string permission,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        if (starter.Kind == ActorKind.Operator)
        {
            return Actor.Operator with { Door = starter.Door };
        }

        var role = starter.Kind switch
        {
            ActorKind.Member => await MemberRoleAsync(db, workspace, starter.Id, ct),
            ActorKind.ApiKey => await KeyRoleAsync(db, workspace, starter.Id, at, ct),
            _ => null,
        };
        if (role is null)
        {
            return null;
        }

        var actor = new Actor
        {
            Kind = starter.Kind,
            Door = starter.Door,
            Name = starter.Name,
            Id = starter.Id,
            Workspace = workspace.Id,
            Member = starter.Kind == ActorKind.Member ? new Id<Member>(starter.Id!.Value) : null,
            Role = role,
            Permissions = workspace.Configuration.PermissionsOf(role),
        };
        return actor.May(permission) ? actor : null;
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
