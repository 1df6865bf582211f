using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members.Terms;

namespace UserManagement.Host.Web;

/// <summary>
/// Every few seconds: gives free seats to those who wait for one where nothing else did, and suspends whoever's time as a member is over.
/// Where there is nothing to do it reads two indexes.
/// </summary>
internal sealed class MembershipWorker(PromoteWaiting promote, CarryOutTerms terms, Store store, ILogger<MembershipWorker> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = Every;
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
                // side by side: where one cannot go on, the other does
                await Task.WhenAll(terms.RunAsync(stoppingToken), promote.SweepAsync(stoppingToken));
                wait = Every;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                log.LogWarning(fault, "Free seats, or ends of memberships, could not be looked after; it is tried again.");
                wait = AfterFault;
            }
        }
    }
}
