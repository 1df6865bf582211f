using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// Takes one of two secrets of an endpoint away. Refusals: <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>lastSecret</c>.
/// </summary>
public sealed class RemoveWebhookSecret(Store store)
{
    /// <summary>Takes it away: from the next delivery on it signs no more.</summary>
    public Task<Outcome<Webhook>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Webhook> id, Guid secretId, CancellationToken ct) =>
        store.ChangeAsync<Webhook>(
            actor,
            workspaceId,
            "webhook.secretRemoved",
            async attempt =>
            {
                if (!(await WebhookAct.FindAsync(attempt, workspaceId, id, true, ct)).Is(out var found, out var refused))
                {
                    return refused;
                }

                var row = found.Row;
                var secrets = WebhookSecrets.Of(row);
                if (secrets.FirstOrDefault(s => s.Id == secretId) is not { } gone)
                {
                    return Refusal.NotFound("secret");
                }

                if (secrets.Count == 1)
                {
                    return new Refusal(RefusalKind.Conflict, "lastSecret", "An endpoint has at least one secret. Add the next one first.");
                }

                var after = row with { Secrets = WebhookSecrets.Write(secrets.Where(s => s.Id != secretId)), Version = row.Version + 1 };
                attempt.Changes.Update(row, after);
                WebhookAct.Tell(attempt, "webhook.secretRemoved", row, new { secret = "…" + gone.End }, null);
                return after;
            },
            ct
        );
}
