namespace UserManagement.Integrations.Billing;

/// <summary>How Stripe is reached and believed.</summary>
/// <param name="ApiKey">The secret (or restricted) key: it opens billing portals and reads subscriptions.</param>
/// <param name="WebhookSecret">The signing secret of the webhook endpoint.</param>
public sealed record StripeSettings(string ApiKey, string WebhookSecret)
{
    /// <summary>Where the API is; null for Stripe's own.</summary>
    public Uri? ApiBase { get; init; }

    /// <summary>The ids of the prices that are seats; empty when every item of a subscription is.</summary>
    public IReadOnlyList<string> SeatPrices { get; init; } = [];

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"StripeSettings {{ ApiBase = {ApiBase}, SeatPrices = {string.Join(',', SeatPrices)} }}";
}
