using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>The name that people see.</summary>
internal sealed class DeclaredName : IDeclaredPart
{
    public Task<WorkspaceFile> ReadAsync(MembershipDb db, WorkspaceContext workspace, WorkspaceFile file, CancellationToken ct) =>
        Task.FromResult(file with { Name = workspace.Row.Name });

    public Task<IReadOnlyList<DeclaredStep>> PlanAsync(Applying call, WorkspaceFile file, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<DeclaredStep>>(
            file.Name is not { } name || name == call.Workspace.Row.Name
                ? []
                :
                [
                    new(
                        "name",
                        $"rename the workspace to {name}",
                        async stop =>
                            (await new RenameWorkspace(call.Store).RunAsync(call.Actor, call.Workspace.Id, null, name, stop)).Refusal
                    ),
                ]
        );
}
