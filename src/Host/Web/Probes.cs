using UserManagement.Storage;

namespace UserManagement.Host.Web;

/// <summary>What an orchestrator asks. Neither answer shows a version, a setting or a fault's text.</summary>
internal static class Probes
{
    public const string Live = "/livez";
    public const string Ready = "/readyz";

    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        var readiness = new Readiness(routes.ServiceProvider.GetRequiredService<MembershipSource>());
        var life = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        var log = routes.ServiceProvider.GetRequiredService<ILogger<MembershipSource>>();
        routes.MapGet(Live, http => Results.Text("alive\n").ExecuteAsync(http)).ExcludeFromDescription();
        routes
            .MapGet(
                Ready,
                async http =>
                {
                    if (!life.ApplicationStopping.IsCancellationRequested)
                    {
                        try
                        {
                            if (await readiness.IsReadyAsync(http.RequestAborted))
                            {
                                await Results.Text("ready\n").ExecuteAsync(http);
                                return;
                            }
                        }
                        catch (Exception fault) when (!http.RequestAborted.IsCancellationRequested)
                        {
                            log.LogWarning(fault, "The database does not answer.");
                        }
                    }

                    http.Response.Headers.RetryAfter = "5";
                    await Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(http);
                }
            )
            .ExcludeFromDescription();
    }
}

/// <summary>
/// Whether the database is there, migrated, and takes writes. Whoever asks hears within <see cref="Patience"/>, also when
/// the database says nothing at all: the question itself may then last longer, so there is never more than one.
/// </summary>
internal sealed class Readiness(MembershipSource source)
{
    private readonly Lock _gate = new();
    private Task<bool>? _asked;
    private bool _migrated; // once it is, it stays so

    /// <summary>How long an answer takes at most.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(3);

    /// <summary>Asks, or waits for the question that is under way.</summary>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public Task<bool> IsReadyAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_asked is not { IsCompleted: false })
            {
                _asked = Task.Run(AskAsync, CancellationToken.None); // SQLite's driver blocks its thread
            }

            return _asked.WaitAsync(Patience, ct);
        }
    }

    private async Task<bool> AskAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        _migrated = _migrated || (await source.PendingAsync(limit.Token)).Count == 0;
        if (_migrated)
        {
            await source.AskAsync(Patience / 2, limit.Token);
        }

        return _migrated;
    }
}
