using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Notes;

/// <summary>
/// The sessions of which the server said that they ended, by their <c>sid</c>. Kept in this process: an app of several servers keeps them
/// where all of them look.
/// </summary>
public sealed class EndedSessions
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _sessions = new();

    /// <summary>It ended.</summary>
    public void End(string session) => Of(session).TrySetResult();

    /// <summary>Tells an open page when its session ends (server-sent events): it says so without being loaded anew.</summary>
    public static async Task WatchAsync(HttpContext http, EndedSessions sessions, IHostApplicationLifetime app)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, app.ApplicationStopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(": watching\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        var end = sessions.Of(http.User.FindFirst("sid")?.Value ?? "").Task;
        await end.WaitAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (end.IsCompletedSuccessfully)
        {
            await http.Response.WriteAsync("data: ended\n\n", http.RequestAborted);
        }
    }

    private TaskCompletionSource Of(string session) =>
        _sessions.GetOrAdd(session, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Asked at each request: the cookie of a session that ended is worth nothing.</summary>
    public sealed class Check(EndedSessions sessions) : CookieAuthenticationEvents
    {
        /// <inheritdoc/>
        public override Task ValidatePrincipal(CookieValidatePrincipalContext context)
        {
            if (context.Principal?.FindFirst("sid") is { } sid && sessions.Of(sid.Value).Task.IsCompleted)
            {
                context.RejectPrincipal();
            }

            return Task.CompletedTask;
        }
    }
}
