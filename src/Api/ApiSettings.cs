namespace UserManagement.Api;

/// <summary>What an operator sets for the REST door.</summary>
public sealed record ApiSettings
{
    /// <summary>How many requests one key or person may send in a minute, on each instance.</summary>
    public int RequestsPerMinute { get; init; } = 600;

    /// <summary>How many unknown keys one remote address may show in a minute, on each instance.</summary>
    public int UnknownKeysPerMinute { get; init; } = 60;
}
