using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using UserManagement.Membership.Apps;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace UserManagement.Provider.Tokens;

/// <summary>
/// An app that asks for a door of its workspace gets a random token in place of a signed one: the door asks the core about it at each
/// request, so it ends with the app, the secret and the setting. What it says is kept beside it for introspection.
/// </summary>
internal static class ProgramTokens
{
    private const int Step = 500;

    public static void Add(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<ValidateAuthorizationRequestContext>(b =>
            b.UseInlineHandler(static context => ForPrograms(context, context.Request))
                .SetOrder(Authentication.ValidateClientRedirectUri.Descriptor.Order + Step + 1)
        );
        server.AddEventHandler<ValidatePushedAuthorizationRequestContext>(b =>
            b.UseInlineHandler(static context => ForPrograms(context, context.Request))
                .SetOrder(Authentication.ValidatePushedClientRedirectUri.Descriptor.Order + Step + 1)
        );
        server.AddEventHandler<GenerateTokenContext>(b =>
            b.UseInlineHandler(Begin).SetOrder(Protection.CreateTokenEntry.Descriptor.Order - Step)
        );
        server.AddEventHandler<GenerateTokenContext>(b =>
            b.UseScopedHandler<Keep>().SetOrder(Protection.AttachTokenPayload.Descriptor.Order + Step)
        );
        server.AddEventHandler<HandleIntrospectionRequestContext>(b => b.UseScopedHandler<Ask>().SetOrder(int.MaxValue - 1001));
    }

    /// <summary>The doors among some scopes.</summary>
    public static IReadOnlyList<string> Doors(IEnumerable<string> scopes) => [.. scopes.Intersect(AppScopeNames.OfPrograms)];

    /// <summary>No person hands a door to an app.</summary>
    private static ValueTask ForPrograms(BaseValidatingContext context, OpenIddictRequest request)
    {
        if (Doors(request.GetScopes()) is { Count: > 0 } doors)
        {
            context.Reject(Errors.InvalidScope, $"{string.Join(" and ", doors)}: only for the app itself, by client credentials.");
        }

        return default;
    }

    private static bool IsOne(GenerateTokenContext context) =>
        context.TokenType == TokenTypeIdentifiers.AccessToken
        && context.Request?.IsClientCredentialsGrantType() == true
        && Doors(context.Principal.GetScopes()).Count > 0;

    private static ValueTask Begin(GenerateTokenContext context)
    {
        if (IsOne(context))
        {
            context.CreateTokenEntry = false;
            context.PersistTokenPayload = false;
            context.IsReferenceToken = false;
            context.Principal.SetTokenId(Guid.CreateVersion7().ToString("D"));
        }

        return default;
    }

    private sealed class Keep(IssueProgramToken issue) : IOpenIddictServerHandler<GenerateTokenContext>
    {
        public async ValueTask HandleAsync(GenerateTokenContext context)
        {
            if (!IsOne(context))
            {
                return;
            }

            var issued = await issue.RunAsync(
                context.ClientId!,
                context.Request!.ClientSecret,
                Doors(context.Principal.GetScopes()),
                Guid.Parse(context.Principal.GetTokenId()!),
                context.TokenType!,
                context.Token!,
                context.Principal.GetExpirationDate()!.Value,
                context.CancellationToken
            );
            if (issued.Is(out var token, out var refusal))
            {
                context.Token = token;
            }
            else
            {
                context.Reject(Errors.InvalidClient, TokenEndpoint.Ascii(refusal.Message));
            }
        }
    }

    /// <summary>Whether such a token is active the core says, not the row.</summary>
    private sealed class Ask(RecognizeProgram programs) : IOpenIddictServerHandler<HandleIntrospectionRequestContext>
    {
        public async ValueTask HandleAsync(HandleIntrospectionRequestContext context)
        {
            if (
                context.Request.Token is { } token
                && ProgramToken.IsOne(token)
                && !await programs.StandsAsync(token, context.CancellationToken)
            )
            {
                context.Reject(Errors.InvalidToken, "The token is no longer active.");
            }
        }
    }
}
