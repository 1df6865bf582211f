namespace UserManagement.Membership.Outbox;

/// <summary>
/// Does what messages of one kind ask for. It may be asked twice for one message: after a crash nobody knows whether it had been done.
/// </summary>
public interface IOutboxConsumer
{
    /// <summary>The kind it takes, one of <see cref="OutboxKind"/>.</summary>
    string Kind { get; }

    /// <summary>After how many tries one that fails is given up.</summary>
    int MostTries => OutboxPump.MostTries;

    /// <summary>
    /// Whether others' servers decide how long it takes: each such kind has a pump of its own, so that nothing else waits for it.
    /// </summary>
    bool IsSlow => false;

    /// <summary>Does it. What it throws is a failure that passes: the message is tried again later.</summary>
    Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct);
}

/// <summary>How a delivery ended.</summary>
/// <param name="End">Which way.</param>
/// <param name="Reason">Why not, in words without secrets; null when it was done.</param>
public readonly record struct Delivery(DeliveryEnd End, string? Reason = null)
{
    /// <summary>It was done.</summary>
    public static Delivery Done => new(DeliveryEnd.Done);

    /// <summary>It is no longer wanted: revoked, redeemed, expired in the meantime.</summary>
    public static Delivery NotWanted => new(DeliveryEnd.NotWanted);

    /// <summary>It can never be done, so trying again is no use.</summary>
    public static Delivery Never(string reason) => new(DeliveryEnd.Never, reason);

    /// <summary>It failed; trying again may help.</summary>
    public static Delivery Failed(string reason) => new(DeliveryEnd.Failed, reason);
}

/// <summary>The ways in which a delivery ends.</summary>
public enum DeliveryEnd
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>No longer wanted; as good as done.</summary>
    NotWanted,

    /// <summary>Failed; tried again later.</summary>
    Failed,

    /// <summary>Failed for good.</summary>
    Never,
}
