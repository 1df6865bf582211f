using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace UserManagement.Benchmarks.Ceiling;

/// <summary>
/// An OpenID Provider that is OpenIddict and nothing else, with the settings that the product gives it: one person who is always signed
/// in, the same scopes, claims that stand in the code. Runs as a process of its own.
/// </summary>
internal static class BareProvider
{
    public const string ClientId = "bare";
    public const string Secret = "a-secret-of-the-benchmarks";
    public const string Back = "https://app.example.org/signin-oidc";

    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    /// <summary>Serves until the process is ended.</summary>
    /// <param name="args">The word <c>serve-bare-provider</c>, the address, the connection string of an empty PostgreSQL database.</param>
    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(args[1]);
        builder.Services.AddDbContextPool<Db>(options => options.UseNpgsql(args[2]).UseOpenIddict<Guid>());
        builder
            .Services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<Db>().ReplaceDefaultEntities<Guid>())
            .AddServer(server =>
            {
                server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token");
                server.SetUserInfoEndpointUris("connect/userinfo").SetIntrospectionEndpointUris("connect/introspect");
                server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow();
                server.RequireProofKeyForCodeExchange().EnableAuthorizationRequestCaching();
                server.DisableAccessTokenEncryption().UseReferenceRefreshTokens().SetRefreshTokenReuseLeeway(null);
                server.RegisterScopes(Scopes.OpenId, Scopes.OfflineAccess, Scopes.Profile, Scopes.Email);
                server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
                server
                    .UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableTokenEndpointPassthrough()
                    .EnableUserInfoEndpointPassthrough()
                    .DisableTransportSecurityRequirement();
            });
        await using var app = builder.Build();
        await PrepareAsync(app.Services);
        app.UseAuthentication();
        app.MapGet("/livez", http => http.Response.WriteAsync("ok"));
        app.MapGet("/connect/authorize", (HttpContext http) => Results.SignIn(Person(http.GetOpenIddictServerRequest()!), null, Scheme));
        // a handler of HttpContext alone would be taken for one that writes its answer itself
        app.MapPost(
            "/connect/token",
            async (HttpRequest request) => Results.SignIn((await request.HttpContext.AuthenticateAsync(Scheme)).Principal!, null, Scheme)
        );
        app.MapGet(
            "/connect/userinfo",
            async (HttpRequest request) =>
                Results.Json(
                    new
                    {
                        sub = (await request.HttpContext.AuthenticateAsync(Scheme)).Principal!.GetClaim(Claims.Subject),
                        name = "Jo Harbour",
                    }
                )
        );
        await app.RunAsync();
    }

    private static ClaimsPrincipal Person(OpenIddictRequest request)
    {
        var identity = new ClaimsIdentity("app", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, "0190b6d0-5b1c-7e4f-8a43-1d3f6c1e2a90").SetClaim(Claims.Name, "Jo Harbour");
        identity.SetClaim(Claims.PreferredUsername, "jo@example.org").SetClaim(Claims.Email, "jo@example.org");
        identity.SetClaim(Claims.Role, "member").SetClaim("sid", "0190b6d0-5b1c-7e4f-8a43-1d3f6c1e2a91");
        identity.SetScopes(request.GetScopes()).SetResources(ClientId);
        identity.SetDestinations(static _ => [Destinations.AccessToken, Destinations.IdentityToken]);
        return new(identity);
    }

    private static async Task PrepareAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Db>().Database.EnsureCreatedAsync();
        await scope
            .ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>()
            .CreateAsync(
                new OpenIddictApplicationDescriptor
                {
                    ClientId = ClientId,
                    ClientSecret = Secret,
                    ConsentType = ConsentTypes.Implicit,
                    RedirectUris = { new Uri(Back) },
                    Permissions =
                    {
                        Permissions.Endpoints.Authorization,
                        Permissions.Endpoints.Token,
                        Permissions.Endpoints.Introspection,
                        Permissions.GrantTypes.AuthorizationCode,
                        Permissions.GrantTypes.RefreshToken,
                        Permissions.ResponseTypes.Code,
                        Permissions.Scopes.Profile,
                        Permissions.Scopes.Email,
                    },
                }
            );
    }

    /// <summary>OpenIddict's own tables.</summary>
    private sealed class Db(DbContextOptions<Db> options) : DbContext(options);
}
