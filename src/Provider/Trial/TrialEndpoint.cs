using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Provider.Authorize;
using UserManagement.Provider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace UserManagement.Provider.Trial;

/// <summary>
/// An admin sees what one of the workspace's apps would learn of them: the last two steps of an authorization, with a page of ours in the
/// app's place. No code is issued.
/// </summary>
internal static class TrialEndpoint
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<IResult> AnswerAsync(HttpContext http)
    {
        var (slug, client) = (Single(http, "workspace"), Single(http, "client_id"));
        if (slug is null || client is null)
        {
            return AuthorizeEndpoint.Error(400, null);
        }

        if (http.Features.Get<SignedIn>() is not { } who)
        {
            return Results.Redirect($"/signin?returnUrl={Uri.EscapeDataString(http.Request.Path + http.Request.QueryString.Value)}");
        }

        var tried = await http.RequestServices.GetRequiredService<TryClient>().RunAsync(who.Session.Id, slug, client, http.RequestAborted);
        return !tried.Is(out var trial, out var refusal)
            ? AuthorizeEndpoint.Error(
                refusal.Kind switch
                {
                    RefusalKind.NotFound => StatusCodes.Status404NotFound,
                    RefusalKind.Conflict => StatusCodes.Status409Conflict,
                    _ => StatusCodes.Status403Forbidden,
                },
                refusal.Message
            )
            : new RazorComponentResult<TrialPage>(
                new
                {
                    App = trial.Client.DisplayName!,
                    Workspace = trial.Workspace.Row.Name,
                    Who = trial.Claims?.Member.ShownName,
                    Refused = trial.Refusal?.Message,
                    AsksFirst = trial.Client.ConsentType == ConsentTypes.Explicit,
                    Claims = Told(http, trial),
                    Again = $"/connect/try?workspace={Uri.EscapeDataString(slug)}&client_id={Uri.EscapeDataString(client)}",
                    Back = $"/w/{trial.Workspace.Row.Slug}/apps/{Uri.EscapeDataString(trial.Client.ClientId!)}",
                }
            );
    }

    /// <summary>Each claim with its value and the tokens in which it stands, as all of the app's scopes would have it.</summary>
    private static ImmutableArray<TriedClaim> Told(HttpContext http, ClientTrial trial)
    {
        if (trial.Claims is null)
        {
            return [];
        }

        ImmutableArray<string> scopes =
        [
            Scopes.OpenId,
            .. ClientSettings.Of(trial.Client).AllowedScopes.Intersect(AppScopeNames.All, StringComparer.Ordinal),
        ];
        return
        [
            .. AppPrincipal
                .Facts(trial.Claims, scopes, UserInfoEndpoint.Address(http))
                .Select(f => new TriedClaim(
                    f.Name,
                    f.Value is string text ? text : JsonSerializer.Serialize(f.Value, Readable),
                    f.Everywhere ? "ID token, access token" : "ID token"
                )),
        ];
    }

    private static string? Single(HttpContext http, string name) =>
        http.Request.Query[name] is [{ Length: > 0 and <= 200 } value] ? value : null;
}

/// <summary>A claim as the trial shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; JSON for what is no text.</param>
/// <param name="Where">In which tokens it stands.</param>
public sealed record TriedClaim(string Name, string Value, string Where);
