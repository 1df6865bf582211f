using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>In which form an endpoint is told.</summary>
public enum WebhookFormat
{
    /// <summary>JSON, signed by a shared secret as Standard Webhooks says.</summary>
    Standard,

    /// <summary>A Security Event Token (RFC 8417), signed by the OpenID Provider's key, pushed as RFC 8935 says.</summary>
    SecurityEvent,
}

/// <summary>An address of an app that is told of events of a workspace.</summary>
public sealed record Webhook
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<Webhook> Id { get; init; }

    /// <summary>Which app it is, for people.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is told: https.</summary>
    public required string Url { get; init; }

    /// <summary>Of which events (<see cref="EventType"/>), separated by blanks; empty for all, also those of later versions.</summary>
    public required string Types { get; init; }

    /// <summary>In which form.</summary>
    public WebhookFormat Format { get; init; }

    /// <summary>For whom a token is meant (<c>aud</c>); null for its address. Of no meaning for the standard form.</summary>
    public string? Audience { get; init; }

    /// <summary>Its secrets as <see cref="WebhookSecrets"/> keeps them, sealed.</summary>
    public required string Secrets { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>By whom, by name.</summary>
    public required string MadeBy { get; init; }

    /// <summary>Since when it is off; null while it is told.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Why, in a sentence; null when somebody turned it off by hand.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>Since when nothing gets through; null while all is well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Counts its changes; a change names the version it saw.</summary>
    public required long Version { get; init; }

    /// <summary>The events it asked for; empty for all.</summary>
    public IReadOnlyList<string> TypeList => Types.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Something that happened in a workspace of which an endpoint wanted to know; written with what happened.</summary>
public sealed record WorkspaceEvent
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id, the same at each delivery and replay: whoever is told twice knows it by that.</summary>
    public required Id<WorkspaceEvent> Id { get; init; }

    /// <summary>What happened.</summary>
    public required string Type { get; init; }

    /// <summary>To whom; null for what is about no person.</summary>
    public Id<Member>? MemberId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What is sent, as JSON; see <see cref="EventPayload"/>.</summary>
    public required string Payload { get; init; }
}

/// <summary>Where a delivery stands.</summary>
public enum DeliveryState
{
    /// <summary>It is to be sent, or tried again.</summary>
    Waiting,

    /// <summary>The endpoint took it.</summary>
    Delivered,

    /// <summary>It was given up.</summary>
    GivenUp,

    /// <summary>It is no longer wanted: the endpoint was turned off or removed, the person erased.</summary>
    Dropped,
}

/// <summary>One event on its way to one endpoint.</summary>
public sealed record WebhookDelivery
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id; ordered by time.</summary>
    public required Id<WebhookDelivery> Id { get; init; }

    /// <summary>The endpoint.</summary>
    public required Id<Webhook> WebhookId { get; init; }

    /// <summary>The event.</summary>
    public required Id<WorkspaceEvent> EventId { get; init; }

    /// <summary>Whom the event is about; null for nobody.</summary>
    public Id<Member>? MemberId { get; init; }

    /// <summary>What happened.</summary>
    public required string Type { get; init; }

    /// <summary>When it was to be sent first.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it stands.</summary>
    public DeliveryState State { get; init; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; init; }

    /// <summary>When it was sent last; null for never.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The status of the last answer; null when there was none.</summary>
    public int? LastStatus { get; init; }

    /// <summary>Whether somebody asked for it anew.</summary>
    public bool IsReplay { get; init; }
}

/// <summary>One try of a delivery.</summary>
public sealed record WebhookAttempt
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The delivery.</summary>
    public required Id<WebhookDelivery> DeliveryId { get; init; }

    /// <summary>Which try, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Whom the event is about; null for nobody.</summary>
    public Id<Member>? MemberId { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public required int Duration { get; init; }

    /// <summary>The status; null when no answer came.</summary>
    public int? Status { get; init; }

    /// <summary>The beginning of the answer; null for none.</summary>
    public string? Answer { get; init; }

    /// <summary>Why it failed, in words; null when it did not.</summary>
    public string? Error { get; init; }
}
