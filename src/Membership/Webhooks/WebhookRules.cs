namespace UserManagement.Membership.Webhooks;

/// <summary>What the operator says of webhooks.</summary>
public sealed record WebhookRules
{
    /// <summary>How long a delivery is tried again before it is given up.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long nothing gets through to an endpoint before it is turned off.</summary>
    public TimeSpan DisableAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>Whether endpoints may speak plain http: for apps in a network of one's own.</summary>
    public bool MayUseHttp { get; init; }
}
