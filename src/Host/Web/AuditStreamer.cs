using UserManagement.Membership.AuditStreams;
using UserManagement.Membership.Data;

namespace UserManagement.Host.Web;

/// <summary>
/// Keeps the streams of audit logs moving for as long as the server runs; each server does, and of two at one stream one waits.
/// </summary>
internal sealed class AuditStreamer(SendAuditStreams send, Store store, ILogger<AuditStreamer> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = Look;
        while (true)
        {
            await Task.Delay(wait, store.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Yield(); // the timer's thread is not ours to work on
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await send.RunAsync(stoppingToken);
                wait = Look;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                log.LogWarning(fault, "The audit logs could not be streamed; it is tried again.");
                wait = AfterFault;
            }
        }
    }
}
