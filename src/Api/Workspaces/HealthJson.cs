using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Workspaces;

/// <summary>How the server does for a workspace.</summary>
internal sealed record HealthJson
{
    /// <summary>Whether nothing is wrong.</summary>
    public required bool Good { get; init; }

    /// <summary>How long the database took to answer, in milliseconds.</summary>
    public required long DatabaseMilliseconds { get; init; }

    /// <summary>How many mails, jobs and events wait to be sent.</summary>
    public required int Waiting { get; init; }

    /// <summary>Since when the one is due that waits longest; null when none is due.</summary>
    public required DateTimeOffset? OldestDue { get; init; }

    /// <summary>How many were given up after too many tries.</summary>
    public required int GivenUp { get; init; }

    /// <summary>When a directory last called; null for never.</summary>
    public required DateTimeOffset? DirectoryAt { get; init; }

    /// <summary>Of what was read.</summary>
    public static HealthJson Of(ServerHealth health) =>
        new()
        {
            Good = health.IsGood,
            DatabaseMilliseconds = health.DatabaseMilliseconds,
            Waiting = health.Waiting,
            OldestDue = health.OldestDue,
            GivenUp = health.GivenUp,
            DirectoryAt = health.DirectoryAt,
        };
}
