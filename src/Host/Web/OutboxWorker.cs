using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Host.Web;

/// <summary>
/// Keeps the outbox moving for as long as the server runs: at a signal, and once a second for what others wrote. What others' servers hold
/// up (<see cref="IOutboxConsumer.IsSlow"/>) has a pump for each kind: no webhook keeps an app from hearing that somebody was signed out.
/// </summary>
internal sealed class OutboxWorker(IEnumerable<IOutboxConsumer> consumers, Store store, ILogger<OutboxWorker> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(consumers.GroupBy(c => c.IsSlow ? c.Kind : "").Select(some => RunAsync(new(store, some), stoppingToken)));

    private async Task RunAsync(OutboxPump pump, CancellationToken stoppingToken)
    {
        var ailing = false;
        var written = store.Outbox.Listen();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var rounds = await pump.RunAsync(stoppingToken);
                foreach (var round in rounds.Where(r => r.Delivery.End is DeliveryEnd.Failed or DeliveryEnd.Never))
                {
                    log.Log(
                        round.Dead ? LogLevel.Error : LogLevel.Warning,
                        "{Kind} {Id}, try {Try}: {Reason}{Dead}",
                        round.Message.Kind,
                        round.Message.Id,
                        round.Message.Tries,
                        round.Delivery.Reason,
                        round.Dead ? " Given up." : ""
                    );
                }

                ailing = false;
                if (rounds.Count < OutboxPump.AtOnce)
                {
                    await written.WaitAsync(Look, store.Time, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // A worker that dies silently would be worse than one that tries for ever; one line, not one each second.
                log.Log(ailing ? LogLevel.Debug : LogLevel.Error, fault, "The outbox cannot be read; it is tried again.");
                ailing = true;
                await Task.Delay(TimeSpan.FromSeconds(2), store.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
