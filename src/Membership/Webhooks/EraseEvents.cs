using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// What goes of the events about somebody who is erased: all, but that they are gone; an app that was away must still learn it. Of that the
/// id stays, for by it the app finds whom to forget.
/// </summary>
internal static class EraseEvents
{
    /// <summary>Queues it.</summary>
    public static async Task QueueAsync(Attempt attempt, Member member, CancellationToken ct)
    {
        var (workspace, id, type) = (
            Value.Of("$1", member.WorkspaceId.Value),
            Value.Of("$2", member.Id.Value),
            Value.Of("$3", EventType.Removed)
        );
        foreach (var table in new[] { "workspace_events", "webhook_deliveries" })
        {
            attempt.Changes.Execute(
                new($"DELETE FROM {table} WHERE workspace_id = $1 AND member_id = $2 AND type <> $3", [workspace, id, type])
            );
        }

        attempt.Changes.Execute(new("DELETE FROM webhook_attempts WHERE workspace_id = $1 AND member_id = $2", [workspace, id]));
        var gone = await attempt
            .Db.WorkspaceEvents.AsNoTracking()
            .Where(e => e.WorkspaceId == member.WorkspaceId && e.MemberId == member.Id && e.Type == EventType.Removed)
            .ToListAsync(ct);
        foreach (var told in gone)
        {
            attempt.Changes.Update(told, told with { Payload = Erased(told.Payload) });
        }
    }

    private static string Erased(string payload)
    {
        var told = JsonNode.Parse(payload)!;
        told["data"] = new JsonObject
        {
            ["member"] = new JsonObject { ["id"] = told["data"]!["member"]!["id"]!.DeepClone(), ["status"] = "removed" },
            ["deleted"] = true,
        };
        return told.ToJsonString();
    }
}
