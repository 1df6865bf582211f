using UserManagement.Storage;

namespace UserManagement.Host.Web;

/// <summary>What an orchestrator asks. Neither answer shows a version, a setting or a fault's text.</summary>
internal static class Probes
{
    public const string Live = "/livez";
    public const string Ready = "/readyz";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        var migrated = false; // once it is, it stays so
        routes.MapGet(Live, () => Results.Text("alive\n")).ExcludeFromDescription();
        routes.MapGet(Ready, async (HttpContext http, MembershipSource source, IHostApplicationLifetime life, ILogger<MembershipSource> log) =>
        {
            if (!life.ApplicationStopping.IsCancellationRequested)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
                limit.CancelAfter(Patience);
                try
                {
                    // Also the cheap look, once migrated: it asks the database, not the pool.
                    migrated = migrated ? await source.IsReachableAsync(limit.Token) : (await source.PendingAsync(limit.Token).WaitAsync(limit.Token)).Count == 0;
                    if (migrated)
                    {
                        return Results.Text("ready\n");
                    }
                }
                catch (Exception fault) when (!http.RequestAborted.IsCancellationRequested)
                {
                    log.LogWarning(fault, "The database does not answer.");
                }
            }

            http.Response.Headers.RetryAfter = "5";
            return Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }).ExcludeFromDescription();
    }
}
