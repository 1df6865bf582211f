using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using UserManagement.Membership;
using UserManagement.Provider.Authorize;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace UserManagement.Provider.Protocol;

/// <summary>
/// What cannot go back to an app is shown on a page of ours, in words for the person who looks at it and for who runs the app: OpenIddict's
/// are for who wrote it.
/// </summary>
internal sealed class ErrorWords(IOpenIddictApplicationManager apps)
    : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>,
        IOpenIddictServerHandler<ApplyEndSessionResponseContext>
{
    private const int Most = 120;

    /// <summary>For a request that nobody can read.</summary>
    public const string NoRequest =
        "The app sent you here with a request in which something comes twice, is too long, or is no text. Go back to the app and begin again.";

    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (!string.IsNullOrEmpty(context.Response.Error) && string.IsNullOrEmpty(context.RedirectUri))
        {
            await ShowAsync(context, await WhyAsync(context) ?? context.Response.ErrorDescription);
        }
    }

    public ValueTask HandleAsync(ApplyEndSessionResponseContext context) =>
        string.IsNullOrEmpty(context.Response.Error) || !string.IsNullOrEmpty(context.PostLogoutRedirectUri) ? default
        : context.Request is { PostLogoutRedirectUri: { Length: > 0 } address, IdTokenHint: null, ClientId: null }
            ? ShowAsync(
                context,
                $"You were sent here to sign out and then to go to {Key.Cut(address, Most)}, which is no app's address for that. You are signed in as before."
            )
        : ShowAsync(context, context.Response.ErrorDescription);

    private async ValueTask<string?> WhyAsync(ApplyAuthorizationResponseContext context)
    {
        if (context.Request is not { } request)
        {
            return null;
        }

        if (
            string.IsNullOrEmpty(request.ClientId)
            || await apps.FindByClientIdAsync(request.ClientId, context.CancellationToken) is not { } app
        )
        {
            return "The app that sent you here is not registered. Whoever runs it compares its client id with the one under Apps.";
        }

        if (!string.IsNullOrEmpty(request.RequestUri))
        {
            return "Too much time has passed, or this was used already. Go back to the app and begin again.";
        }

        var name = await apps.GetDisplayNameAsync(app, context.CancellationToken);
        return string.IsNullOrEmpty(request.RedirectUri)
                ? $"{name} did not say where you come back to. Whoever runs it sends redirect_uri along."
            : !await apps.ValidateRedirectUriAsync(app, request.RedirectUri, context.CancellationToken)
                ? $"{name} wants you to come back to {Key.Cut(request.RedirectUri, Most)}, which is not among its redirect addresses. "
                    + "Whoever runs it enters that address under Apps, letter by letter."
            : null;
    }

    private static async ValueTask ShowAsync(BaseRequestContext context, string? words)
    {
        if (context.Transaction.GetHttpRequest()?.HttpContext is { } http)
        {
            await AuthorizeEndpoint.Error(400, words).ExecuteAsync(http);
            context.HandleRequest();
        }
    }
}
