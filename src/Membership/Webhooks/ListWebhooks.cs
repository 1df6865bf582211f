using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>An endpoint as it stands.</summary>
/// <param name="Row">The endpoint.</param>
/// <param name="Last">The latest delivery; null for none.</param>
public sealed record WebhookView(Webhook Row, WebhookDelivery? Last);

/// <summary>Reads the endpoints of a workspace. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ListWebhooks(Store store)
{
    /// <summary>All, oldest first.</summary>
    public async Task<Outcome<IReadOnlyList<WebhookView>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var rows = await db.Webhooks.AsNoTracking().Where(w => w.WorkspaceId == workspace).OrderBy(w => w.Id).ToListAsync(ct);
        var views = new List<WebhookView>(rows.Count);
        foreach (var row in rows)
        {
            views.Add(new(row, await LastAsync(db, row, ct)));
        }

        return views;
    }

    /// <summary>One.</summary>
    public async Task<Outcome<WebhookView>> OneAsync(Actor actor, Id<Workspace> workspace, Id<Webhook> id, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await WebhookAct.ReadAsync(db, workspace, id, ct) is { } row
            ? new WebhookView(row, await LastAsync(db, row, ct))
            : Refusal.NotFound("webhook");
    }

    private static Task<WebhookDelivery?> LastAsync(MembershipDb db, Webhook row, CancellationToken ct) =>
        db
            .WebhookDeliveries.AsNoTracking()
            .Where(d => d.WorkspaceId == row.WorkspaceId && d.WebhookId == row.Id)
            .OrderByDescending(d => d.Id)
            .FirstOrDefaultAsync(ct);
}
