using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using UserManagement.Membership.Accounts;
using UserManagement.Provider.Authorize;
using UserManagement.Provider.Tokens;
using UserManagement.Ui;
using UserManagement.Ui.Pages;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace UserManagement.Provider.Logout;

/// <summary>
/// An app sends its person here to sign out (OpenID Connect RP-Initiated Logout 1.0). With an ID token of this very session it is done;
/// anything else may be another site's doing, and the person is asked.
/// </summary>
internal static class EndSessionEndpoint
{
    public static async Task<IResult> AnswerAsync(HttpContext http)
    {
        if (http.Features.Get<SignedIn>() is { } who)
        {
            var hint = (await http.AuthenticateAsync(TokenEndpoint.Scheme)).Principal;
            if (hint?.GetClaim(Claims.Subject) is null || hint.GetClaim("sid") != who.Session.Id.ToString())
            {
                // with a hint that is nobody's the person is asked, and led nowhere afterwards
                var request = http.GetOpenIddictServerRequest()!;
                var isForged = !string.IsNullOrEmpty(request.IdTokenHint) && hint?.GetClaim(Claims.Subject) is null;
                var query = QueryHelpers.AddQueryString(
                    "",
                    request
                        .GetParameters()
                        .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value))
                        .Where(p => p.Value is not null && !isForged)
                );
                return new RazorComponentResult<EndSessionPage>(new { Query = query });
            }

            await http.RequestServices.GetRequiredService<SignOut>().RunAsync(who, http.RequestAborted);
        }

        return Results.SignOut(new AuthenticationProperties { RedirectUri = "/signin?notice=signed-out" }, [TokenEndpoint.Scheme]);
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
        return GoOnPage.To(http, QueryHelpers.AddQueryString("/connect/endsession", query), "the app");
    }
}
