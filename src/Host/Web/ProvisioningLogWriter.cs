using UserManagement.Membership.Provisioning;

namespace UserManagement.Host.Web;

/// <summary>Writes the provisioning log beside the requests, and what waits when the server stops.</summary>
internal sealed class ProvisioningLogWriter(ProvisioningLog provisioning, ILogger<ProvisioningLogWriter> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the server starts without it
        await provisioning.RunAsync(
            fault => log.LogWarning(fault, "The provisioning log could not be written; it is tried again."),
            stoppingToken
        );
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await provisioning.FlushAsync(andSums: true, cancellationToken); // requests that were answered while it stopped
        }
        catch (Exception fault)
        {
            log.LogWarning(fault, "The last lines of the provisioning log could not be written.");
        }
    }
}
