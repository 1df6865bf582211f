using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UserManagement.Ui.Pages;

namespace UserManagement.Ui.Tests;

/// <summary>A real server on a free port of loopback that shows the gallery, wired as a host wires its pages.</summary>
public static class GalleryApp
{
    /// <summary>A name that breaks out of any place that forgets to encode.</summary>
    public const string HostileName = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;{{7*7}}";

    /// <summary>Builds and starts the server; the caller disposes it.</summary>
    /// <param name="url">Where it listens; the default picks a free port.</param>
    public static async Task<WebApplication> StartAsync(string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddUi();
        builder.Services.AddDataProtection();
        var app = builder.Build();
        app.UseUiHeaders();
        app.UseAntiforgery();
        app.MapUiAssets();
        app.MapGet(
            "/gallery",
            (string? theme, string? dir, string? name, bool? dialog) =>
                new RazorComponentResult<Gallery>(
                    new
                    {
                        Now = TimeProvider.System.GetUtcNow(),
                        Theme = theme,
                        Dir = dir ?? "ltr",
                        Name = name ?? "Ada Lovelace",
                        OpenDialog = dialog ?? false,
                    }
                )
        );
        app.MapGet(
            "/gallery/remove",
            (string? theme, string? name) => new RazorComponentResult<GalleryRemove>(new { Theme = theme, Name = name ?? "Ada Lovelace" })
        );
        app.MapGet(
            "/gallery/signin",
            (string? theme, string? error) => new RazorComponentResult<GallerySignIn>(new { Theme = theme, Error = error })
        );
        app.MapPost(
            "/gallery/save",
            async (HttpContext http, IAntiforgery antiforgery) =>
                await antiforgery.IsRequestValidAsync(http) ? Results.Redirect("/gallery") : Results.BadRequest()
        );
        app.MapGet(
            "/error/{status:int}",
            (int status, string? theme, bool? expired) =>
                new RazorComponentResult<ErrorPage>(
                    new
                    {
                        Status = status,
                        Theme = theme,
                        Expired = expired ?? false,
                        Trace = "0HN7-42",
                    }
                )
                {
                    StatusCode = status,
                }
        );
        app.MapGet("/api/thing", () => Results.Json(new { ok = true }));
        await app.StartAsync();
        return app;
    }
}

/// <summary>One gallery server and a client without redirects for a test class.</summary>
public sealed class GalleryServer : IAsyncLifetime
{
    private WebApplication? _app;

    /// <summary>Speaks to the server; follows no redirect and keeps no cookie.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        _app = await GalleryApp.StartAsync();
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(_app.Urls.Single()),
        };
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}
