using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

namespace Notes;

/// <summary>An app that has its people signed in by a UserManagement server: what it takes, and nothing of that server's code.</summary>
public static class NotesApp
{
    /// <summary>Builds it from settings of the command line or the environment: <c>Authority</c>, <c>ClientId</c>, <c>ClientSecret</c>.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSingleton<EndedSessions>();
        builder
            .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options =>
            {
                options.Cookie.Name = "notes"; // cookies of one host are shared by its ports: the server's own must not be met
                options.AccessDeniedPath = "/no-license";
                options.EventsType = typeof(EndedSessions.Check);
            })
            .AddOpenIdConnect(options =>
            {
                options.Authority = builder.Configuration["Authority"];
                options.ClientId = builder.Configuration["ClientId"];
                options.ClientSecret = builder.Configuration["ClientSecret"];
                options.RequireHttpsMetadata = options.Authority?.StartsWith("https:", StringComparison.Ordinal) == true;
                (options.ResponseType, options.ResponseMode) = ("code", "query");
                (options.NonceCookie.SameSite, options.CorrelationCookie.SameSite) = (SameSiteMode.Lax, SameSiteMode.Lax);
                options.MapInboundClaims = false; // claims keep the names that the server gives them
                (options.TokenValidationParameters.NameClaimType, options.TokenValidationParameters.RoleClaimType) = ("name", "role");
                options.Scope.Add("workspace"); // role, license, seat
                options.SaveTokens = true; // the ID token, to sign out with
                options.UseTokenLifetime = true; // after ten minutes the facts are asked for anew, without a word to the person
                options.SignedOutRedirectUri = "/";
                options.AccessDeniedPath = "/no-access"; // who may not use the app comes back with access_denied
            });
        builder.Services.AddScoped<EndedSessions.Check>();
        builder.Services.AddAuthorizationBuilder().AddPolicy("license", policy => policy.RequireClaim("license"));

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", Pages.Home);
        app.MapGet("/signin", () => Results.Challenge(new() { RedirectUri = "/" }, [OpenIdConnectDefaults.AuthenticationScheme]));
        app.MapPost("/signout", Pages.SignOut);
        app.MapGet("/reports", Pages.Reports).RequireAuthorization("license");
        app.MapGet("/no-license", Pages.NoLicense);
        app.MapGet("/no-access", Pages.NoAccess);
        app.MapGet("/ended", EndedSessions.WatchAsync).RequireAuthorization();
        app.MapPost("/backchannel-logout", LogoutToken.TakeAsync);
        return app;
    }
}
