using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// Changes an endpoint, or turns it on or off. Refusals as of <see cref="CreateWebhook"/>, and <c>stale</c>; a person is asked for a late
/// proof only where the address or the form changes.
/// </summary>
public sealed class ChangeWebhook(Store store, WebhookRules rules)
{
    /// <summary>Changes it; what waits is sent to the new address.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The endpoint.</param>
    /// <param name="seen">The version on which the change is based; null for any.</param>
    /// <param name="change">What is said of it afterwards; may be asked several times.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Webhook>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Webhook> id,
        long? seen,
        Func<WebhookDraft, WebhookDraft> change,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Webhook>(
            actor,
            workspaceId,
            "webhook.changed",
            async attempt =>
            {
                if (!(await WebhookAct.FindAsync(attempt, workspaceId, id, false, ct)).Is(out var found, out var refused))
                {
                    return refused;
                }

                var (workspace, row) = found;
                var draft = change(WebhookDraft.Of(row));
                var moves = draft.Url != row.Url || draft.Format != row.Format || draft.Audience != row.Audience;
                if (
                    ((moves ? WebhookAct.Refuse(actor, workspaceId, attempt.At, true) : null) ?? draft.Check(rules)) is { } wrong
                    || (wrong = seen is { } version && version != row.Version ? Refusal.Stale() : null) is not null
                )
                {
                    return wrong;
                }

                var after = draft.On(row, attempt.At);
                if (after == row)
                {
                    return row;
                }

                after = after with { Version = row.Version + 1 };
                attempt.Changes.Update(row, after);
                await WebhookAct.WantAsync(attempt, workspace, id, after, ct);
                WebhookAct.Tell(attempt, "webhook.changed", after, WebhookAct.Facts(row), WebhookAct.Facts(after));
                return after;
            },
            ct
        );
}
