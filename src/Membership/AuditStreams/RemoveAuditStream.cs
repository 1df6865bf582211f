using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.AuditStreams;

/// <summary>Removes a stream; nothing more is sent to it. Refusals: <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>.</summary>
public sealed class RemoveAuditStream(Store store)
{
    /// <summary>Removes it.</summary>
    public Task<Outcome<AuditStream>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<AuditStream> id, CancellationToken ct) =>
        store.ChangeAsync<AuditStream>(
            actor,
            workspaceId,
            "auditStream.removed",
            async attempt =>
            {
                if (AuditStreamAct.Refuse(actor, workspaceId, attempt.At) is { } refused)
                {
                    return refused;
                }

                if (await AuditStreamAct.FindAsync(attempt.Db, workspaceId, id, ct) is not { } row)
                {
                    return Refusal.NotFound("stream");
                }

                attempt.Changes.Remove(await AuditStreamAct.PositionAsync(attempt.Db, row, ct));
                attempt.Changes.Remove(row);
                AuditStreamAct.Tell(attempt, "auditStream.removed", row, AuditStreamAct.Facts(row), null);
                return row;
            },
            ct
        );
}
