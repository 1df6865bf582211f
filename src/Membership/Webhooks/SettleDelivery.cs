using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>What one try came to.</summary>
/// <param name="At">When it began.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Status">The status; null when no answer came.</param>
/// <param name="Answer">The beginning of the answer; null for none.</param>
/// <param name="Error">Why it failed, in words; null when it was taken.</param>
/// <param name="IsFinal">Whether trying again is of no use.</param>
public sealed record WebhookTry(DateTimeOffset At, TimeSpan Duration, int? Status, string? Answer, string? Error, bool IsFinal = false);

/// <summary>
/// Writes down what a try came to: the log, where the delivery stands, since when the endpoint fails, and that it is turned off when it
/// has failed too long (<see cref="WebhookRules.DisableAfter"/>) or says that it is gone (410).
/// </summary>
public sealed class SettleDelivery(Store store, WebhookRules rules)
{
    private const string DisabledAct = "webhook.disabled";

    /// <summary>Writes it down and says what the outbox is to do.</summary>
    public async Task<Delivery> RunAsync(OpenedDelivery sent, WebhookTry came, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(came);
        var outcome = await store.ChangeAsync<Delivery>(
            Actor.System,
            sent.Row.WorkspaceId,
            DisabledAct,
            async attempt =>
            {
                var row = await attempt
                    .Db.WebhookDeliveries.AsNoTracking()
                    .FirstOrDefaultAsync(d => d.WorkspaceId == sent.Row.WorkspaceId && d.Id == sent.Row.Id, ct);
                if (row is null)
                {
                    return Delivery.NotWanted; // the person was erased meanwhile
                }

                var isOver = came.IsFinal || came.Status == 410 || attempt.At - row.CreatedAt >= rules.GiveUpAfter;
                var after = row with
                {
                    Attempts = row.Attempts + 1,
                    LastAt = came.At,
                    LastStatus = came.Status,
                    State =
                        came.Error is null ? DeliveryState.Delivered
                        : isOver ? DeliveryState.GivenUp
                        : DeliveryState.Waiting,
                };
                attempt.Changes.Update(row, after);
                attempt.Changes.Add(
                    new WebhookAttempt
                    {
                        WorkspaceId = row.WorkspaceId,
                        DeliveryId = row.Id,
                        Number = after.Attempts,
                        MemberId = row.MemberId,
                        At = came.At,
                        Duration = (int)Math.Min(came.Duration.TotalMilliseconds, int.MaxValue),
                        Status = came.Status,
                        Answer = came.Answer,
                        Error = came.Error,
                    }
                );
                await JudgeAsync(attempt, sent.Webhook.WorkspaceId, sent.Webhook.Id, came, ct);
                return came.Error is null ? Delivery.Done
                    : isOver ? Delivery.Never(came.Error)
                    : Delivery.Failed(came.Error);
            },
            ct
        );
        return outcome.Is(out var delivery, out var refusal) ? delivery : Delivery.Failed(refusal.Code);
    }

    /// <summary>A delivery that is no longer wanted.</summary>
    public async Task DropAsync(Id<WebhookDelivery> id, CancellationToken ct) =>
        await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "webhook.dropped",
            async attempt =>
            {
                if (await attempt.Db.WebhookDeliveries.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id, ct) is { } row)
                {
                    if (row.State is DeliveryState.Waiting or DeliveryState.GivenUp)
                    {
                        attempt.Changes.Update(row, row with { State = DeliveryState.Dropped });
                    }
                }

                return default(Nothing);
            },
            ct
        );

    private async Task JudgeAsync(Attempt attempt, Id<Workspace> workspaceId, Id<Webhook> id, WebhookTry came, CancellationToken ct)
    {
        if (await WebhookAct.ReadAsync(attempt.Db, workspaceId, id, ct) is not { DisabledAt: null } row)
        {
            return;
        }

        if (came.Error is null)
        {
            Since(attempt, row, null);
        }
        else if (came.Status == 410)
        {
            await DisableAsync(attempt, row, "It answered 410: it is gone and wants nothing more.", ct);
        }
        else if (row.FailingSince is not { } since)
        {
            Since(attempt, row, came.At);
        }
        else if (attempt.At - since >= rules.DisableAfter)
        {
            await DisableAsync(
                attempt,
                row,
                $"Nothing has got through for {(attempt.At - since).Days} days. The last try: {came.Error}",
                ct
            );
        }
    }

    /// <summary>Notes since when it fails, where that changes.</summary>
    private static void Since(Attempt attempt, Webhook row, DateTimeOffset? since)
    {
        if (row.FailingSince is null != since is null)
        {
            attempt.Changes.Execute(
                new(
                    "UPDATE webhooks SET failing_since = $3, version = version + 1 WHERE workspace_id = $1 AND id = $2",
                    [Value.Of("$1", row.WorkspaceId.Value), Value.Of("$2", row.Id.Value), Value.Of("$3", since?.ToUnixTimeMilliseconds())]
                )
            );
        }
    }

    private static async Task DisableAsync(Attempt attempt, Webhook row, string reason, CancellationToken ct)
    {
        if (await WorkspaceContext.ByIdAsync(attempt.Db, row.WorkspaceId, ct) is not { } workspace)
        {
            return;
        }

        var off = row with { DisabledAt = attempt.At, DisabledReason = Key.Cut(reason, 500), Version = row.Version + 1 };
        attempt.Changes.Update(row, off);
        await WebhookAct.WantAsync(attempt, workspace, row.Id, off, ct);
        attempt.Changes.TellFacts(
            DisabledAct,
            row.WorkspaceId,
            ("webhook", row.Id.Value, row.Name),
            null,
            new { reason = off.DisabledReason }
        );
    }
}
