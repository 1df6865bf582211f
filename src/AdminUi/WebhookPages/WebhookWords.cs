using UserManagement.Membership.Webhooks;
using UserManagement.Ui;

namespace UserManagement.AdminUi.WebhookPages;

/// <summary>How pages tell how an endpoint and its deliveries stand.</summary>
internal static class WebhookWords
{
    /// <summary>How an endpoint stands.</summary>
    public static (Tone Tone, string Text) Of(Webhook row) =>
        row switch
        {
            { DisabledAt: not null, DisabledReason: not null } => (Tone.Danger, "Turned off"),
            { DisabledAt: not null } => (Tone.Neutral, "Off"),
            { FailingSince: not null } => (Tone.Warning, "Failing"),
            _ => (Tone.Success, "On"),
        };

    /// <summary>How a delivery stands.</summary>
    public static (Tone Tone, string Text) Of(WebhookDelivery row) =>
        row.State switch
        {
            DeliveryState.Delivered => (Tone.Success, "Delivered"),
            DeliveryState.GivenUp => (Tone.Danger, "Given up"),
            DeliveryState.Dropped => (Tone.Neutral, "Not sent"),
            DeliveryState.Waiting when row.Attempts > 0 => (Tone.Warning, "Trying again"),
            DeliveryState.Waiting => (Tone.Info, "Waiting"),
            _ => (Tone.Neutral, "Unknown"),
        };

    /// <summary>Of which events, in short.</summary>
    public static string Events(Webhook row) =>
        row.TypeList.Count is > 0 and var some ? $"{some} of {EventType.All.Count} events" : "All events";
}
