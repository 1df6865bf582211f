using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Removes a connection with the logins of it: at the next request its sessions open nothing. The accounts stay.
/// Refusals: <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>noWayIn</c>, <c>locksYouOut</c>.
/// </summary>
public sealed class RemoveConnection(Store store)
{
    /// <summary>Removes it.</summary>
    public Task<Outcome<Nothing>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<IdentityConnection> id, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            actor,
            workspaceId,
            "connection.removed",
            async attempt =>
            {
                if (ConnectionGuard.MayNot(actor, workspaceId, attempt.At) is { } refused)
                {
                    return refused;
                }

                if (
                    await attempt
                        .Db.IdentityConnections.AsNoTracking()
                        .FirstOrDefaultAsync(c => c.WorkspaceId == workspaceId && c.Id == id, ct)
                    is not { } row
                )
                {
                    return Refusal.NotFound("connection");
                }

                if (await ConnectionGuard.AgainstAsync(attempt, row, null, ct) is { } against)
                {
                    return against;
                }

                var logins = await attempt.Db.Logins.CountAsync(l => l.ConnectionId == id, ct);
                attempt.Changes.Remove(row);
                attempt.Changes.Execute(DropLogins.Piece(id)); // they open nothing without their connection; the rest is only taken away
                if (logins > DropLogins.Most)
                {
                    attempt.Changes.Send(OutboxKind.ConnectionRemoved, id.Value, $"connection:{id.Value}", null);
                }

                attempt.Changes.Execute(new("DELETE FROM connection_uses WHERE connection_id = @p0", [Value.Of("@p0", id.Value)]));
                attempt.Changes.Execute(new("DELETE FROM failed_sign_ins WHERE connection_id = @p0", [Value.Of("@p0", id.Value)]));
                attempt.Changes.Tell(
                    "connection.removed",
                    workspaceId,
                    ("connection", id.Value, row.Name),
                    before: row,
                    reason: $"with {logins} logins"
                );
                return default(Nothing);
            },
            ct
        );
}
