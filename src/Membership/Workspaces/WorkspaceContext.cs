using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Plans;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// A workspace with its configuration read. Its version is read each time, so a change holds at once; what a version says
/// is kept, for it is some thousand characters long and hot paths need it at each request. It is kept for a minute at
/// most: a database that was set back by its operator may count the same versions anew.
/// </summary>
/// <param name="Row">The workspace.</param>
/// <param name="Configuration">Its configuration.</param>
public sealed record WorkspaceContext(Workspace Row, WorkspaceConfiguration Configuration)
{
    private const int MostKept = 10_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Recently = TimeSpan.FromMilliseconds(100);
    private static readonly ConcurrentDictionary<Id<Workspace>, Known> Kept = new();

    /// <summary>Its id.</summary>
    public Id<Workspace> Id => Row.Id;

    /// <summary>Its plan.</summary>
    public Plan Plan { get; } = Plan.Of(Row);

    /// <summary>The refusal when a counter has no room: that the trial is over, or what is full.</summary>
    internal Refusal Full(CounterId counter, DateTimeOffset at) => Plan.IsOver(at) ? Plan.Over() : Seats.Full(Configuration, counter);

    /// <summary>Opens a row as an act means to write it: nothing of it is kept, for it may never be committed.</summary>
    public static WorkspaceContext Planned(Workspace row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Kept.TryRemove(row.Id, out _);
        return new(row, WorkspaceConfiguration.Read(row.Configuration));
    }

    /// <summary>Opens a row that was read.</summary>
    /// <param name="db">Through which it was read; an act that plans through it rests on this configuration.</param>
    /// <param name="row">The row.</param>
    public static WorkspaceContext Of(MembershipDb db, Workspace row)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(row);
        var open =
            Kept.TryGetValue(row.Id, out var known) && known.Open.Row.Configuration == row.Configuration
                ? new WorkspaceContext(row, known.Open.Configuration)
                : new WorkspaceContext(row, WorkspaceConfiguration.Read(row.Configuration));
        if (Kept.Count >= MostKept)
        {
            Kept.Clear();
        }

        Kept[row.Id] = new(open);
        return Told(db, open);
    }

    /// <summary>Forgets what is kept of a workspace: its configuration turned out to be another one.</summary>
    internal static void Forget(Id<Workspace> id) => Kept.TryRemove(id, out _);

    /// <summary>The one way out of here for an act: it learns on which version it rests.</summary>
    private static WorkspaceContext Told(MembershipDb db, WorkspaceContext open)
    {
        db.Plan?.RestOn(open.Row);
        return open;
    }

    /// <summary>Reads a workspace by id; null when it is not there.</summary>
    public static async Task<WorkspaceContext?> ByIdAsync(MembershipDb db, Id<Workspace> id, CancellationToken ct) =>
        await db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, ct) is { } row ? Of(db, row) : null;

    /// <summary>The workspace at a version that was just read; it is read whole where that version is not known.</summary>
    internal static async ValueTask<WorkspaceContext?> AtAsync(MembershipDb db, Id<Workspace> id, long version, CancellationToken ct)
    {
        if (Kept.TryGetValue(id, out var known) && known.Open.Row.Version == version && Stopwatch.GetElapsedTime(known.ReadAt) < KeptFor)
        {
            known.SeenAt = Stopwatch.GetTimestamp();
            return Told(db, known.Open);
        }

        return await ByIdAsync(db, id, ct);
    }

    /// <summary>The version of a workspace was seen just now.</summary>
    internal static void Saw(Id<Workspace> id, long version)
    {
        if (Kept.TryGetValue(id, out var known) && known.Open.Row.Version == version)
        {
            known.SeenAt = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>
    /// Adds the read of a workspace to a batch; what it gives back opens the workspace when it ran. Nothing is
    /// added where its version was seen a tenth of a second ago, as it was by a request whose token was just read, or where the request's
    /// token has yet to be shown, and this version with it: an act that was planned from an older configuration is not written.
    /// </summary>
    internal static Func<ValueTask<WorkspaceContext?>> Add(ReadBatch batch, MembershipDb db, Id<Workspace> id, CancellationToken ct)
    {
        if (
            Kept.TryGetValue(id, out var known)
            && (
                Stopwatch.GetElapsedTime(known.SeenAt) < Recently
                || (db.Proof is { IsShown: false } proof && proof.Workspace == id && proof.Version == known.Open.Row.Version)
            )
        )
        {
            return () => ValueTask.FromResult<WorkspaceContext?>(Told(db, known.Open));
        }

        var version = batch.Read("SELECT version FROM workspaces WHERE id = $1", row => row.GetInt64(0), id.Value);
        return () => version.Rows is [var seen] ? AtAsync(db, id, seen, ct) : ValueTask.FromResult<WorkspaceContext?>(null);
    }

    /// <summary>Reads a workspace by its name in addresses; null when it is not there.</summary>
    public static async Task<WorkspaceContext?> BySlugAsync(MembershipDb db, string slug, CancellationToken ct) =>
        await db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.Slug == slug, ct) is { } row ? Of(db, row) : null;

    private sealed class Known(WorkspaceContext open)
    {
        public WorkspaceContext Open { get; } = open;

        public long ReadAt { get; } = Stopwatch.GetTimestamp();

        public long SeenAt { get; set; } = Stopwatch.GetTimestamp();
    }
}
