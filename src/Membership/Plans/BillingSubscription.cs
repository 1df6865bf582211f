namespace UserManagement.Membership.Plans;

/// <summary>The newest that the billing provider told of a subscription.</summary>
public sealed record BillingSubscription
{
    /// <summary>Its id there.</summary>
    public required string Id { get; init; }

    /// <summary>Who pays.</summary>
    public required string Customer { get; init; }

    /// <summary>How many seats it gives.</summary>
    public required int Seats { get; init; }

    /// <summary>Whether it is over for good.</summary>
    public required bool IsEnded { get; init; }

    /// <summary>When that happened, by the provider's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether that was its beginning: anything else told of the same second is newer.</summary>
    public required bool IsFirst { get; init; }

    /// <summary>Counts its changes.</summary>
    public required long Version { get; init; }
}

/// <summary>An event of the billing provider that was taken: it comes again until it is acknowledged, and sometimes after.</summary>
public sealed record BillingEvent
{
    /// <summary>Its id there.</summary>
    public required string Id { get; init; }

    /// <summary>When it was taken.</summary>
    public required DateTimeOffset TakenAt { get; init; }
}
