using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>An endpoint with a secret that was just made: the only moment at which it is shown.</summary>
/// <param name="Row">The endpoint.</param>
/// <param name="Secret">The secret, see <see cref="WebhookSecrets"/>.</param>
public sealed record IssuedWebhook(Webhook Row, string Secret);

/// <summary>
/// Makes an endpoint that is told of events. Refusals: <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>tooManyWebhooks</c>,
/// <c>invalidName</c>, <c>invalidUrl</c>, <c>unknownEventType</c>, <c>invalidAudience</c>. Whether the address may be dialled is asked
/// where it is dialled.
/// </summary>
public sealed class CreateWebhook(Store store, WebhookRules rules)
{
    /// <summary>How many endpoints a workspace may have.</summary>
    public const int Most = 50;

    /// <summary>Makes it.</summary>
    public Task<Outcome<IssuedWebhook>> RunAsync(Actor actor, Id<Workspace> workspaceId, WebhookDraft draft, CancellationToken ct) =>
        store.ChangeAsync<IssuedWebhook>(
            actor,
            workspaceId,
            "webhook.created",
            async attempt =>
            {
                if ((WebhookAct.Refuse(actor, workspaceId, attempt.At, true) ?? draft.Check(rules)) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                if (await attempt.Db.Webhooks.CountAsync(w => w.WorkspaceId == workspaceId, ct) >= Most)
                {
                    return new Refusal(RefusalKind.Conflict, "tooManyWebhooks", $"There are {Most} endpoints. Remove one first.");
                }

                var (clear, secret) = WebhookSecrets.New(attempt.Box, attempt.At);
                var row = draft.On(
                    new()
                    {
                        WorkspaceId = workspaceId,
                        Id = Id<Webhook>.New(attempt.Time),
                        Name = draft.Name,
                        Url = draft.Url,
                        Types = "",
                        Secrets = WebhookSecrets.Write([secret]),
                        CreatedAt = attempt.At,
                        MadeBy = Key.Cut(actor.Name, 200),
                        Version = 1,
                    },
                    attempt.At
                );
                attempt.Changes.Add(row);
                await WebhookAct.WantAsync(attempt, workspace, row.Id, row, ct);
                WebhookAct.Tell(attempt, "webhook.created", row, null, WebhookAct.Facts(row));
                return new IssuedWebhook(row, clear);
            },
            ct
        );
}
