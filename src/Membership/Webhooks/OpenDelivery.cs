using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Webhooks;

/// <summary>All that is needed to send a delivery.</summary>
/// <param name="Row">The delivery.</param>
/// <param name="Webhook">The endpoint as it is now.</param>
/// <param name="Event">What happened.</param>
/// <param name="Payload">What is sent, as JSON.</param>
/// <param name="Keys">The keys to sign with.</param>
public sealed record OpenedDelivery(WebhookDelivery Row, Webhook Webhook, WorkspaceEvent Event, string Payload, IReadOnlyList<byte[]> Keys);

/// <summary>Reads what is needed to send a delivery, for the sender alone: it opens secrets.</summary>
public sealed class OpenDelivery(Store store)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Reads it; null when it is no longer wanted: settled, or its endpoint, its event or the person gone. An endpoint that is off gets
    /// tests alone.
    /// </summary>
    public async Task<OpenedDelivery?> RunAsync(Id<WebhookDelivery> id, CancellationToken ct)
    {
        await using var db = store.Read();
        var row = await db.WebhookDeliveries.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id, ct);
        if (row is null or { State: DeliveryState.Delivered or DeliveryState.Dropped })
        {
            return null;
        }

        // a delivery is found by id alone; what it sends, by the workspace that it names
        var found = await (
            from e in db.WorkspaceEvents.AsNoTracking()
            from w in db.Webhooks.AsNoTracking()
            where e.WorkspaceId == row.WorkspaceId && e.Id == row.EventId && w.WorkspaceId == row.WorkspaceId && w.Id == row.WebhookId
            select new { e, w }
        ).FirstOrDefaultAsync(ct);
        if (found is null)
        {
            return null;
        }

        var (happened, webhook) = (found.e, found.w);
        if (webhook.DisabledAt is not null && happened.Type != EventType.Test)
        {
            return null;
        }

        var payload = happened.Type == EventType.GroupsChanged ? await WithMemberAsync(db, happened, ct) : happened.Payload;
        return new(row, webhook, happened, payload, WebhookSecrets.KeysOf(webhook, store.Box));
    }

    /// <summary>A change of a group names members by id: how they are is read when it is told.</summary>
    private static async Task<string> WithMemberAsync(MembershipDb db, WorkspaceEvent happened, CancellationToken ct)
    {
        var payload = JsonNode.Parse(happened.Payload)!;
        if (
            payload["data"]?["member"] is JsonObject { Count: 1 }
            && await db
                .Members.AsNoTracking()
                .FirstOrDefaultAsync(m => m.WorkspaceId == happened.WorkspaceId && m.Id == happened.MemberId!.Value, ct)
                is { } member
        )
        {
            if (
                member.MergedInto is { } into
                && await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == happened.WorkspaceId && m.Id == into, ct)
                    is { } now
            )
            {
                member = now with { Id = member.Id }; // nobody left: the event is of the id that they had then
            }

            payload["data"]!["member"] = JsonSerializer.SerializeToNode(EventPayload.Member(member), Json);
        }

        return payload.ToJsonString(Json);
    }
}
