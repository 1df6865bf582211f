using UserManagement.Host.Settings;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Retention;

namespace UserManagement.Host.Web;

/// <summary>
/// Takes away what is over, once an hour and soon again while more is due, and looks whether e-mail domains are still proven. Each server
/// does it at a minute of its own.
/// </summary>
internal sealed class RetentionWorker(
    SweepOver sweep,
    RecheckEmailDomains domains,
    Store store,
    HostSettings settings,
    ILogger<RetentionWorker> log
) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = TimeSpan.FromMinutes(1 + (Random.Shared.NextDouble() * 4));
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
                var swept = await sweep.RunAsync(settings.Retention, stoppingToken);
                if (swept.Taken.Count > 0)
                {
                    log.LogInformation("Taken away, for it is over: {Kinds}.", string.Join(", ", swept.Taken.Keys));
                }

                // once an hour: a name server that is silent is not asked again with each part of a long sweep
                var lost = swept.IsMore ? [] : await domains.RunAsync(stoppingToken);
                if (lost.Count > 0)
                {
                    log.LogWarning("E-mail domains whose record is gone open nothing any more: {Domains}.", string.Join(", ", lost));
                }

                wait = swept.IsMore ? Soon : Every;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                log.LogWarning(fault, "What is over could not be taken away, or domains not be looked at; it is tried again.");
                wait = TimeSpan.FromMinutes(5);
            }
        }
    }
}
