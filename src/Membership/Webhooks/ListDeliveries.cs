using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>A page of deliveries.</summary>
/// <param name="Deliveries">Newest first.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
public sealed record DeliveryPage(IReadOnlyList<WebhookDelivery> Deliveries, PageCursor? Next);

/// <summary>A delivery with all that is known of it.</summary>
/// <param name="Row">The delivery.</param>
/// <param name="Payload">What was sent, as JSON; null when the event is gone.</param>
/// <param name="Attempts">The tries, first to last.</param>
public sealed record DeliveryView(WebhookDelivery Row, string? Payload, IReadOnlyList<WebhookAttempt> Attempts);

/// <summary>Reads what was sent to an endpoint. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ListDeliveries(Store store)
{
    /// <summary>One page, newest first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="id">The endpoint.</param>
    /// <param name="state">Only those that stand so; null for all.</param>
    /// <param name="after">The page that follows this place; null for the first.</param>
    /// <param name="count">How many, 1 to 200.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<DeliveryPage>> RunAsync(
        Actor actor,
        Id<Workspace> workspace,
        Id<Webhook> id,
        DeliveryState? state,
        PageCursor? after,
        int count,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WebhookAct.ReadAsync(db, workspace, id, ct) is null)
        {
            return Refusal.NotFound("webhook");
        }

        count = Math.Clamp(count, 1, 200);
        var found = db.WebhookDeliveries.AsNoTracking().Where(d => d.WorkspaceId == workspace && d.WebhookId == id);
        if (state is { } only)
        {
            found = found.Where(d => d.State == only);
        }

        if (after is { } place)
        {
            var before = new Id<WebhookDelivery>(place.Id);
            found = found.Where(d => d.Id < before);
        }

        var rows = await found.OrderByDescending(d => d.Id).Take(count + 1).ToListAsync(ct);
        return new DeliveryPage([.. rows.Take(count)], rows.Count > count ? new PageCursor("", rows[count - 1].Id.Value) : null);
    }

    /// <summary>One, with its tries and what was sent.</summary>
    public async Task<Outcome<DeliveryView>> OneAsync(
        Actor actor,
        Id<Workspace> workspace,
        Id<Webhook> id,
        Id<WebhookDelivery> delivery,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (
            await db
                .WebhookDeliveries.AsNoTracking()
                .FirstOrDefaultAsync(d => d.WorkspaceId == workspace && d.WebhookId == id && d.Id == delivery, ct)
            is not { } row
        )
        {
            return Refusal.NotFound("delivery");
        }

        return new DeliveryView(
            row,
            await db
                .WorkspaceEvents.Where(e => e.WorkspaceId == workspace && e.Id == row.EventId)
                .Select(e => e.Payload)
                .FirstOrDefaultAsync(ct),
            await db
                .WebhookAttempts.AsNoTracking()
                .Where(a => a.WorkspaceId == workspace && a.DeliveryId == delivery)
                .OrderBy(a => a.Number)
                .ToListAsync(ct)
        );
    }
}
