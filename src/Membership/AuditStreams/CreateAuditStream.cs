using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.AuditStreams;

/// <summary>
/// Sets up a stream of the workspace's audit log. Whether its address may be dialled is asked where it is dialled. Refusals:
/// <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>tooManyStreams</c>, <c>invalidName</c>, <c>invalidAddress</c>,
/// <c>invalidAuthorities</c>, <c>invalidToken</c>.
/// </summary>
public sealed class CreateAuditStream(Store store, WebhookRules rules)
{
    /// <summary>How many a workspace may have.</summary>
    public const int Most = 5;

    /// <summary>Sets it up.</summary>
    public Task<Outcome<AuditStream>> RunAsync(Actor actor, Id<Workspace> workspaceId, AuditStreamDraft draft, CancellationToken ct) =>
        store.ChangeAsync<AuditStream>(
            actor,
            workspaceId,
            "auditStream.created",
            async attempt =>
            {
                if ((AuditStreamAct.Refuse(actor, workspaceId, attempt.At) ?? draft.Check(rules)) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is null)
                {
                    return Refusal.NotFound("workspace");
                }

                if (await attempt.Db.AuditStreams.CountAsync(s => s.WorkspaceId == workspaceId, ct) >= Most)
                {
                    return new Refusal(RefusalKind.Conflict, "tooManyStreams", $"There are {Most} streams. Remove one first.");
                }

                var row = draft.On(
                    new()
                    {
                        WorkspaceId = workspaceId,
                        Id = Id<AuditStream>.New(attempt.Time),
                        Name = draft.Name,
                        Kind = draft.Kind,
                        Address = draft.Address,
                        CreatedAt = attempt.At,
                        Version = 1,
                    },
                    attempt.Box,
                    attempt.At
                );
                attempt.Changes.Add(row);
                attempt.Changes.Add(
                    new AuditStreamPosition
                    {
                        WorkspaceId = workspaceId,
                        StreamId = row.Id,
                        Sequence = draft.FromStart ? 0 : await AuditStreamAct.EndAsync(attempt.Db, workspaceId, ct),
                        Version = 1,
                    }
                );
                AuditStreamAct.Tell(attempt, "auditStream.created", row, null, AuditStreamAct.Facts(row));
                return row;
            },
            ct
        );
}
