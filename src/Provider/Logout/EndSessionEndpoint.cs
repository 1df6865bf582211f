using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Provider.Authorize;
using UserManagement.Provider.Tokens;
using UserManagement.Ui;
using UserManagement.Ui.Pages;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace UserManagement.Provider.Logout;

/// <summary>
/// An app sends its person here to sign out (OpenID Connect RP-Initiated Logout 1.0). With an ID token of this very session it is done;
/// anything else may be another site's doing, and the person is asked. Back to an app goes only who came with its ID token, or with its
/// <c>client_id</c> and agreed (section 2: not otherwise).
/// </summary>
internal static class EndSessionEndpoint
{
    private const string Path = "/connect/endsession";

    /// <summary>How long an address may become that a browser is sent to.</summary>
    private const int LongestQuery = 6000;

    public static async Task<IResult> AnswerAsync(HttpContext http)
    {
        var request = http.GetOpenIddictServerRequest()!;
        if (HttpMethods.IsPost(http.Request.Method))
        {
            // A form that another site posts comes without the session's cookie (SameSite=Lax), so that nobody would seem to be signed in.
            // A hint that is too long for an address is left out, and the person is asked.
            var query = Query(request, []);
            return Results.Redirect(Path + (query.Length <= LongestQuery ? query : Query(request, [Parameters.IdTokenHint])));
        }

        var hint = (await http.AuthenticateAsync(TokenEndpoint.Scheme)).Principal;
        var isHinted = hint?.GetClaim(Claims.Subject) is not null;
        if (http.Features.Get<SignedIn>() is { } who)
        {
            if (!isHinted || hint!.GetClaim("sid") != who.Session.Id.ToString())
            {
                // with a hint that is nobody's the person is asked, and led nowhere afterwards
                var isForged = !string.IsNullOrEmpty(request.IdTokenHint) && !isHinted;
                var app = string.IsNullOrEmpty(request.ClientId)
                    ? null
                    : await http.RequestServices.GetRequiredService<ListClients>().FindAsync(request.ClientId, http.RequestAborted);
                return new RazorComponentResult<EndSessionPage>(new { Query = isForged ? "" : Query(request, []), App = app?.DisplayName });
            }

            await http.RequestServices.GetRequiredService<SignOut>().RunAsync(who, http.RequestAborted);
        }

        const string Here = "/signin?notice=signed-out";
        return isHinted || !string.IsNullOrEmpty(request.ClientId)
            ? Results.SignOut(new AuthenticationProperties { RedirectUri = Here }, [TokenEndpoint.Scheme])
            : Results.Redirect(Here);
    }

    /// <summary>The person says so.</summary>
    public static async Task<IResult> ConfirmAsync(HttpContext http)
    {
        var (form, status) = await PostedForm.ReadAsync(http);
        if (form is null || !await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
        {
            return AuthorizeEndpoint.Error(form is null ? status : 400, null);
        }

        if (http.Features.Get<SignedIn>() is { } who)
        {
            await http.RequestServices.GetRequiredService<SignOut>().RunAsync(who, http.RequestAborted);
        }

        var query = QueryHelpers.ParseQuery(form["query"].ToString()).SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v)));
        return GoOnPage.To(http, QueryHelpers.AddQueryString(Path, query), "the app");
    }

    /// <summary>The parameters of a request as the end of an address, but for some.</summary>
    private static string Query(OpenIddictRequest request, string[] without) =>
        QueryHelpers.AddQueryString(
            "",
            request
                .GetParameters()
                .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value))
                .Where(p => p.Value is not null && !without.Contains(p.Key))
        );
}
