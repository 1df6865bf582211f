using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// Removes an endpoint: nothing is sent to it any more, also not what waits. Its deliveries go with the retention. Refusals:
/// <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class RemoveWebhook(Store store)
{
    /// <summary>Removes it.</summary>
    public Task<Outcome<Webhook>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Webhook> id, CancellationToken ct) =>
        store.ChangeAsync<Webhook>(
            actor,
            workspaceId,
            "webhook.removed",
            async attempt =>
            {
                if (!(await WebhookAct.FindAsync(attempt, workspaceId, id, false, ct)).Is(out var found, out var refused))
                {
                    return refused;
                }

                attempt.Changes.Remove(found.Row);
                await WebhookAct.WantAsync(attempt, found.Workspace, id, null, ct);
                WebhookAct.Tell(attempt, "webhook.removed", found.Row, WebhookAct.Facts(found.Row), null);
                return found.Row;
            },
            ct
        );
}
