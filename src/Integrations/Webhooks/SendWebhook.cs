using System.Collections.Concurrent;
using System.Text;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Webhooks;

namespace UserManagement.Integrations.Webhooks;

/// <summary>
/// Sends events to endpoints: signed, one after the other for each person, tried again with growing pauses until they are taken or given
/// up. At least once: after a crash an event may come twice, under the id it had. An endpoint that does not answer is left alone for a
/// while, so that nobody else's events wait for it.
/// </summary>
public sealed class SendWebhook(Store store, OpenDelivery open, SettleDelivery settle, WebhookPost post, SecurityEventToken token)
    : IOutboxConsumer
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);
    private readonly ConcurrentDictionary<Id<Webhook>, (int Times, DateTimeOffset Until)> _away = new();

    /// <inheritdoc/>
    public string Kind => OutboxKind.Webhook;

    /// <summary>How long one is tried is a setting, not how often.</summary>
    public int MostTries => int.MaxValue;

    /// <inheritdoc/>
    public bool IsSlow => true;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        var id = new Id<WebhookDelivery>(message.About);
        if (await open.RunAsync(id, ct) is not { } sending)
        {
            await settle.DropAsync(id, ct);
            return Delivery.NotWanted;
        }

        var (webhook, at) = (sending.Webhook, store.Time.Now());
        if (_away.TryGetValue(webhook.Id, out var away) && at < away.Until && sending.Event.Type != EventType.Test)
        {
            return Delivery.Failed("The endpoint does not answer at present.");
        }

        var began = store.Time.GetTimestamp();
        var sent = await post(Request(sending, at), ct);
        var took = store.Time.GetElapsedTime(began);
        if (!sent.Is(out var answer, out var refusal))
        {
            var times = away.Times + 1;
            _away[webhook.Id] = (times, at + Pause(times));
            return await settle.RunAsync(sending, new(at, took, null, null, refusal.Message), ct);
        }

        _away.TryRemove(webhook.Id, out _);
        var error = answer.Status is >= 200 and < 300 ? null : $"The endpoint answered {answer.Status}.";
        var isFinal = error is not null && webhook.Format == WebhookFormat.SecurityEvent && SecurityEventToken.IsRefused(answer);
        return await settle.RunAsync(sending, new(at, took, answer.Status, answer.Beginning, error, isFinal), ct);
    }

    private WebhookRequest Request(OpenedDelivery sending, DateTimeOffset at)
    {
        var address = new Uri(sending.Webhook.Url);
        if (sending.Webhook.Format == WebhookFormat.SecurityEvent)
        {
            var jwt = Encoding.ASCII.GetBytes(token.Write(sending));
            return new(address, SecurityEventToken.MediaType, jwt, new Dictionary<string, string> { ["Accept"] = "application/json" });
        }

        var body = Encoding.UTF8.GetBytes(sending.Payload);
        return new(address, "application/json", body, StandardSignature.Headers(sending.Keys, sending.Event.Id.ToString(), at, body));
    }

    private static TimeSpan Pause(int times) =>
        TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 2 * Math.Pow(2, Math.Min(times, 10) - 1)));
}
