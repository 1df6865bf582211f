using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.AuditStreams;

/// <summary>
/// Changes a stream; it goes on where it is, and what failed is tried at once. Who leads it elsewhere gives its token anew, so that none
/// goes where it was not meant for. Refusals: those of <see cref="CreateAuditStream"/>, <c>stale</c>, <c>invalidKind</c> (it never
/// changes),
/// <c>tokenNeeded</c>.
/// </summary>
public sealed class ChangeAuditStream(Store store, WebhookRules rules)
{
    /// <summary>Changes it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The stream.</param>
    /// <param name="seen">The version that the change is based on; null for any.</param>
    /// <param name="change">What is said of it now, to what it shall be.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<AuditStream>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<AuditStream> id,
        long? seen,
        Func<AuditStreamDraft, AuditStreamDraft> change,
        CancellationToken ct
    ) =>
        store.ChangeAsync<AuditStream>(
            actor,
            workspaceId,
            "auditStream.changed",
            async attempt =>
            {
                if (AuditStreamAct.Refuse(actor, workspaceId, attempt.At) is { } refused)
                {
                    return refused;
                }

                if (await AuditStreamAct.FindAsync(attempt.Db, workspaceId, id, ct) is not { } before)
                {
                    return Refusal.NotFound("stream");
                }

                if (seen is { } version && before.Version != version)
                {
                    return Refusal.Stale();
                }

                var draft = change(AuditStreamDraft.Of(before));
                if (
                    (draft.Kind != before.Kind ? Refusal.Invalid("kind", "The kind of a stream never changes.") : draft.Check(rules)) is
                    { } wrong
                )
                {
                    return wrong;
                }

                if (draft.Address != before.Address && before.TokenSealed is not null && draft.Token is null)
                {
                    return new Refusal(
                        RefusalKind.Invalid,
                        "tokenNeeded",
                        "Give the token anew: it is not sent where it was not meant for.",
                        "token"
                    );
                }

                var after = draft.On(before, attempt.Box, attempt.At) with { Version = before.Version + 1 };
                attempt.Changes.Update(before, after);
                var position = await AuditStreamAct.PositionAsync(attempt.Db, before, ct);
                attempt.Changes.Update(position, position with { DueAt = null, Tries = 0, Version = position.Version + 1 });
                AuditStreamAct.Tell(attempt, "auditStream.changed", after, AuditStreamAct.Facts(before), AuditStreamAct.Facts(after));
                return after;
            },
            ct
        );
}
