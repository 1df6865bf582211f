using UserManagement.Membership.Licensing;

namespace UserManagement.Api.Members;

/// <summary>A place in the line for a seat.</summary>
internal sealed record SeatPlaceJson
{
    /// <summary>Which one: 1 is next.</summary>
    public required long Number { get; init; }

    /// <summary>Since when they wait.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The key of the role that they are to have.</summary>
    public required string Role { get; init; }

    /// <summary>Whether the seat comes by itself when it is their turn; otherwise an admin gives it.</summary>
    public required bool IsInTurn { get; init; }

    /// <summary>Of a place; null for none.</summary>
    public static SeatPlaceJson? Of(SeatPlace? place) =>
        place is null
            ? null
            : new()
            {
                Number = place.Number,
                Since = place.Since,
                Role = place.Wanted,
                IsInTurn = place.IsInTurn,
            };
}

/// <summary>Who waits for a seat.</summary>
internal sealed record SeatLineJson
{
    /// <summary>The first of them, in the order in which they get one.</summary>
    public required IReadOnlyList<WaitingJson> Items { get; init; }

    /// <summary>How many wait.</summary>
    public required long Total { get; init; }

    /// <summary>How many seats can be given out now; null for no limit.</summary>
    public long? Free { get; init; }

    /// <summary>About which day seats run out, at the pace of the last weeks; null where none can be told.</summary>
    public DateOnly? RunsOutOn { get; init; }

    /// <summary>How many people came in a week and hold a seat; null where too few came to tell.</summary>
    public double? PerWeek { get; init; }

    /// <summary>Of the line.</summary>
    public static SeatLineJson Of(SeatLineView line) =>
        new()
        {
            Items =
            [
                .. line.First.Select(w => new WaitingJson
                {
                    MemberId = w.Member.Id.Value,
                    UserName = w.Member.UserName,
                    DisplayName = w.Member.ShownName,
                    Role = w.Wanted,
                    Since = w.Member.WaitsSince ?? default,
                    Priority = w.Priority,
                }),
            ],
            Total = line.Total,
            Free = line.Room,
            RunsOutOn = line.Forecast.RunsOutOn,
            PerWeek = line.Forecast.PerWeek,
        };
}

/// <summary>Somebody who waits for a seat.</summary>
internal sealed record WaitingJson
{
    /// <summary>The member's id.</summary>
    public required Guid MemberId { get; init; }

    /// <summary>The user name.</summary>
    public required string UserName { get; init; }

    /// <summary>The name to show.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The key of the role that they are to have.</summary>
    public required string Role { get; init; }

    /// <summary>Since when they wait.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The highest priority of their groups; 0 for none.</summary>
    public required int Priority { get; init; }
}

/// <summary>Somebody who holds a seat and was not here for long.</summary>
internal sealed record IdleSeatJson
{
    /// <summary>The member's id.</summary>
    public required Guid MemberId { get; init; }

    /// <summary>The user name.</summary>
    public required string UserName { get; init; }

    /// <summary>The name to show.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The key of the role.</summary>
    public required string Role { get; init; }

    /// <summary>When they were here last; null for never.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Of a row.</summary>
    public static IdleSeatJson Of(IdleSeat idle) =>
        new()
        {
            MemberId = idle.Member.Id.Value,
            UserName = idle.Member.UserName,
            DisplayName = idle.Member.ShownName,
            Role = idle.Member.Role,
            LastSeenAt = idle.LastSeen,
        };
}

/// <summary>What seats a group needs.</summary>
internal sealed record SeatNeedJson
{
    /// <summary>How many seats its active members need beside those that they have.</summary>
    public required long Needs { get; init; }

    /// <summary>How many are free for newcomers; null for no limit.</summary>
    public long? Free { get; init; }

    /// <summary>The group's priority for seats, 1 to 100; null for none.</summary>
    public int? SeatPriority { get; init; }
}

/// <summary>The priority of a group for seats.</summary>
internal sealed record SeatPriorityChange
{
    /// <summary>1 to 100, the highest first; null for none.</summary>
    public required int? SeatPriority { get; init; }
}
