namespace UserManagement.Membership.Plans;

/// <summary>A subscription as the billing provider tells of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Customer">Who pays.</param>
/// <param name="Seats">How many seats it gives now; 0 when it gives none, because it was not paid or is paused.</param>
/// <param name="IsEnded">Whether it is over for good; it never comes back.</param>
public sealed record SubscriptionState(string Id, string Customer, int Seats, bool IsEnded);

/// <summary>What the billing provider sent, proven to be from there.</summary>
/// <param name="Id">The event's id: the same event may come several times.</param>
/// <param name="At">When it happened, to the second; events come in any order.</param>
/// <param name="IsFirst">Whether it is the subscription's beginning, older than all else that is told of it.</param>
/// <param name="Subscription">The subscription; null for an event about anything else, which is passed over.</param>
/// <param name="IsPart">Whether what was sent shows a part of the subscription, so that it must be asked for.</param>
public sealed record BillingNotice(string Id, DateTimeOffset At, bool IsFirst, SubscriptionState? Subscription, bool IsPart = false);

/// <summary>
/// The provider through which workspaces are paid for, or none. Refusals: <c>billingOff</c> where none is set up, <c>billingAway</c>
/// where it does not answer, <c>forged</c> for what is not proven to be from there.
/// </summary>
public interface IBilling
{
    /// <summary>Whether there is one.</summary>
    bool IsSet { get; }

    /// <summary>Reads what was posted to the webhook.</summary>
    /// <param name="body">The body as it came, byte by byte: it is what is signed.</param>
    /// <param name="signature">The header with the signature; null when there was none.</param>
    /// <param name="at">The time now.</param>
    Outcome<BillingNotice> Read(ReadOnlyMemory<byte> body, string? signature, DateTimeOffset at);

    /// <summary>A subscription as it is now.</summary>
    Task<Outcome<SubscriptionState>> AskAsync(string subscription, CancellationToken ct);

    /// <summary>Opens the portal where a customer changes and pays; gives its address, which works for a few minutes.</summary>
    /// <param name="customer">Who pays.</param>
    /// <param name="back">Where they come back to.</param>
    /// <param name="ct">Stops it.</param>
    Task<Outcome<Uri>> OpenPortalAsync(string customer, Uri back, CancellationToken ct);
}

/// <summary>No billing provider: the operator alone sets plans.</summary>
public sealed class NoBilling : IBilling
{
    /// <summary>The refusal.</summary>
    public static Refusal Off { get; } =
        new(RefusalKind.NotFound, "billingOff", "Billing is not set up on this server: whoever runs it changes the plan.");

    /// <inheritdoc/>
    public bool IsSet => false;

    /// <inheritdoc/>
    public Outcome<BillingNotice> Read(ReadOnlyMemory<byte> body, string? signature, DateTimeOffset at) => Off;

    /// <inheritdoc/>
    public Task<Outcome<SubscriptionState>> AskAsync(string subscription, CancellationToken ct) =>
        Task.FromResult<Outcome<SubscriptionState>>(Off);

    /// <inheritdoc/>
    public Task<Outcome<Uri>> OpenPortalAsync(string customer, Uri back, CancellationToken ct) => Task.FromResult<Outcome<Uri>>(Off);
}
