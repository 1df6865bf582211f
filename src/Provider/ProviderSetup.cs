using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using UserManagement.Membership;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Webhooks;
using UserManagement.Provider.Authorize;
using UserManagement.Provider.Keys;
using UserManagement.Provider.Logout;
using UserManagement.Provider.Protocol;
using UserManagement.Provider.Tokens;
using UserManagement.Provider.Trial;
using UserManagement.Ui;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace UserManagement.Provider;

/// <summary>
/// Puts the OpenID Provider into a host that has the core, <c>AddUi</c>, data protection, the signed-in feature, an
/// <see cref="AppPost"/>, and a tracking <see cref="MembershipDb"/> of each request, by which OpenIddict's stores save.
/// </summary>
public static class ProviderSetup
{
    private const int MostFormBytes = 64 * 1024;

    /// <summary>How many characters a parameter has at most that is no token: what an address can hold.</summary>
    private const int MostCharacters = 8000;

    /// <summary>What may be longer: tokens, which hold as much as the person has groups, and what is signed by an app.</summary>
    private static readonly HashSet<string> Tokens =
    [
        Parameters.IdTokenHint,
        Parameters.Token,
        Parameters.AccessToken,
        Parameters.RefreshToken,
        Parameters.Code,
        Parameters.ClientAssertion,
        Parameters.Request,
        "ticket", // of our own pages: a request that waits, and what was agreed to
        "query",
        "agreed",
    ];

    /// <summary>What is sent in a form or a header and in no address; OpenIddict takes introspection by GET as well.</summary>
    private static readonly HashSet<string> Secrets =
    [
        Parameters.AccessToken,
        Parameters.ClientAssertion,
        Parameters.ClientSecret,
        Parameters.CodeVerifier,
        Parameters.Password,
        Parameters.RefreshToken,
        Parameters.Token,
    ];

    /// <summary>
    /// How long an access token and an ID token hold; what was taken away from a person holds at an app's own checks no longer.
    /// </summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Registers it.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="links">The installation's addresses: the issuer is its base, letter by letter.</param>
    public static IServiceCollection AddProvider(this IServiceCollection services, Links links)
    {
        services.AddSingleton<ProviderKeys>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(p => p.GetRequiredService<ProviderKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(p => p.GetRequiredService<ProviderKeys>());
        services.AddHostedService<KeyWorker>();
        services.AddSingleton<IOutboxConsumer, BackchannelLogout>();
        services.AddSingleton<SignSecurityEvent>();
        services.AddSingleton<SecurityEventSigner>(p => p.GetRequiredService<SignSecurityEvent>().Sign);
        services
            .AddOpenIddict()
            .AddCore(core =>
            {
                core.UseEntityFrameworkCore()
                    .UseDbContext<MembershipDb>()
                    .ReplaceDefaultEntities<Client, AppGrant, AppScope, AppToken, Guid>();
                core.ReplaceApplicationManager<Client, ClientAuthentication>();
            })
            .AddServer(server => Server(server, links));
        return services;
    }

    /// <summary>
    /// Lets OpenIddict look at the requests to its addresses, and at no others: it answers discovery, pushed requests, introspection and
    /// revocation, and leaves what concerns a person to the endpoints of <see cref="MapProvider"/>. Goes behind the signed-in feature.
    /// </summary>
    public static IApplicationBuilder UseProvider(this IApplicationBuilder app)
    {
        // Where a scheme is registered, WebApplication puts UseAuthentication before everything by itself, unless this says that it is
        // there: OpenIddict would look at every request, before the host's name is checked and outside of what answers faults.
        app.Properties["__AuthenticationMiddlewareSet"] = true;
        return app.UseWhen(
            http =>
                http.Request.Path.StartsWithSegments("/connect")
                || http.Request.Path.StartsWithSegments("/.well-known/openid-configuration")
                || http.Request.Path.StartsWithSegments("/.well-known/oauth-authorization-server"),
            branch =>
                branch.Use(
                    async (http, next) =>
                    {
                        if (http.Request.Path.StartsWithSegments("/connect"))
                        {
                            http.Response.Headers.CacheControl = "no-store"; // what concerns one person or app is kept by nobody on the way
                        }

                        if (CrossOrigin.Answer(http))
                        {
                            return;
                        }

                        if (await OddAsync(http) is > 0 and var status)
                        {
                            await (
                                IsForPeople(http)
                                    ? AuthorizeEndpoint.Error(status, status == 400 ? ErrorWords.NoRequest : null)
                                    : Results.Json(new { error = Errors.InvalidRequest }, statusCode: status)
                            ).ExecuteAsync(http);
                            return;
                        }

                        var handlers = http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
                        if (
                            await handlers.GetHandlerAsync(http, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)
                                is not IAuthenticationRequestHandler handler
                            || !await handler.HandleRequestAsync()
                        )
                        {
                            await next(http);
                        }
                    }
                )
        );
    }

    /// <summary>
    /// OpenIddict reads forms and addresses as they come and fails at some: what no text can be is answered before, and so is what comes
    /// more than once (RFC 6749 section 3.1: which of two was meant nobody guesses), what is longer than anybody needs, and a token or
    /// secret in an address, which ends in logs (RFC 6749 section 2.3.1, RFC 9700 section 4.3.2). 0 for a request that is well.
    /// </summary>
    private static async Task<int> OddAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (
            !query.All(p => PostedForm.IsText(p.Key) && p.Value.All(PostedForm.IsText))
            || IsTwice(query)
            || IsLong(query)
            || query.Keys.Any(Secrets.Contains)
        )
        {
            return StatusCodes.Status400BadRequest;
        }

        if (!string.IsNullOrEmpty(http.Request.ContentType))
        {
            var (form, status) = await PostedForm.ReadAsync(http);
            return form is not null && (IsTwice(form) || IsLong(form) || TwoWays.Are(http.Request, form))
                ? StatusCodes.Status400BadRequest
                : status;
        }

        if (
            HttpMethods.IsPost(http.Request.Method)
            && http.Request.ContentLength is null or 0
            && http.Request.Headers.TransferEncoding.Count == 0
        )
        {
            // OpenID Connect Core section 5.3.1: UserInfo by POST with the token in its header has no body, and so no type of one
            http.Request.ContentType = "application/x-www-form-urlencoded";
        }

        return 0;
    }

