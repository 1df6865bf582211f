using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Stripe;
using Stripe.BillingPortal;
using UserManagement.Membership;
using UserManagement.Membership.Plans;

namespace UserManagement.Integrations.Billing;

/// <summary>
/// Stripe as the billing provider. What goes wrong there is logged by its status and code alone: its messages may quote what was sent.
/// </summary>
public sealed class StripeBilling : IBilling, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Refusal Away = new(
        RefusalKind.Unavailable,
        "billingAway",
        "The billing provider does not answer as it should. Try again in a minute.",
        RetryAfter: TimeSpan.FromMinutes(1)
    );

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        }
    )
    {
        Timeout = Patience,
    };

    private readonly StripeClient _stripe;
    private readonly StripeEvents _events;
    private readonly ILogger<StripeBilling> _log;

    /// <param name="settings">Keys and secrets.</param>
    /// <param name="log">Where faults go.</param>
    public StripeBilling(StripeSettings settings, ILogger<StripeBilling> log)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _stripe = new(
            settings.ApiKey,
            httpClient: new SystemNetHttpClient(_http, maxNetworkRetries: 1, enableTelemetry: false),
            apiBase: settings.ApiBase?.GetLeftPart(UriPartial.Path).TrimEnd('/')
        );
        _events = new(settings);
        _log = log;
    }

    /// <inheritdoc/>
    public bool IsSet => true;

    /// <inheritdoc/>
    public Outcome<BillingNotice> Read(ReadOnlyMemory<byte> body, string? signature, DateTimeOffset at) =>
        _events.Read(body, signature, at);

    /// <inheritdoc/>
    public Task<Outcome<SubscriptionState>> AskAsync(string subscription, CancellationToken ct) =>
        TryAsync<SubscriptionState>(
            async () =>
            {
                var found = await new SubscriptionService(_stripe).GetAsync(subscription, cancellationToken: ct);
                using var document = JsonDocument.Parse(found.StripeResponse.Content);
                return _events.State(document.RootElement) is { } state ? state : Away;
            },
            ct
        );

    /// <inheritdoc/>
    public Task<Outcome<Uri>> OpenPortalAsync(string customer, Uri back, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(back);
        return TryAsync<Uri>(
            async () =>
            {
                var opened = await new SessionService(_stripe).CreateAsync(
                    new SessionCreateOptions { Customer = customer, ReturnUrl = back.AbsoluteUri },
                    cancellationToken: ct
                );
                return Uri.TryCreate(opened.Url, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.IsLoopback)
                    ? url
                    : Away;
            },
            ct
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<Outcome<T>> TryAsync<T>(Func<Task<Outcome<T>>> call, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (StripeException fault)
        {
            _log.LogWarning("Billing: Stripe refused with {Status} {Code}.", (int)fault.HttpStatusCode, fault.StripeError?.Code);
        }
        catch (Exception fault)
            when (fault
                    is HttpRequestException
                        or SocketException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                || (fault is OperationCanceledException && !ct.IsCancellationRequested)
            )
        {
            _log.LogWarning("Billing: Stripe did not answer ({Fault}).", fault.GetType().Name);
        }

        return Away;
    }
}
