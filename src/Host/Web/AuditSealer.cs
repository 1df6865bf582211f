using UserManagement.Host.Settings;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;

namespace UserManagement.Host.Web;

/// <summary>
/// Seals the audit logs every few seconds; each server does, and of two at once one is first. The new heads go to a file where one is
/// named: kept where the server cannot change it, it shows that no log was made anew.
/// </summary>
internal sealed class AuditSealer(SealAudit seal, Store store, HostSettings settings, ILogger<AuditSealer> log) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.AuditSealEvery == TimeSpan.Zero)
        {
            return;
        }

        var wait = settings.AuditSealEvery;
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
                var heads = await seal.RunAsync(stoppingToken);
                if (settings.AuditHeadsFile is { } file && heads.Count > 0)
                {
                    await File.AppendAllLinesAsync(file, heads.Select(h => h.ToJson()), stoppingToken);
                }

                wait = settings.AuditSealEvery;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                log.LogWarning(fault, "The audit logs could not be sealed; it is tried again.");
                wait = AfterFault;
            }
        }
    }
}
