using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>One part of a <see cref="WorkspaceFile"/>: how it is read off a workspace, and what makes the workspace like it.</summary>
internal interface IDeclaredPart
{
    /// <summary>The file with this part as the workspace has it.</summary>
    Task<WorkspaceFile> ReadAsync(MembershipDb db, WorkspaceContext workspace, WorkspaceFile file, CancellationToken ct);

    /// <summary>What is to be done, in its order; empty where the workspace is like the file, or the file says nothing of it.</summary>
    Task<IReadOnlyList<DeclaredStep>> PlanAsync(Applying call, WorkspaceFile file, CancellationToken ct);
}

/// <summary>What a plan is made with.</summary>
/// <param name="Store">The store.</param>
/// <param name="Actor">Who applies.</param>
/// <param name="Workspace">The workspace as it is.</param>
/// <param name="Secrets">The value of an environment variable; null where there is none.</param>
/// <param name="Probe">Asks a provider.</param>
internal sealed record Applying(Store Store, Actor Actor, WorkspaceContext Workspace, Func<string, string?> Secrets, ConnectionProbe Probe);

/// <summary>One thing to be done.</summary>
/// <param name="Path">Which place of the file asks for it.</param>
/// <param name="Says">What, in plain words.</param>
/// <param name="RunAsync">Does it, by an act; gives back the act's refusal.</param>
internal sealed record DeclaredStep(string Path, string Says, Func<CancellationToken, Task<Refusal?>> RunAsync)
{
    /// <summary>What is known to be wrong before anything is done; null for nothing.</summary>
    public Refusal? Wrong { get; init; }
}
