using System.Text.Json.Serialization;

namespace UserManagement.Membership.Workspaces;

/// <summary>What of a directory's word is carried out at once.</summary>
public enum HoldMode
{
    /// <summary>All of it, up to the limits of the breaker where there are any.</summary>
    Apply,

    /// <summary>All but what takes somebody's access away: deactivations and deletions wait for an admin.</summary>
    HoldDangerous,

    /// <summary>
    /// Nothing that gives or takes access: who is let in waits too, whom the directory takes for its own, and what rules make of its groups
    /// and attributes. What else it says of people is kept.
    /// </summary>
    [Strictest]
    Hold,
}

/// <summary>What becomes of a held word on which nobody decides in time.</summary>
public enum HoldDeadline
{
    /// <summary>It is not carried out; an admin may still do that later.</summary>
    [Strictest]
    Keep,

    /// <summary>It is carried out.</summary>
    Release,
}

/// <summary>
/// Which words of directories are remembered and not carried out until an admin decides (hold mode), and how many people a directory may
/// take out within a window before the rest is held (the breaker). The window begins with the first of them; each token or app is counted
/// by itself. Where both limits are set, the lower one holds; one person alone always goes.
/// </summary>
public sealed record HoldRules
{
    /// <summary>What is carried out at once.</summary>
    public HoldMode Mode { get; init; }

    /// <summary>How many people may lose access within the window, 1 to 1,000,000; null for no such limit.</summary>
    public int? People { get; init; }

    /// <summary>The same as a share of those who are in, in percent, 1 to 100; null for no such limit.</summary>
    public int? Percent { get; init; }

    /// <summary>The window, 1 to 10,080 minutes.</summary>
    public int Minutes { get; init; } = 60;

    /// <summary>For how many days an admin may decide, 1 to 90.</summary>
    public int Days { get; init; } = 3;

    /// <summary>What becomes of it then.</summary>
    public HoldDeadline OnDeadline { get; init; }

    /// <summary>Whether there is a breaker.</summary>
    [JsonIgnore]
    public bool HasLimit => People is not null || Percent is not null;

    /// <summary>How many of so many people may go within a window; at least one.</summary>
    public long Most(long people) =>
        Math.Max(1, Math.Min(People ?? long.MaxValue, Percent is { } share ? people * share / 100 : long.MaxValue));

    /// <summary>Whether less is held by other rules, null for none, or more is carried out by itself.</summary>
    internal bool IsLoosenedBy(HoldRules? other) =>
        other is null
        || other.Mode < Mode
        || (People is { } people && (other.People is not { } more || more > people))
        || (Percent is { } percent && (other.Percent is not { } larger || larger > percent))
        || (HasLimit && other.Minutes < Minutes)
        || (OnDeadline == HoldDeadline.Keep && (other.OnDeadline != HoldDeadline.Keep));

    /// <summary>The first thing that is wrong; null when it is whole.</summary>
    internal Refusal? Check() =>
        People is < 1 or > 1_000_000 ? Wrong("people", "A breaker lets 1 to 1,000,000 people go, or has no such limit.")
        : Percent is < 1 or > 100 ? Wrong("percent", "A share is 1 to 100 percent, or none.")
        : Minutes is < 1 or > 10_080 ? Wrong("minutes", "A window has 1 to 10,080 minutes.")
        : Days is < 1 or > 90 ? Wrong("days", "There are 1 to 90 days to decide.")
        : null;

    private static Refusal Wrong(string field, string message) => Refusal.Invalid("scim.hold." + field, message);
}
