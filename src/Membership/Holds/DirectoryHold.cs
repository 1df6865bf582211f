using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>What an admin decides on a held word of a directory.</summary>
public enum HoldVerdict
{
    /// <summary>It is carried out.</summary>
    Release,

    /// <summary>It is not carried out, until the directory says otherwise or an admin decides anew.</summary>
    Keep,

    /// <summary>Whom the directory would let in is somebody who is here already: the two become one person.</summary>
    Merge,
}

/// <summary>
/// Where one directory stands with what it may take away: how many people went within the window, whether the rest is held, and how far a
/// decision on all of it is carried out. One row for each token or app, made with the first who goes where the workspace has rules for that
/// (<see cref="HoldRules"/>); one more for each group out of which it takes people.
/// </summary>
public sealed record DirectoryHold
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The token or app.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>The group; empty for people's access.</summary>
    public required Guid About { get; init; }

    /// <summary>The name of the token or app.</summary>
    public required string Client { get; init; }

    /// <summary>The name of the group; null for people's access.</summary>
    public string? Name { get; init; }

    /// <summary>When the window ends; null before the first.</summary>
    public DateTimeOffset? WindowUntil { get; init; }

    /// <summary>How many went within it.</summary>
    public long Used { get; init; }

    /// <summary>How many may.</summary>
    public long Most { get; init; }

    /// <summary>Since when something is held; null while nothing is.</summary>
    public DateTimeOffset? OpenSince { get; init; }

    /// <summary>Until when an admin may decide on the first of it; null while nothing is held.</summary>
    public DateTimeOffset? DecideUntil { get; init; }

    /// <summary>Whether the breaker opened: then all who would go are held. Else single ones are, by the mode.</summary>
    public bool IsTripped { get; init; }

    /// <summary>How many were held since.</summary>
    public long Held { get; init; }

    /// <summary>Until when more people may leave the group, because an admin said so; null for no such word.</summary>
    public DateTimeOffset? AllowedUntil { get; init; }

    /// <summary>What was decided on all of it and is being carried out; null while nothing is.</summary>
    public HoldVerdict? Verdict { get; init; }

    /// <summary>When that was decided: what was held later is not meant.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>What kind of actor decided; null while nothing is being carried out.</summary>
    public ActorKind? DecidedByKind { get; init; }

    /// <summary>Who decided; null while nothing is being carried out, and for the operator.</summary>
    public Guid? DecidedById { get; init; }

    /// <summary>Their name; null while nothing is being carried out.</summary>
    public string? DecidedByName { get; init; }

    /// <summary>How far it came along the members' ids.</summary>
    public Guid Cursor { get; init; }

    /// <summary>On how many it was carried out.</summary>
    public long Done { get; init; }

    /// <summary>On how many it could not be, for a reason that their lines of the list tell.</summary>
    public long LeftOut { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Version { get; init; }

    /// <summary>The row once nothing is held any more: the next who goes begins a new window.</summary>
    public DirectoryHold Closed() =>
        this with
        {
            WindowUntil = null,
            Used = 0,
            OpenSince = null,
            DecideUntil = null,
            IsTripped = false,
            Held = 0,
            Verdict = null,
            DecidedAt = null,
            DecidedByKind = null,
            DecidedById = null,
            DecidedByName = null,
            Cursor = default,
            Version = Version + 1,
        };

    /// <summary>Whoever decided, as an actor: what the job writes is in their name.</summary>
    internal Actor Decider =>
        new()
        {
            Kind = DecidedByKind ?? ActorKind.System,
            Door = Door.None,
            Name = DecidedByName ?? "System",
            Id = DecidedById,
            Workspace = WorkspaceId,
        };
}
