using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>Reads a workspace as a <see cref="WorkspaceFile"/>. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ExportWorkspaceFile(Store store)
{
    /// <summary>Reads it.</summary>
    public async Task<Outcome<WorkspaceFile>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
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

        var file = new WorkspaceFile { Format = WorkspaceFile.FormatName, Workspace = workspace.Row.Slug };
        foreach (var part in ApplyWorkspaceFile.Parts)
        {
            file = await part.ReadAsync(db, workspace, file, ct);
        }

        return file;
    }
}
