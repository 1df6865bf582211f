using System.Runtime.CompilerServices;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>An export that was begun.</summary>
/// <param name="Workspace">Whose log; its words stand in the remedies.</param>
/// <param name="Lines">The lines, newest first, read as they are asked for.</param>
public sealed record ProvisioningExport(WorkspaceContext Workspace, IAsyncEnumerable<ProvisioningLine> Lines);

/// <summary>
/// Reads all lines of the provisioning log that match, newest first and a piece at a time, so that memory does not grow with the log and
/// no connection waits for a slow reader; <see cref="ProvisioningFiles"/> writes them down. Whoever takes them away leaves a line in the
/// audit log. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ExportProvisioning(Store store)
{
    /// <summary>The act in the audit log.</summary>
    public const string Act = "provisioningLog.exported";

    private const int Piece = 500;

    /// <summary>Begins the export.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ManageDirectory"/>.</param>
    /// <param name="workspaceId">Whose log.</param>
    /// <param name="query">Which lines.</param>
    /// <param name="ct">Stops the reading.</param>
    public Task<Outcome<ProvisioningExport>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        ProvisioningQuery query,
        CancellationToken ct
    ) =>
        store.ChangeAsync<ProvisioningExport>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                attempt.Changes.TellFacts(
                    Act,
                    workspaceId,
                    ("workspace", workspaceId.Value, workspace.Row.Name),
                    null,
                    new
                    {
                        failed = query.Failed == true ? true : (bool?)null,
                        since = query.Since,
                        until = query.Until,
                    }
                );
                return new ProvisioningExport(workspace, LinesAsync(workspaceId, query, ct));
            },
            ct
        );

    private async IAsyncEnumerable<ProvisioningLine> LinesAsync(
        Id<Workspace> workspace,
        ProvisioningQuery query,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        Guid? after = null;
        do
        {
            List<ProvisioningLine> lines;
            await using (var db = store.Read())
            {
                (lines, after) = await ListProvisioning.ReadAsync(db, workspace, query, after, Piece, ct);
            }

            foreach (var line in lines)
            {
                yield return line;
            }
        } while (after is not null);
    }
}