    /// <summary>Whether a person looks at the answer, and no program.</summary>
    private static bool IsForPeople(HttpContext http) =>
        http.Request.Path.Value?.TrimEnd('/').ToLowerInvariant()
            is "/connect/authorize"
                or "/connect/endsession"
                or "/connect/consent"
                or "/connect/signout";

    /// <summary>Whether a parameter comes more than once; resources may (RFC 8707 section 2).</summary>
    private static bool IsTwice(IEnumerable<KeyValuePair<string, StringValues>> parameters) =>
        parameters.Any(p => p.Value.Count > 1 && p.Key is not (Parameters.Resource or Parameters.Audience));

    private static bool IsLong(IEnumerable<KeyValuePair<string, StringValues>> parameters) =>
        parameters.Any(p => p.Key.Length > MostCharacters || (!Tokens.Contains(p.Key) && p.Value.Any(v => v?.Length > MostCharacters)));

    /// <summary>Maps the endpoints at which the product decides, and their pages.</summary>
    public static IEndpointConventionBuilder MapProvider(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("/connect");
        routes.MapMethods("/authorize", ["GET", "POST"], PageGate.Answer(AuthorizeEndpoint.AnswerAsync));
        routes.MapPost("/consent", PageGate.Answer(ConsentEndpoint.AgreeAsync));
        routes.MapGet("/try", PageGate.Answer(TrialEndpoint.AnswerAsync));
        routes.MapPost("/token", PageGate.Answer(TokenEndpoint.AnswerAsync));
        routes.MapMethods("/userinfo", ["GET", "POST"], PageGate.Answer(UserInfoEndpoint.AnswerAsync));
        routes.MapMethods("/endsession", ["GET", "POST"], PageGate.Answer(EndSessionEndpoint.AnswerAsync));
        routes.MapPost("/signout", PageGate.Answer(EndSessionEndpoint.ConfirmAsync));
        return routes.ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(MostFormBytes));
    }

    private static void Server(OpenIddictServerBuilder server, Links links)
    {
        // Without this a bare host would get a slash at its end, and an app that compares letter by letter refuses it.
        server.SetIssuer(new Uri(links.Base, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        server
            .SetAuthorizationEndpointUris("connect/authorize")
            .SetTokenEndpointUris("connect/token")
            .SetUserInfoEndpointUris("connect/userinfo")
            .SetIntrospectionEndpointUris("connect/introspect")
            .SetRevocationEndpointUris("connect/revocation")
            .SetEndSessionEndpointUris("connect/endsession")
            .SetPushedAuthorizationEndpointUris("connect/par")
            .SetConfigurationEndpointUris(".well-known/openid-configuration", ".well-known/oauth-authorization-server")
            .SetJsonWebKeySetEndpointUris(".well-known/openid-configuration/jwks");
        server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().AllowClientCredentialsFlow().AllowImplicitFlow();
        server.EnableAuthorizationRequestCaching();
        server.DisableAccessTokenEncryption().UseReferenceRefreshTokens().SetRefreshTokenReuseLeeway(null);
        server
            .SetAccessTokenLifetime(TokenLifetime)
            .SetIdentityTokenLifetime(TokenLifetime)
            .SetAuthorizationCodeLifetime(TimeSpan.FromMinutes(1))
            .SetRefreshTokenLifetime(TimeSpan.FromDays(7));
        server.RegisterScopes([Scopes.OpenId, Scopes.OfflineAccess, .. AppScopeNames.All, .. AppScopeNames.OfPrograms]);
        server.RegisterPromptValues(PromptValues.None, PromptValues.Login, PromptValues.Consent, PromptValues.SelectAccount);
        server.RegisterClaims([.. AppPrincipal.Supported]);
        server.Configure(options =>
        {
            options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain);
            options.ResponseTypes.RemoveWhere(type => type is not (ResponseTypes.Code or ResponseTypes.IdToken));
            options.ResponseModes.Remove(ResponseModes.Fragment);
        });
        Refinements.Add(server);
        OddScopes.Add(server);
        NarrowRefresh.Add(server);
        ProgramTokens.Add(server);
        server
            .UseAspNetCore()
            .EnableAuthorizationEndpointPassthrough()
            .EnableTokenEndpointPassthrough()
            .EnableUserInfoEndpointPassthrough()
            .EnableEndSessionEndpointPassthrough()
            .DisableTransportSecurityRequirement() // the proxy in front ends TLS
            .SuppressJsonResponseIndentation();
    }
}
