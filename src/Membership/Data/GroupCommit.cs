using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>How the commit of an act's changes ended.</summary>
/// <param name="IsDone">Whether they are written.</param>
/// <param name="FailedGuard">The guard that found no row, where that is known; null when they are written, and when rivals were in the way
/// otherwise.</param>
internal readonly record struct CommitResult(bool IsDone, FailedGuard? FailedGuard)
{
    public static readonly CommitResult Done = new(true, null);
    public static readonly CommitResult Retry = new(false, null);
}

/// <summary>
/// Group commit: how changes reach the database. While one commit is under way, acts that become ready wait in their queue and are
/// written together with the next, as one transaction: they share its COMMIT, and what they add to one table or one count is
/// one statement. Nobody waits for company: who comes to an empty queue is written at once. When a commit of several fails and
/// nothing of it was written, each of them is written alone, so none sees another's fault; where rivals were in the way all plan anew,
/// and where the database went away all are told, for after a lost COMMIT nobody knows what was done.
/// <para>
/// All share one queue, and a commit of it waits for somebody else's lock no longer than <see cref="LockPatience"/>: then its acts go
/// on in queues of their workspaces, and who acts there in the next seconds goes there at once. So a lock on one workspace's rows holds
/// up nobody else for long. Where one writes at a time there is but one lock, and one queue; where workspaces lie on several machines
/// each has a queue of its own.
/// </para>
/// </summary>
internal sealed class GroupCommit
{
    private const int MostTogether = 32;
    private const int MostUnderWay = 6; // of one queue: who is held up must not take all connections from the others
    private readonly Func<MembershipDb> _open;
    private readonly TimeProvider _time;
    private readonly bool _inTurn;
    private readonly Lock _gate = new();
    private readonly Dictionary<QueueKey, CommitQueue> _queues = [];
    private readonly Dictionary<Id<Workspace>, long> _apart = []; // until which timestamp of real time
    private readonly ConcurrentDictionary<Id<Workspace>, SemaphoreSlim> _large = new();

    /// <summary>How long a commit holds up those behind it; from then on they leave beside it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a commit of the shared queue waits for somebody else's lock.</summary>
    public static readonly TimeSpan LockPatience = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(5); // how long a workspace that was held up stays by itself

    /// <param name="open">Opens a context; it must not track.</param>
    /// <param name="time">The clock of <see cref="Patience"/>; null for real time, for what holds a commit up does so in real time.</param>
    public GroupCommit(Func<MembershipDb> open, TimeProvider? time = null)
    {
        _open = open;
        _time = time ?? TimeProvider.System;
        using var db = open();
        _inTurn = db.WritesInTurn;
    }

    /// <summary>Writes an act's changes. Throws the driver's exception when the database is away.</summary>
    /// <param name="workspace">Where it acts; null for the installation.</param>
    /// <param name="changes">What it writes.</param>
    /// <param name="ct">Stops it before it is sent.</param>
    public Task<CommitResult> CommitAsync(Id<Workspace>? workspace, Changes changes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var home = _inTurn ? default : changes.Home ?? workspace ?? default;
        return changes.IsLarge ? WriteInTurnAsync(home, changes, ct)
            : changes.IsAlone || (!_inTurn && !changes.IsOf(workspace)) ? WriteAloneAsync(changes, ct)
            : JoinAsync(home, changes, ct);
    }

    /// <summary>
    /// What writes for seconds waits for others of its kind in its workspace here, without a connection and without a limit of time:
    /// together they would each outlast the time of a command, and hold up everybody else.
    /// </summary>
    private async Task<CommitResult> WriteInTurnAsync(Id<Workspace> home, Changes changes, CancellationToken ct)
    {
        var turn = _large.GetOrAdd(home, _ => new(1));
        await turn.WaitAsync(ct);
        try
        {
            return await WriteAloneAsync(changes, ct);
        }
        finally
        {
            turn.Release();
        }
    }

