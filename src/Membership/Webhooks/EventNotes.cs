using System.Text.Json;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// Turns what an act writes into events, and each into one delivery for every endpoint that wants it: rows of the act's own
/// transaction. Asked by the changes of an act alone, so no act can forget it; makes nothing where a workspace has no endpoint.
/// </summary>
/// <param name="actor">Who acts.</param>
/// <param name="at">The time of the act.</param>
/// <param name="time">For ids.</param>
/// <param name="add">Takes each row.</param>
internal sealed class EventNotes(Actor actor, DateTimeOffset at, TimeProvider time, Action<object> add)
{
    private readonly Dictionary<Id<Workspace>, (Workspace Row, IReadOnlyList<WantedEvents.Wanting> Wanted)> _known = [];
    private readonly Dictionary<Id<Member>, Member> _members = [];

    /// <summary>The act is planned from this workspace.</summary>
    public void Knows(Workspace workspace)
    {
        if (workspace.Webhooks is { } wanted)
        {
            _known.TryAdd(workspace.Id, (workspace, WantedEvents.Read(wanted)));
        }
    }

    /// <summary>A member is placed.</summary>
    public void Placed(Member? before, Member after)
    {
        if (!_known.ContainsKey(after.WorkspaceId) || before == after)
        {
            return;
        }

        _members[after.Id] = after;
        foreach (var (type, previous) in MemberEvents.Of(before, after))
        {
            Tell(
                after.WorkspaceId,
                type,
                after.Id,
                () =>
                {
                    var data = new Dictionary<string, object?> { ["member"] = EventPayload.Member(after), ["previous"] = previous };
                    if (type == EventType.Removed)
                    {
                        data["deleted"] = after.State == MemberState.Ended; // else an admin may restore them
                    }

                    return data;
                },
                isForAll: previous?.ContainsKey(MemberEvents.AnotherId) == true
            );
        }
    }

    /// <summary>A line of the audit log is written: those acts that no row tells by itself.</summary>
    public void Told(string act, Id<Workspace> workspace, object? before, object? after)
    {
        switch (act, before, after)
        {
            case ("invitation.accepted", _, Member member):
                Tell(workspace, EventType.InvitationAccepted, member.Id, () => new() { ["member"] = EventPayload.Member(member) });
                break;
            case ("group.created", null, Group group):
                Tell(workspace, EventType.GroupCreated, group, null);
                break;
            case ("group.changed", Group was, Group group):
                Tell(
                    workspace,
                    EventType.GroupChanged,
                    group,
                    new() { ["displayName"] = was.DisplayName, ["externalId"] = was.ExternalId }
                );
                break;
            case ("group.deleted", Group group, null):
                Tell(workspace, EventType.GroupDeleted, group, null);
                break;
        }
    }

    /// <summary>Members come into a group, or go.</summary>
    public void Moved(Group group, IEnumerable<Id<Member>> members, bool isIn)
    {
        if (!_known.TryGetValue(group.WorkspaceId, out var known) || !known.Wanted.Any(w => w.Wants(EventType.GroupsChanged)))
        {
            return;
        }

        foreach (var member in members)
        {
            // who is named by id alone is shown as they are when it is sent
            object shown = _members.TryGetValue(member, out var placed) ? EventPayload.Member(placed) : new { id = member.Value };
            Tell(
                group.WorkspaceId,
                EventType.GroupsChanged,
                member,
                () =>
                    new()
                    {
                        ["member"] = shown,
                        ["group"] = Shown(group),
                        ["change"] = isIn ? "added" : "removed",
                    }
            );
        }
    }

    /// <summary>Somebody tries an endpoint.</summary>
    public Id<WebhookDelivery> Test(Workspace workspace, Webhook webhook)
    {
        var row = Row(workspace, EventType.Test, null, new() { ["message"] = $"This is a test of {webhook.Name}." });
        add(row);
        return Deliver(row, webhook.Id, row.Id.Value, false);
    }

    /// <summary>An event is sent to an endpoint, perhaps once more.</summary>
    public Id<WebhookDelivery> Deliver(WorkspaceEvent row, Id<Webhook> webhook, Guid about, bool isReplay)
    {
        var delivery = new WebhookDelivery
        {
            WorkspaceId = row.WorkspaceId,
            Id = Id<WebhookDelivery>.New(time),
            WebhookId = webhook,
            EventId = row.Id,
            MemberId = row.MemberId,
            Type = row.Type,
            CreatedAt = at,
            IsReplay = isReplay,
        };
        add(delivery);
        add(
            new OutboxMessage
            {
                Id = Id<OutboxMessage>.New(time),
                WorkspaceId = row.WorkspaceId,
                Subject = SubjectOf(webhook, about),
                Kind = OutboxKind.Webhook,
                About = delivery.Id.Value,
                CreatedAt = at,
                DueAt = at,
            }
        );
        return delivery.Id;
    }

    /// <summary>Whom or what an event is about: by that its order holds.</summary>
    public static Guid AboutOf(WorkspaceEvent row)
    {
        if (row.MemberId is { } member)
        {
            return member.Value;
        }

        using var payload = JsonDocument.Parse(row.Payload);
        return payload.RootElement.GetProperty("data").TryGetProperty("group", out var group)
            ? group.GetProperty("id").GetGuid()
            : row.Id.Value;
    }

    /// <summary>What is sent one after the other: all that one endpoint is told of one person, or of one group.</summary>
    public static string SubjectOf(Id<Webhook> webhook, Guid about) => $"webhook:{webhook}:{about:D}";

    private void Tell(Id<Workspace> workspace, string type, Group group, Dictionary<string, object?>? previous) =>
        Tell(workspace, type, null, () => new() { ["group"] = Shown(group), ["previous"] = previous }, group.Id.Value);

    private void Tell(
        Id<Workspace> workspace,
        string type,
        Id<Member>? member,
        Func<Dictionary<string, object?>> data,
        Guid? about = null,
        bool isForAll = false
    )
    {
        if (!_known.TryGetValue(workspace, out var known))
        {
            return;
        }

        var wanting = known.Wanted.Where(w => w.Wants(type) || (isForAll && w.IsToldOfPeople)).ToList();
        if (wanting.Count == 0)
        {
            return;
        }

        var row = Row(known.Row, type, member, data());
        add(row);
        foreach (var one in wanting.Where(w => !w.IsOff))
        {
            Deliver(row, new(one.Id), about ?? member!.Value.Value, false);
        }
    }

    private WorkspaceEvent Row(Workspace workspace, string type, Id<Member>? member, Dictionary<string, object?> data)
    {
        var id = Id<WorkspaceEvent>.New(time);
        return new()
        {
            WorkspaceId = workspace.Id,
            Id = id,
            Type = type,
            MemberId = member,
            At = at,
            Payload = EventPayload.Write(id, type, at, workspace, actor, data),
        };
    }

    private static object Shown(Group group) =>
        new
        {
            id = group.Id.Value,
            displayName = group.DisplayName,
            externalId = group.ExternalId,
        };
}
