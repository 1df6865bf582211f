using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>How the server does for one workspace.</summary>
/// <param name="DatabaseMilliseconds">How long the database took to answer what is below.</param>
/// <param name="Waiting">How many messages of the workspace (mails, jobs, events) wait to be sent.</param>
/// <param name="OldestDue">Since when the one is due that waits longest; null when none is due.</param>
/// <param name="GivenUp">How many were given up after too many tries and are still kept.</param>
/// <param name="DirectoryAt">When a directory last called; null for never.</param>
/// <param name="At">The time at which this was read.</param>
public sealed record ServerHealth(
    long DatabaseMilliseconds,
    int Waiting,
    DateTimeOffset? OldestDue,
    int GivenUp,
    DateTimeOffset? DirectoryAt,
    DateTimeOffset At
)
{
    /// <summary>How long a message may be due before something is wrong.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsGood => GivenUp == 0 && !(OldestDue < At - Patience);
}

/// <summary>
/// Reads how the server does for a workspace: of other workspaces and of the machine it tells nothing. Refusals: <c>forbidden</c>,
/// <c>notFound</c>.
/// </summary>
public sealed class ReadServerHealth(Store store)
{
    /// <summary>Reads it.</summary>
    public async Task<Outcome<ServerHealth>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ServerHealth) is { } refused)
        {
            return refused;
        }

        var now = store.Time.Now();
        var began = TimeProvider.System.GetTimestamp();
        await using var db = store.Read();
        var mine = db.OutboxMessages.AsNoTracking().Where(m => m.WorkspaceId == workspaceId);
        var open = mine.Where(m => m.DoneAt == null && m.DeadAt == null);
        var waiting = await open.CountAsync(ct);
        var oldest = await open.Where(m => m.DueAt <= now)
            .OrderBy(m => m.DueAt)
            .Select(m => (DateTimeOffset?)m.DueAt)
            .FirstOrDefaultAsync(ct);
        var dead = await mine.CountAsync(m => m.DeadAt != null, ct);
        var called = await db
            .ScimCredentialUses.Where(u => u.WorkspaceId == workspaceId)
            .Select(u => (DateTimeOffset?)u.LastUsedAt)
            .MaxAsync(ct);
        return new ServerHealth((long)TimeProvider.System.GetElapsedTime(began).TotalMilliseconds, waiting, oldest, dead, called, now);
    }
}