    private Task<CommitResult> JoinAsync(Id<Workspace> home, Changes changes, CancellationToken ct)
    {
        var mine = new Waiting(home, changes, ct);
        Queue([mine], isHeldUp: false);
        return mine.Result.Task;
    }

    private void Queue(IEnumerable<Waiting> acts, bool isHeldUp)
    {
        List<CommitQueue> begun = [];
        lock (_gate)
        {
            foreach (var act in acts)
            {
                if (isHeldUp)
                {
                    _apart[act.Home] = _time.GetTimestamp() + (long)(Apart.TotalSeconds * _time.TimestampFrequency);
                }

                // where workspaces lie on several machines a commit of several would be one of several machines, in two phases
                var apart = act.Changes.IsDistributed || IsApart(act.Home);
                var key = new QueueKey(apart ? act.Home : default, apart);
                if (_queues.TryGetValue(key, out var running))
                {
                    running.Came.TrySetResult();
                }
                else
                {
                    begun.Add(_queues[key] = running = new(this, key));
                }

                running.Acts.Enqueue(act);
            }
        }

        using (ExecutionContext.IsFlowSuppressed() ? null : new SuppressedFlow())
        {
            begun.ForEach(queue => _ = queue.RunAsync());
        }
    }

    private bool IsApart(Id<Workspace> home)
    {
        if (_apart.TryGetValue(home, out var until) && _time.GetTimestamp() < until)
        {
            return true;
        }

        _apart.Remove(home);
        return false;
    }

