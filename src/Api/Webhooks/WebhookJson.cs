using System.Text.Json;
using UserManagement.Membership.Webhooks;

namespace UserManagement.Api.Webhooks;

/// <summary>An endpoint that is told of events.</summary>
internal sealed record WebhookJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Which app it is.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is told.</summary>
    public required string Url { get; init; }

    /// <summary>Of which events; empty for all, also those of later versions.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>In which form: Standard Webhooks, or Security Event Tokens (RFC 8417).</summary>
    public required WebhookFormat Format { get; init; }

    /// <summary>For whom tokens are meant; null for the address.</summary>
    public string? Audience { get; init; }

    /// <summary>Whether it is told.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Why the server turned it off; null when it did not.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>Since when nothing gets through; null while all is well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>The secrets that sign, by their ends.</summary>
    public required IReadOnlyList<WebhookSecretJson> Secrets { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>By whom.</summary>
    public required string MadeBy { get; init; }

    /// <summary>Counts its changes.</summary>
    public required long Version { get; init; }

    /// <summary>Of an endpoint.</summary>
    public static WebhookJson Of(Webhook row) =>
        new()
        {
            Id = row.Id.Value,
            Name = row.Name,
            Url = row.Url,
            Types = row.TypeList,
            Format = row.Format,
            Audience = row.Audience,
            Enabled = row.DisabledAt is null,
            DisabledReason = row.DisabledReason,
            FailingSince = row.FailingSince,
            Secrets =
            [
                .. WebhookSecrets
                    .Of(row)
                    .Select(s => new WebhookSecretJson
                    {
                        Id = s.Id,
                        End = s.End,
                        CreatedAt = s.CreatedAt,
                    }),
            ],
            CreatedAt = row.CreatedAt,
            MadeBy = row.MadeBy,
            Version = row.Version,
        };
}

/// <summary>A secret, as far as it is shown after it was made.</summary>
internal sealed record WebhookSecretJson
{
    /// <summary>Its id, to take it away.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its last four characters.</summary>
    public required string End { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>An endpoint to be made.</summary>
internal sealed record NewWebhook
{
    /// <summary>Which app it is, 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is told: an absolute https address.</summary>
    public required string Url { get; init; }

    /// <summary>Of which events: member.joined, member.suspended, ... Empty or absent for all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>In which form. Default: standard.</summary>
    public WebhookFormat Format { get; init; }

    /// <summary>For whom tokens are meant; null for the address. Only with the format securityEvent.</summary>
    public string? Audience { get; init; }
}

/// <summary>What changes of an endpoint; absent fields stay.</summary>
internal sealed record WebhookChange
{
    /// <summary>Which app it is.</summary>
    public string? Name { get; init; }

    /// <summary>Where it is told; what waits is sent there.</summary>
    public string? Url { get; init; }

    /// <summary>Of which events; empty for all.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>In which form.</summary>
    public WebhookFormat? Format { get; init; }

    /// <summary>For whom tokens are meant; null for the address.</summary>
    public string? Audience { get; init; }

    /// <summary>Whether it is told.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>A secret that was just made: the only answer in which it stands.</summary>
internal sealed record IssuedWebhookJson
{
    /// <summary>The endpoint.</summary>
    public required WebhookJson Webhook { get; init; }

    /// <summary>The secret: whsec_ and the key in base64.</summary>
    public required string Secret { get; init; }
}

/// <summary>An event on its way to an endpoint; the same in lists and alone.</summary>
internal sealed record DeliveryJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The event's id: webhook-id, or jti.</summary>
    public required Guid EventId { get; init; }

    /// <summary>What happened.</summary>
    public required string Type { get; init; }

    /// <summary>Whom it is about; null for nobody.</summary>
    public Guid? MemberId { get; init; }

    /// <summary>When it was to be sent first.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it stands.</summary>
    public required DeliveryState State { get; init; }

    /// <summary>How often it was sent.</summary>
    public required int AttemptCount { get; init; }

    /// <summary>When it was sent last; null for never.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>The status of the last answer; null when there was none.</summary>
    public int? LastStatus { get; init; }

    /// <summary>Whether somebody asked for it anew.</summary>
    public required bool Replay { get; init; }

    /// <summary>Of a delivery.</summary>
    public static DeliveryJson Of(WebhookDelivery row) =>
        new()
        {
            Id = row.Id.Value,
            EventId = row.EventId.Value,
            Type = row.Type,
            MemberId = row.MemberId?.Value,
            CreatedAt = row.CreatedAt,
            State = row.State,
            AttemptCount = row.Attempts,
            LastAttemptAt = row.LastAt,
            LastStatus = row.LastStatus,
            Replay = row.IsReplay,
        };
}

/// <summary>A delivery with its tries and what was sent.</summary>
internal sealed record DeliveryLogJson
{
    /// <summary>The delivery.</summary>
    public required DeliveryJson Delivery { get; init; }

    /// <summary>What is sent; null once the event is gone.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>The tries, first to last.</summary>
    public required IReadOnlyList<AttemptJson> Attempts { get; init; }

    /// <summary>Of a delivery.</summary>
    public static DeliveryLogJson Of(DeliveryView view) =>
        new()
        {
            Delivery = DeliveryJson.Of(view.Row),
            Payload = view.Payload is { } payload ? JsonElement.Parse(payload) : null,
            Attempts =
            [
                .. view.Attempts.Select(a => new AttemptJson
                {
                    Number = a.Number,
                    At = a.At,
                    Duration = a.Duration,
                    Status = a.Status,
                    Answer = a.Answer,
                    Error = a.Error,
                }),
            ],
        };
}

/// <summary>One try of a delivery.</summary>
internal sealed record AttemptJson
{
    /// <summary>Which, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public required int Duration { get; init; }

    /// <summary>The status; null when no answer came.</summary>
    public int? Status { get; init; }

    /// <summary>The beginning of the answer, at most 2,000 bytes; null for none.</summary>
    public string? Answer { get; init; }

    /// <summary>Why it failed; null when it was taken.</summary>
    public string? Error { get; init; }
}

/// <summary>A delivery that was just ordered.</summary>
internal sealed record OrderedDeliveryJson
{
    /// <summary>Its id, by which the log shows what came of it.</summary>
    public required Guid DeliveryId { get; init; }
}

/// <summary>A span of time whose events are to be sent once more.</summary>
internal sealed record ReplaySpan
{
    /// <summary>From when on.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Until before when; absent for now.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only those after this event: next of the answer before.</summary>
    public Guid? After { get; init; }
}

/// <summary>What is sent once more.</summary>
internal sealed record ReplayedJson
{
    /// <summary>How many events.</summary>
    public required int Count { get; init; }

    /// <summary>The event after which the next call goes on; null when it was all.</summary>
    public Guid? Next { get; init; }
}

/// <summary>A kind of event.</summary>
internal sealed record EventTypeJson
{
    /// <summary>Its name.</summary>
    public required string Type { get; init; }

    /// <summary>What it says.</summary>
    public required string Meaning { get; init; }
}
