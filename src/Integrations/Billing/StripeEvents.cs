using System.Text;
using System.Text.Json;
using Stripe;
using UserManagement.Membership;
using UserManagement.Membership.Plans;

namespace UserManagement.Integrations.Billing;

/// <summary>
/// Reads what Stripe posts: the signature over the raw body by Stripe's own library, then the few fields that count, which are the same in
/// all versions of its API. Events about anything but a subscription that gives seats are passed over.
/// </summary>
/// <param name="settings">The signing secret, and which prices are seats.</param>
internal sealed class StripeEvents(StripeSettings settings)
{
    /// <summary>How far the time of a signature may be from now, in seconds.</summary>
    public const long Tolerance = 300;

    private const int LongestId = 100;
    private const string Subscriptions = "customer.subscription.";

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private static readonly Refusal Forged = new(RefusalKind.Invalid, "forged", "This is not signed by the billing provider, or too old.");
    private static readonly Refusal Unreadable = Refusal.Invalid("event", "This is no event of the billing provider.");

    /// <summary>Reads an event. Refusals: <c>forged</c>, <c>invalidEvent</c>.</summary>
    public Outcome<BillingNotice> Read(ReadOnlyMemory<byte> body, string? signature, DateTimeOffset at)
    {
        try
        {
            var json = Utf8.GetString(body.Span);
            EventUtility.ValidateSignature(json, signature ?? "", settings.WebhookSecret, Tolerance, at.ToUnixTimeSeconds());
        }
        catch (Exception fault) when (fault is StripeException or DecoderFallbackException or FormatException or OverflowException)
        {
            return Forged;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement) is { } notice ? notice : Unreadable;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return Unreadable;
        }
    }

    /// <summary>The state of a subscription of the API; null for one that never gave seats.</summary>
    public SubscriptionState? State(JsonElement subscription)
    {
        var status = subscription.GetProperty("status").GetString();
        if (status is "incomplete" or "incomplete_expired")
        {
            return null; // never paid for
        }

        var items = subscription.GetProperty("items").GetProperty("data").EnumerateArray().Where(IsSeat).ToList();
        var isIn = status is "active" or "trialing" or "past_due";
        return items.Count == 0
            ? null
            : new(
                Id(subscription.GetProperty("id")),
                subscription.GetProperty("customer") is { ValueKind: JsonValueKind.Object } whole
                    ? Id(whole.GetProperty("id"))
                    : Id(subscription.GetProperty("customer")),
                isIn ? (int)Math.Clamp(items.Sum(Quantity), 0, 10_000_000) : 0,
                status == "canceled"
            );
    }

    private BillingNotice? Read(JsonElement told)
    {
        var (id, type) = (Id(told.GetProperty("id")), told.GetProperty("type").GetString() ?? "");
        if (!type.StartsWith(Subscriptions, StringComparison.Ordinal))
        {
            return new(id, DateTimeOffset.UnixEpoch, false, null);
        }

        var at = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(told.GetProperty("created").GetInt64(), 0, 253_402_300_799));
        var subscription = told.GetProperty("data").GetProperty("object");
        if (subscription.GetProperty("object").GetString() != "subscription")
        {
            return null;
        }

        var state = State(subscription);
        return new(
            id,
            at,
            type == Subscriptions + "created",
            type == Subscriptions + "deleted" && state is not null ? state with { Seats = 0, IsEnded = true } : state,
            subscription.GetProperty("items").TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True
        );
    }

    private bool IsSeat(JsonElement item) =>
        settings.SeatPrices.Count == 0
        || (
            item.TryGetProperty("price", out var price)
            && price.TryGetProperty("id", out var id)
            && settings.SeatPrices.Contains(id.GetString(), StringComparer.Ordinal)
        );

    private static long Quantity(JsonElement item) =>
        item.TryGetProperty("quantity", out var quantity) && quantity.ValueKind == JsonValueKind.Number
            ? Math.Clamp(quantity.GetInt64(), 0, 10_000_000)
            : 0;

    private static string Id(JsonElement element) =>
        element.GetString() is { Length: > 0 and <= LongestId } id && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? id
            : throw new FormatException("No id.");
}
