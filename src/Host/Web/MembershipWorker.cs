using UserManagement.Membership.Data;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members.Terms;

namespace UserManagement.Host.Web;

/// <summary>
/// Every few seconds: gives free seats to those who wait for one where nothing else did, and suspends whoever's time as a member is over,
/// does what a workspace says with what its directory said and nobody decided on in time, and has those reminded whose invitation ends.
/// Where there is nothing to do it reads some indexes.
/// </summary>
internal sealed class MembershipWorker(
    PromoteWaiting promote,
    CarryOutTerms terms,
    CarryOutHolds holds,
    RemindInvited invited,
    Store store,
    ILogger<MembershipWorker> log
) : BackgroundService
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
                await Task.WhenAll(
                    terms.RunAsync(stoppingToken),
                    promote.SweepAsync(stoppingToken),
                    holds.RunAsync(stoppingToken),
                    invited.RunAsync(stoppingToken)
                );
                wait = Every;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                log.LogWarning(
                    fault,
                    "Free seats, ends of memberships and invitations, or what directories said, could not be looked after; it is tried again."
                );
                wait = AfterFault;
            }
        }
    }
}
