using UserManagement.Membership.Data;
using UserManagement.Membership.Provisioning;

namespace UserManagement.Host.Web;

/// <summary>
/// Looks every quarter of an hour whether something is amiss with the directories. Each server does it at a minute of its own.
/// </summary>
internal sealed class DirectoryWatcher(WatchDirectories watch, Store store, ILogger<DirectoryWatcher> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = TimeSpan.FromMinutes(2 + (Random.Shared.NextDouble() * 5));
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
                _ = await watch.RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                log.LogWarning(fault, "The directories could not be looked at; it is tried again.");
            }

            wait = Every;
        }
    }
}
