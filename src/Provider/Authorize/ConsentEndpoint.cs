using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Ui;
using UserManagement.Ui.Pages;

namespace UserManagement.Provider.Authorize;

/// <summary>What a person is asked to agree to, sealed: nobody else can agree, nor to anything else.</summary>
/// <param name="ClientId">The app.</param>
/// <param name="Session">Of whom.</param>
/// <param name="Workspace">In which workspace.</param>
/// <param name="Scopes">To what: scopes, and attributes of the workspace's own by <see cref="AppScopeNames.OfAttribute"/>.</param>
/// <param name="Here">The request that waits.</param>
internal sealed record ConsentTicket(string ClientId, Guid Session, Guid Workspace, string[] Scopes, string Here);

/// <summary>Asks a person whether an app may learn of them, and remembers it.</summary>
internal static class ConsentEndpoint
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    /// <summary>The page.</summary>
    public static IResult Show(AppRequest app, AppClaims claims, ConsentTicket ticket) =>
        new RazorComponentResult<ConsentPage>(
            new
            {
                App = app.Client.DisplayName!,
                Workspace = claims.Workspace.Name,
                Who = claims.Member.ShownName,
                ticket.Scopes,
                Ticket = Protector(app.Http).Protect(JsonSerializer.Serialize(ticket), Lifetime),
                Deny = ticket.Here + "&denied=1",
            }
        );

    /// <summary>Whether the person just agreed to this very thing.</summary>
    public static bool IsAgreed(HttpContext http, ConsentTicket wanted) =>
        http.Request.Query["agreed"] is [{ Length: > 0 } text]
        && Read(http, text) is { } ticket
        && JsonSerializer.Serialize(ticket) == JsonSerializer.Serialize(wanted);

    /// <summary>The form: remembers, and leads back by a page, for a form may not end at another site.</summary>
    public static async Task<IResult> AgreeAsync(HttpContext http)
    {
        var (form, status) = await PostedForm.ReadAsync(http);
        if (form is null || !await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
        {
            return AuthorizeEndpoint.Error(form is null ? status : 400, null);
        }

        var text = form["ticket"].ToString();
        if (
            Read(http, text) is not { } ticket
            || http.Features.Get<SignedIn>()?.Session.Id.Value != ticket.Session
            || await http.RequestServices.GetRequiredService<ListClients>().FindAsync(ticket.ClientId, http.RequestAborted)
                is not { } client
        )
        {
            return AuthorizeEndpoint.Error(
                400,
                "Too much time has passed, or somebody else signed in meanwhile. Go back to the app and begin again."
            );
        }

        var read = await http
            .RequestServices.GetRequiredService<ReadAppClaims>()
            .RunAsync(client, new(ticket.Session), new(ticket.Workspace), false, http.RequestAborted);
        if (read.Is(out var claims, out _))
        {
            await http.RequestServices.GetRequiredService<OpenAppGrant>().ConsentAsync(client, claims, ticket.Scopes, http.RequestAborted);
        }

        return GoOnPage.To(http, $"{ticket.Here}&agreed={Uri.EscapeDataString(text)}", client.DisplayName!);
    }

    private static ConsentTicket? Read(HttpContext http, string text)
    {
        try
        {
            return JsonSerializer.Deserialize<ConsentTicket>(Protector(http).Unprotect(text));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(HttpContext http) =>
        http
            .RequestServices.GetRequiredService<IDataProtectionProvider>()
            .CreateProtector("UserManagement.Provider.Consent")
            .ToTimeLimitedDataProtector();
}
