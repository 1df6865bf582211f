using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// Sends a test to one endpoint, whatever events it asked for and also while it is off. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class TestWebhook(Store store)
{
    /// <summary>Sends it, on the way that events go: signed, logged, tried again.</summary>
    public Task<Outcome<Id<WebhookDelivery>>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Webhook> id, CancellationToken ct) =>
        store.ChangeAsync<Id<WebhookDelivery>>(
            actor,
            workspaceId,
            "webhook.tested",
            async attempt =>
            {
                if (!(await WebhookAct.FindAsync(attempt, workspaceId, id, false, ct)).Is(out var found, out var refused))
                {
                    return refused;
                }

                var delivery = attempt.Changes.Events.Test(found.Workspace.Row, found.Row);
                WebhookAct.Tell(attempt, "webhook.tested", found.Row, null, new { delivery = delivery.Value });
                return delivery;
            },
            ct
        );
}
