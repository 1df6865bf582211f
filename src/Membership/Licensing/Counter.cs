using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>What is counted.</summary>
public enum CounterKind
{
    /// <summary>Seats in use; limited by the plan.</summary>
    Seats,

    /// <summary>Active people; limited by the member slots.</summary>
    Slots,

    /// <summary>Licenses of a type in use; limited by its pool. The key is the license's.</summary>
    License,

    /// <summary>Active admins who are linked to an account; never taken below one.</summary>
    Admins,

    /// <summary>Members by state; the key is the state's name. A total, spread over shards.</summary>
    State,

    /// <summary>Listed members by role; the key is the role's. A total, spread over shards.</summary>
    Role,

    /// <summary>Groups. A total, spread over shards.</summary>
    Groups,

    /// <summary>People in line for a seat, where seats are given in turn. No row: <see cref="Counter.Waiting"/> of the seats' row.</summary>
    Waiting,
}

/// <summary>
/// A stored count, changed in the same transaction as the rows it counts, so that nobody counts rows. Limits and
/// admins are one row (shard 0) changed by one conditional statement; totals are spread over shards and summed.
/// </summary>
public sealed record Counter
{
    /// <summary>Over how many rows a total is spread, so that rivals do not wait for one another.</summary>
    public const int Spread = 16;

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>What is counted.</summary>
    public required CounterKind Kind { get; init; }

    /// <summary>Which one of the kind; empty where there is only one.</summary>
    public string Key { get; init; } = "";

    /// <summary>Which part of a total; 0 for limits.</summary>
    public int Shard { get; init; }

    /// <summary>The count, or this shard's part of it (which alone may be negative).</summary>
    public required long Used { get; init; }

    /// <summary>The limit; null for none.</summary>
    public long? Limit { get; init; }

    /// <summary>Of seats that are given in turn: how many people wait for one. In the same row, so that nobody gets between.</summary>
    public long Waiting { get; init; }

    /// <summary>Of seats: whether they are given in turn, so that newcomers take only what nobody waits for.</summary>
    public bool InLine { get; init; }

    /// <summary>Of seats: how many there are beyond the limit for a while; null for none.</summary>
    public long? Grace { get; init; }

    /// <summary>For how many days.</summary>
    public long GraceDays { get; init; }

    /// <summary>Until when, once one was taken; null while the limit is kept.</summary>
    public DateTimeOffset? GraceUntil { get; init; }
}