    /// <summary>
    /// Those of a queue that are written next. A queue in which nobody waits and nothing is under way is gone: one that went while a commit
    /// is held up would come back empty-handed, and take connections without bound.
    /// </summary>
    private List<Waiting> Next(CommitQueue queue, bool isIdle)
    {
        var together = new List<Waiting>();
        lock (_gate)
        {
            while (together.Count < MostTogether && queue.Acts.TryDequeue(out var one))
            {
                if (one.Stop.IsCancellationRequested)
                {
                    one.Result.TrySetCanceled(one.Stop);
                }
                else
                {
                    together.Add(one);
                }
            }

            if (together.Count == 0 && isIdle)
            {
                _queues.Remove(queue.Key);
            }

            queue.Came = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return together;
    }

    private async Task<CommitResult> WriteAloneAsync(Changes changes, CancellationToken ct) =>
        await TryAloneAsync(changes, null, ct) ?? CommitResult.Retry;

    /// <returns>Null where a lock was not got within the patience: nothing is written.</returns>
    private async Task<CommitResult?> TryAloneAsync(Changes changes, TimeSpan? patience, CancellationToken ct)
    {
        await using var db = _open();
        if (changes.Longest is { } longest && longest > db.CommandTimeout)
        {
            db.Database.SetCommandTimeout(longest);
        }

        try
        {
            if (await db.WriteAsync(Changes.Steps(db, [changes]), patience, ct) is { } missed)
            {
                return new CommitResult(false, missed);
            }

            MembershipMeter.Committed(1);
            return CommitResult.Done;
        }
        catch (DbException fault) when (patience is not null && db.Classify(fault) == WriteFault.Contention)
        {
            return null;
        }
        catch (DbException fault) when (IsRivalry(db, fault))
        {
            return CommitResult.Retry;
        }
    }

    private static bool IsRivalry(MembershipDb db, DbException fault) =>
        db.Classify(fault) is WriteFault.Duplicate or WriteFault.Contention or WriteFault.MissingReference;

    /// <param name="Home">The workspace whose acts it holds up or waits for; of the shared queue's key none.</param>
    /// <param name="IsApart">Whether it is the queue of those who were held up.</param>
    private readonly record struct QueueKey(Id<Workspace> Home, bool IsApart);

    private sealed record Waiting(Id<Workspace> Home, Changes Changes, CancellationToken Stop)
    {
        public TaskCompletionSource<CommitResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>While it lasts nothing of the request goes along: others' acts are none of its business.</summary>
    private sealed class SuppressedFlow : IDisposable
    {
        private AsyncFlowControl _flow = ExecutionContext.SuppressFlow();

        public void Dispose() => _flow.Dispose();
    }

    private sealed class CommitQueue(GroupCommit group, QueueKey key)
    {
        public QueueKey Key => key;

        // where one writes at a time the lock is everybody's
        private TimeSpan? Patience { get; } = key.IsApart || group._inTurn ? null : LockPatience;

        /// <summary>Who waits; under the queues' lock.</summary>
        public Queue<Waiting> Acts { get; } = [];

        /// <summary>Ends when somebody comes; under the queues' lock, and made anew whenever the queue was emptied.</summary>
        public TaskCompletionSource Came { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task RunAsync()
        {
            var late = new List<Task>();
            while (true)
            {
                var together = group.Next(this, late.Count == 0);
                if (together.Count == 0)
                {
                    if (late.Count == 0)
                    {
                        return;
                    }

                    await Task.WhenAny([Came.Task, .. late]);
                    late.RemoveAll(one => one.IsCompleted);
                    continue;
                }

                var commit = WriteAsync(together);
                try
                {
                    await commit.WaitAsync(GroupCommit.Patience, group._time);
                }
                catch (TimeoutException)
                {
                    late.Add(commit); // it is still under way, and tells each one's fate itself
                }

                late.RemoveAll(one => one.IsCompleted);
                while (!group._inTurn && late.Count >= MostUnderWay)
                {
                    late.Remove(await Task.WhenAny(late));
                }

                await Task.Yield(); // whoever came first has an answer by now and need not see the others off
            }
        }

        // never throws: each one's fate is told to the one
        private async Task WriteAsync(List<Waiting> together)
        {
            if (together.Count == 1 || !await WriteTogetherAsync(together))
            {
                await Task.WhenAll(together.Select(WriteAloneAsync));
            }
        }

        // false when nothing was written for sure
        private async Task<bool> WriteTogetherAsync(List<Waiting> together)
        {
            try
            {
                await using var db = group._open();
                return await WriteTogetherAsync(db, together);
            }
            catch (DbException fault)
            {
                together.ForEach(one => one.Result.TrySetException(fault)); // after a lost COMMIT nobody knows what was done
                return true;
            }
            catch (Exception)
            {
                return false; // a value that cannot be sent, or a fault of ours: alone it hits only whom it belongs to
            }
        }

        private async Task<bool> WriteTogetherAsync(MembershipDb db, List<Waiting> together)
        {
            try
            {
                if (
                    await db.WriteAsync(Changes.Steps(db, [.. together.Select(one => one.Changes)]), Patience, CancellationToken.None)
                    is not null
                )
                {
                    return false;
                }

                MembershipMeter.Committed(together.Count);
                together.ForEach(one => one.Result.TrySetResult(CommitResult.Done));
                return true;
            }
            catch (DbException fault) when (Patience is not null && db.Classify(fault) == WriteFault.Contention)
            {
                group.Queue(together, isHeldUp: true);
                return true;
            }
            catch (DbException fault) when (db.Classify(fault) == WriteFault.Contention)
            {
                together.ForEach(one => one.Result.TrySetResult(CommitResult.Retry)); // each decides how long it goes on
                return true;
            }
            catch (DbException fault) when (db.Classify(fault) != WriteFault.Unavailable)
            {
                return false;
            }
        }

        private async Task WriteAloneAsync(Waiting one)
        {
            try
            {
                if (await group.TryAloneAsync(one.Changes, Patience, CancellationToken.None) is { } result)
                {
                    one.Result.TrySetResult(result);
                }
                else
                {
                    group.Queue([one], isHeldUp: true);
                }
            }
            catch (Exception fault)
            {
                one.Result.TrySetException(fault);
            }
        }
    }
}
