using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Identity.Web;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>
/// An app of Microsoft.Identity.Web, as <c>docs/apps.md</c> says that it connects: as it is by default, with an ID token alone by a form and
/// without PKCE, where the app has leave; and with a code.
/// </summary>
public sealed class MicrosoftIdentityWebTests
{
    [Theory, EachDatabase]
    public async Task It_signs_somebody_in_as_it_is_by_default_where_the_app_has_leave_and_by_a_code(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind, TimeProvider.System.GetUtcNow());
        using var jo = await scene.JoinAsync("jo@acme.com");
        foreach (var (byCode, leave) in new[] { (false, true), (true, false), (false, false) })
        {
            var url = FreePort.Url();
            var app = await scene.AppAsync(s => s with { RedirectUris = [url + "/signin-oidc"], AllowIdTokenFormPost = leave });
            await using var web = Build(url, scene.Server.PublicUrl.ToString().TrimEnd('/'), app, byCode);
            await web.StartAsync(TestContext.Current.CancellationToken);
            using var browser = new Browser(scene.Server);
            browser.Jar.Hold("__Host-session", jo.Jar.Cookies["__Host-session"]);
            var answer = await browser.GetAsync(url + "/");
            for (var i = 0; i < 10 && (answer.Status == 302 || IsPosted(answer, url)); i++)
            {
                answer = answer.Status == 302 ? await browser.GetAsync(Next(answer)) : await PostAsync(browser, answer, url);
            }

            Assert.True(
                (200, byCode || leave ? "Jo Harbour of acme" : "OpenIdConnectProtocolException unauthorized_client")
                    == (answer.Status, answer.Body),
                $"{byCode} {leave}: {answer.Status} {answer.Location} {answer.Body}"
            );
        }
    }

    private static string Next(Answer answer) => new Uri(answer.Response.RequestMessage!.RequestUri!, answer.Location!).ToString();

    private static bool IsPosted(Answer page, string url) =>
        PageForm.Of(page.Body).Any(f => f.Action.StartsWith(url, StringComparison.Ordinal));

    private static Task<Answer> PostAsync(Browser browser, Answer page, string url)
    {
        var form = PageForm.Of(page.Body).Single(f => f.Action.StartsWith(url, StringComparison.Ordinal));
        return browser.PostAsync(form.Action, [.. form.Fields]);
    }

    private static WebApplication Build(string url, string issuer, TestApp app, bool byCode)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["App:Authority"] = issuer,
                ["App:ClientId"] = app.Id,
                ["App:ClientSecret"] = byCode ? app.Secret : null,
            }
        );
        builder.Services.AddMicrosoftIdentityWebAppAuthentication(builder.Configuration, "App");
        builder.Services.Configure<OpenIdConnectOptions>(
            OpenIdConnectDefaults.AuthenticationScheme,
            options =>
            {
                options.MetadataAddress = issuer + "/.well-known/openid-configuration";
                options.TokenValidationParameters.IssuerValidator = null;
                options.RequireHttpsMetadata = false;
                options.Scope.Add("workspace");
                if (byCode)
                {
                    (options.ResponseType, options.ResponseMode, options.UsePkce) = ("code", "query", true);
                }
                else
                {
                    options.PushedAuthorizationBehavior = PushedAuthorizationBehavior.Disable;
                }

                options.Events.OnRemoteFailure = async failed =>
                {
                    var fault = failed.Failure;
                    failed.HandleResponse();
                    await failed.Response.WriteAsync($"{fault?.GetType().Name} {fault?.Data["error"]}");
                };
            }
        );
        builder.Services.AddAuthorization();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        var web = builder.Build();
        web.UseAuthentication();
        web.UseAuthorization();
        web.MapGet("/", (HttpContext http) => $"{http.User.FindFirst("name")?.Value} of {http.User.FindFirst("workspace")?.Value}")
            .RequireAuthorization();
        return web;
    }
}
