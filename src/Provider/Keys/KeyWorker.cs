using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;

namespace UserManagement.Provider.Keys;

/// <summary>
/// Makes the first keys before the server answers, looks each minute for those that others made, and makes the next when they are due.
/// </summary>
internal sealed class KeyWorker(RotateAppKeys rotate, ProviderKeys keys, Store store, ILogger<KeyWorker> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Does not keep the server from starting when the database is away: the keys are made once it is back.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, store.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Yield(); // the timer's thread is not ours to work on
            if (!stoppingToken.IsCancellationRequested)
            {
                await TryAsync(stoppingToken);
            }
        }
    }

    private async Task TryAsync(CancellationToken ct)
    {
        try
        {
            if ((await rotate.RunAsync(Actor.System, now: false, ct)).Is(out var made, out _) && made is not null)
            {
                log.LogInformation("A new key {Key} of the OpenID Provider signs from {From:u} on.", made.KeyId, made.SignsFrom);
            }

            keys.Look();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the server stops
        }
        catch (Exception fault)
        {
            log.LogWarning(fault, "The keys of the OpenID Provider could not be looked after; it is tried again.");
        }
    }
}
