using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace UserManagement.Provider.Protocol;

/// <summary>
/// Scopes that are not understood, address and phone among them, are ignored where people sign in (OpenID Connect Core section 3.1.2.1):
/// the rest of the request stands, and the token answer says what was given (RFC 6749 section 3.3). OpenIddict refuses them. Where none
/// is left that is known, and where a program asks for itself, the request is refused as before: nothing it meant could be given. Of one
/// that is known and not the app's OpenIddict says <c>invalid_request</c>; the word for it is <c>invalid_scope</c> (RFC 6749 section 5.2).
/// </summary>
internal static class OddScopes
{
    private const string Ignored = "um_scopes_ignored";
    private const int Late = int.MaxValue - 900; // behind what finds a request that was pushed or kept
    private const int Early = int.MinValue + 1000;
    private const int Step = 500;

    public static void Add(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<ExtractAuthorizationRequestContext>(b => b.UseScopedHandler<Authorization>().SetOrder(Late));
        server.AddEventHandler<ExtractPushedAuthorizationRequestContext>(b => b.UseScopedHandler<Pushed>().SetOrder(Late));
        server.AddEventHandler<ExtractTokenRequestContext>(b => b.UseScopedHandler<Refresh>().SetOrder(Late));
        server.AddEventHandler<ApplyAuthorizationResponseContext>(b => b.UseInlineHandler(c => Name(c.Response)).SetOrder(Early));
        server.AddEventHandler<ApplyPushedAuthorizationResponseContext>(b => b.UseInlineHandler(c => Name(c.Response)).SetOrder(Early));
        server.AddEventHandler<ApplyTokenResponseContext>(b => b.UseInlineHandler(c => Name(c.Response)).SetOrder(Early));
        server.AddEventHandler<ProcessSignInContext>(b =>
            b.UseInlineHandler(Tell).SetOrder(OpenIddictServerHandlers.AttachSignInParameters.Descriptor.Order + Step)
        );
    }

    /// <summary>What OpenIddict says of a scope that the app may not ask for.</summary>
    private const string NotPermitted = "/ID2051";

    private static ValueTask Name(OpenIddictResponse response)
    {
        if (response.ErrorUri?.EndsWith(NotPermitted, StringComparison.Ordinal) == true)
        {
            response.Error = Errors.InvalidScope;
        }

        return default;
    }

    private static async ValueTask LeaveOutAsync(BaseContext context, OpenIddictRequest request, IOpenIddictScopeManager scopes)
    {
        var asked = request.GetScopes();
        var odd = asked.Where(s => !context.Options.Scopes.Contains(s)).ToHashSet(StringComparer.Ordinal);
        if (odd.Count == 0)
        {
            return;
        }

        await foreach (var known in scopes.FindByNamesAsync([.. odd], context.CancellationToken))
        {
            odd.Remove(await scopes.GetNameAsync(known, context.CancellationToken) ?? "");
        }

        var left = asked.Where(s => !odd.Contains(s)).ToArray();
        if (odd.Count > 0 && left.Length > 0)
        {
            request.Scope = string.Join(' ', left);
            context.Transaction.SetProperty(Ignored, Ignored);
        }
    }

    /// <summary>OpenIddict compares what is given with the request as it stands now, not as it was sent.</summary>
    private static ValueTask Tell(ProcessSignInContext context)
    {
        if (
            context.EndpointType == OpenIddictServerEndpointType.Token
            && context.Transaction.GetProperty<string>(Ignored) is not null
            && context.AccessTokenPrincipal is { } given
        )
        {
            context.Response.Scope = string.Join(' ', given.GetScopes());
        }

        return default;
    }

    private sealed class Authorization(IOpenIddictScopeManager scopes) : IOpenIddictServerHandler<ExtractAuthorizationRequestContext>
    {
        public ValueTask HandleAsync(ExtractAuthorizationRequestContext context) => LeaveOutAsync(context, context.Request!, scopes);
    }

    private sealed class Pushed(IOpenIddictScopeManager scopes) : IOpenIddictServerHandler<ExtractPushedAuthorizationRequestContext>
    {
        public ValueTask HandleAsync(ExtractPushedAuthorizationRequestContext context) => LeaveOutAsync(context, context.Request!, scopes);
    }

    /// <summary>Libraries name at a refresh what they asked for at first.</summary>
    private sealed class Refresh(IOpenIddictScopeManager scopes) : IOpenIddictServerHandler<ExtractTokenRequestContext>
    {
        public ValueTask HandleAsync(ExtractTokenRequestContext context) =>
            context.Request!.IsRefreshTokenGrantType() ? LeaveOutAsync(context, context.Request!, scopes) : default;
    }
}
