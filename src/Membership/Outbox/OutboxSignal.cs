using System.Collections.Immutable;
using System.Threading.Channels;

namespace UserManagement.Membership.Outbox;

/// <summary>Tells the pumps of this process that a message was just written, so that they need not wait for their next look.</summary>
public sealed class OutboxSignal
{
    private ImmutableArray<OutboxListener> _listeners = [];

    /// <summary>Something was written: all who listen hear it.</summary>
    public void Raise()
    {
        foreach (var listener in _listeners)
        {
            listener.Hear();
        }
    }

    /// <summary>Begins to listen, for as long as the process lives: one for each pump.</summary>
    public OutboxListener Listen()
    {
        var listener = new OutboxListener();
        ImmutableInterlocked.Update(ref _listeners, all => all.Add(listener));
        return listener;
    }
}

/// <summary>Who waits for the signal; what was raised while nobody waited is not lost.</summary>
public sealed class OutboxListener
{
    private readonly Channel<bool> _raised = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    internal void Hear() => _raised.Writer.TryWrite(true);

    /// <summary>Waits until something is written, at most for so long.</summary>
    /// <returns>Whether something was written; false when the time is over.</returns>
    public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(_raised.Reader.WaitToReadAsync(end.Token).AsTask(), Task.Delay(longest, time, end.Token));
        await end.CancelAsync();
        ct.ThrowIfCancellationRequested();
        return _raised.Reader.TryRead(out _);
    }
}
