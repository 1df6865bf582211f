using System.Runtime.CompilerServices;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>An export that was begun.</summary>
/// <param name="Lines">The lines, newest first, read as they are asked for.</param>
public sealed record AuditExport(IAsyncEnumerable<AuditEntry> Lines);

/// <summary>
/// Reads all lines of the audit log that match, newest first and a piece at a time, so that memory does not grow with the log and no
/// connection waits for a slow reader; <see cref="AuditFiles"/> writes them down. Whoever takes them away leaves a line in the log. What can be
/// proven without the server is <see cref="ExportAudit"/>. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ExportAuditLines(Store store)
{
    /// <summary>The act in the audit log.</summary>
    public const string Act = "audit.exported";

    private const int Piece = 500;

    /// <summary>Begins the export.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ReadAudit"/>.</param>
    /// <param name="workspaceId">Whose log.</param>
    /// <param name="query">Which lines.</param>
    /// <param name="ct">Stops the reading.</param>
    public Task<Outcome<AuditExport>> RunAsync(Actor actor, Id<Workspace> workspaceId, AuditQuery query, CancellationToken ct) =>
        store.ChangeAsync<AuditExport>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ReadAudit) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                // not whom it was narrowed to: their name would stand where no erasure of theirs looks for it
                attempt.Changes.TellFacts(
                    Act,
                    workspaceId,
                    ("workspace", workspaceId.Value, workspace.Row.Name),
                    null,
                    new
                    {
                        acts = query.Act,
                        narrowedToPerson = query.Person is { Length: > 0 } ? true : (bool?)null,
                        by = query.ActorKind?.ToString(),
                        door = query.Door?.ToString(),
                        since = query.Since,
                        until = query.Until,
                    }
                );
                return new AuditExport(LinesAsync(workspaceId, query, ct));
            },
            ct
        );

    private async IAsyncEnumerable<AuditEntry> LinesAsync(
        Id<Workspace> workspace,
        AuditQuery query,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        Guid? after = null;
        do
        {
            List<AuditEntry> lines;
            await using (var db = store.Read())
            {
                (lines, after) = await AuditSearch.ReadAsync(db, workspace, query, after, Piece, ct);
            }

            foreach (var line in lines)
            {
                yield return line;
            }
        } while (after is not null);
    }
}
