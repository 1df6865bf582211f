using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// Gives an endpoint a second secret, to take the first one's place: each delivery is signed by both until one is taken away. Refusals:
/// <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>tooManySecrets</c>.
/// </summary>
public sealed class AddWebhookSecret(Store store)
{
    /// <summary>Adds it.</summary>
    public Task<Outcome<IssuedWebhook>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Webhook> id, CancellationToken ct) =>
        store.ChangeAsync<IssuedWebhook>(
            actor,
            workspaceId,
            "webhook.secretAdded",
            async attempt =>
            {
                if (!(await WebhookAct.FindAsync(attempt, workspaceId, id, true, ct)).Is(out var found, out var refused))
                {
                    return refused;
                }

                var row = found.Row;
                var secrets = WebhookSecrets.Of(row);
                if (secrets.Count >= WebhookSecrets.Most)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "tooManySecrets",
                        $"{WebhookSecrets.Most} secrets sign already. Take away the one that the app no longer needs."
                    );
                }

                var (clear, secret) = WebhookSecrets.New(attempt.Box, attempt.At);
                var after = row with { Secrets = WebhookSecrets.Write([.. secrets, secret]), Version = row.Version + 1 };
                attempt.Changes.Update(row, after);
                WebhookAct.Tell(attempt, "webhook.secretAdded", row, null, new { secret = "…" + secret.End });
                return new IssuedWebhook(after, clear);
            },
            ct
        );
}
