using System.Threading.Channels;

namespace UserManagement.Membership.Outbox;

/// <summary>Tells the pump of this process that a message was just written, so that it need not wait for its next look.</summary>
public sealed class OutboxSignal
{
    private readonly Channel<bool> _raised = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Something was written.</summary>
    public void Raise() => _raised.Writer.TryWrite(true);

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
