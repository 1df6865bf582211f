using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UserManagement.Testing;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>
/// An app that runs in a browser on oidc-client-ts (npm): a page with a <c>UserManager</c> named <c>um</c>, at any path. What is posted to
/// it, it shows.
/// </summary>
public sealed class BrowserApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BrowserApp(WebApplication app, string url) => (_app, Url) = (app, url);

    /// <summary>Its address, without a slash at its end.</summary>
    public string Url { get; }

    /// <summary>Starts it; its redirect address is <c>URL/back</c>, <c>URL/out</c> the one behind signing out.</summary>
    public static async Task<BrowserApp> StartAsync(string url, string issuer, string clientId)
    {
        var script = Path.Combine(NodeClient.Folder, "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        app.MapGet("/oidc-client-ts.js", () => Results.File(script, "text/javascript"));
        app.MapGet(
            "/{*path}",
            () =>
                Results.Content(
                    $$"""
                    <!doctype html><html lang="en"><head><title>App</title><link rel="icon" href="data:,"></head><body><h1>App</h1><script src="/oidc-client-ts.js"></script><script>
                      const um = new oidc.UserManager({
                        authority: '{{issuer}}', client_id: '{{clientId}}', redirect_uri: '{{url}}/back', post_logout_redirect_uri: '{{url}}/out',
                        scope: 'openid profile workspace offline_access', loadUserInfo: true, automaticSilentRenew: false,
                      });
                      const told = user => ({ sub: user.profile.sub, name: user.profile.name, role: user.profile.role, token: user.access_token });
                    </script></body></html>
                    """,
                    "text/html"
                )
        );
        app.MapPost(
            "/{*path}",
            async (HttpRequest request) =>
                Results.Content(
                    $"<!doctype html><html lang='en'><link rel='icon' href='data:,'><title>Posted</title><h1>Posted</h1><p>{string.Join(' ', (await request.ReadFormAsync()).Keys.Order())}</p></html>",
                    "text/html"
                )
        );
        await app.StartAsync();
        return new(app, url);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
