using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// The provisioning log: every request of a directory, written beside the acts and never in their way. The door puts what it has to
/// tell into a queue of bounded length and goes on; one writer of each server takes what has come, half a second's worth at a time, and
/// writes it in one transaction. What finds the queue full is counted, and the count is a line of the log. A server that is killed loses
/// the last half second; one that is stopped writes it first.
/// <para>
/// Reads that found what they looked for are many and say little: of each client and kind of read the first in a minute has a line, and
/// those that follow in the same minute stand together in one more, with their number. So do requests with a wrong token. Everything
/// else has a line of its own.
/// </para>
/// </summary>
public sealed class ProvisioningLog(Store store) : IDisposable
{
    /// <summary>How many requests wait at most to be written.</summary>
    public const int MostWaiting = 20_000;

    private const long MostBytes = 64L * 1024 * 1024;
    private const int Batch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForSums = TimeSpan.FromSeconds(5);
    private readonly Channel<ProvisioningNote> _waiting = Channel.CreateBounded<ProvisioningNote>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = false }
    );
    private readonly ConcurrentDictionary<Id<Workspace>, int> _lost = new();
    private readonly Strangers _strangers = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ProvisioningWriter _writer = new(store);
    private Task<bool>? _some;
    private long _bytes;

    /// <summary>The clock of the installation.</summary>
    public TimeProvider Time => store.Time;

    /// <summary>Puts a request into the queue; never waits and never fails.</summary>
    public void Add(ProvisioningNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        if (Interlocked.Read(ref _bytes) < MostBytes && _waiting.Writer.TryWrite(note))
        {
            _ = Interlocked.Add(ref _bytes, note.Size);
            return;
        }

        _ = _lost.AddOrUpdate(note.Workspace, 1, static (_, count) => count + 1);
    }

    /// <summary>Counts a request whose sender was not recognized.</summary>
    public void Add(StrangerNote note) => _strangers.Add(note, store.Time.Now());

    /// <summary>
    /// Writes what comes until it is stopped, and then once more what waits. What cannot be written waits, and is tried again.
    /// </summary>
    /// <param name="failed">Told of a fault; the log goes on.</param>
    /// <param name="ct">Stops it.</param>
    public async Task RunAsync(Action<Exception> failed, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(failed);
        while (!ct.IsCancellationRequested)
        {
            await WaitAsync(ct);
            try
            {
                await FlushAsync(ct.IsCancellationRequested, CancellationToken.None);
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                failed(fault);
                // real time: it is the database that is waited for
                await Task.Delay(AfterFault, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Writes all that has come.</summary>
    /// <param name="andSums">Also what would be summed for the rest of its minute.</param>
    /// <param name="ct">Stops it between two batches; what is left waits.</param>
    /// <exception cref="DbException">The database does not take it: it waits and is written by the next one.</exception>
    public async Task FlushAsync(bool andSums, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            bool isMore;
            do
            {
                while (_writer.Waiting < Batch && _waiting.Reader.TryRead(out var note))
                {
                    _ = Interlocked.Add(ref _bytes, -note.Size);
                    _writer.Take(note);
                }

                isMore = _waiting.Reader.TryPeek(out _);
                if (!isMore)
                {
                    _writer.TakeSums(andSums);
                    _writer.Take(_strangers.Take(store.Time.Now(), andSums));
                }

                foreach (var (workspace, count) in _lost)
                {
                    if (_lost.TryRemove(new(workspace, count)))
                    {
                        _writer.TakeLost(workspace, count);
                    }
                }

                await _writer.WriteAsync(ct);
            } while (isMore);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Until half a second after something came, or what is summed may be due.</summary>
    private async Task WaitAsync(CancellationToken ct)
    {
        // real time: it is the rhythm of the writer, whatever the clock says
        _some ??= _waiting.Reader.WaitToReadAsync(ct).AsTask();
        if (await Task.WhenAny(_some, Task.Delay(ForSums, TimeProvider.System, ct)) == _some && !ct.IsCancellationRequested)
        {
            _some = null;
            await Task.Delay(Pause, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
