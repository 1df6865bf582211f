using System.Collections.Immutable;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;
using UserManagement.Provider.Protocol;
using UserManagement.Provider.Tokens;
using UserManagement.Ui.Pages;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace UserManagement.Provider.Authorize;

/// <summary>
/// From an app's request to its code: who is it, in which workspace, may they, do they agree. What a person still has to do they
/// do on pages that lead back here; the request waits under its <c>request_uri</c> meanwhile.
/// </summary>
internal static class AuthorizeEndpoint
{
    public const string Path = "/connect/authorize";
    private const string TermsOwed = "termsNotAccepted";

    public static async Task<IResult> AnswerAsync(HttpContext http)
    {
        if (
            http.GetOpenIddictServerRequest() is not { } request
            || await http.RequestServices.GetRequiredService<ListClients>().FindAsync(request.ClientId ?? "", http.RequestAborted)
                is not { } client
        )
        {
            return Error(400, null);
        }

        var hint = string.IsNullOrEmpty(request.IdTokenHint) ? null : (await http.AuthenticateAsync(TokenEndpoint.Scheme)).Principal;
        var app = new AppRequest(http, request, client)
        {
            HintedSubject = hint?.GetClaim(Claims.Subject) ?? (string.IsNullOrEmpty(request.IdTokenHint) ? null : ""),
        };
        return app.IsGiven("denied")
            ? TokenEndpoint.Refuse(Errors.AccessDenied, "The person did not agree, or may not use the app.")
            : await WhoAsync(app);
    }

    private static async Task<IResult> WhoAsync(AppRequest app)
    {
        var named = await app.NamedWorkspaceAsync();
        if (app.Who is not { } who)
        {
            return app.IsSilent
                ? TokenEndpoint.Refuse(Errors.LoginRequired, "Nobody is signed in.")
                : app.To(named is null ? "/signin" : $"/w/{named.Row.Slug}/signin", app.LoginHint);
        }

        if (app.Request.HasPromptValue(PromptValues.SelectAccount) && !app.IsGiven("chosen") && !app.IsSince(who.Session.CreatedAt))
        {
            return app.ShowAccount(who);
        }

        if (app.MustProveAnew(who.Session))
        {
            return app.IsSilent ? TokenEndpoint.Refuse(Errors.LoginRequired, "A new sign-in is needed.") : app.To("/signin/again");
        }

        return await WhereAsync(app, who, named);
    }

    private static async Task<IResult> WhereAsync(AppRequest app, SignedIn who, WorkspaceContext? named)
    {
        var grants = app.Act<OpenAppGrant>();
        Id<Workspace>? workspace =
            named?.Id
            ?? (
                app.Request.HasPromptValue(PromptValues.SelectAccount)
                    ? null
                    : await grants.LastWorkspaceAsync(app.Client, who.Session.Id, app.Ct)
            );
        if (workspace is null)
        {
            var mine = await app.Act<ListWorkspaces>().RunAsync(who, app.Ct);
            if (mine.Count > 1)
            {
                return app.IsSilent
                    ? TokenEndpoint.Refuse(Errors.InteractionRequired, "The person has to choose a workspace.")
                    : app.ShowWorkspaces(mine);
            }

            if (mine.Count == 0)
            {
                var why = await app.Act<ReadKeptOut>().ListAsync(who, app.Ct);
                return await app.RefusedAsync(
                    why.Count > 0
                        ? why[0]
                        : new(
                            RefusalKind.Forbidden,
                            "notMember",
                            "You are in no workspace that you could use this app for. Ask an admin to invite you."
                        ),
                    null
                );
            }

            workspace = (await app.WorkspaceAsync(mine[0].Slug))!.Id;
        }

        var read = await app.Act<ReadAppClaims>().RunAsync(app.Client, who.Session.Id, workspace.Value, allGroups: false, app.Ct);
        if (read.Is(out var claims, out var refusal))
        {
            return await WhetherAsync(app, grants, claims);
        }

        if (Owed(refusal) is not { } page)
        {
            return await app.RefusedAsync(refusal, workspace);
        }

        return app.IsSilent
            ? TokenEndpoint.Refuse(
                refusal.Code is "secondFactorMissing" or TermsOwed ? Errors.InteractionRequired : Errors.LoginRequired,
                TokenEndpoint.Ascii(refusal.Message)
            )
            : app.To(refusal.Code == TermsOwed ? $"/w/{await app.SlugAsync(workspace.Value)}{page}" : page);
    }

    private static async Task<IResult> WhetherAsync(AppRequest app, OpenAppGrant grants, AppClaims claims)
    {
        var scopes = app.Request.GetScopes();
        if (app.HintedSubject is { } hinted && hinted != claims.Subject && (app.IsSilent || hinted.Length > 0))
        {
            // whoever goes on as themselves is not the person that the app means (OpenID Connect Core section 3.1.2.2)
            return app.IsSilent || app.IsGiven("chosen")
                ? TokenEndpoint.Refuse(Errors.LoginRequired, "Another person is signed in.")
                : app.ShowAccount(app.Who!);
        }

        // an attribute that is added later is asked for then
        IReadOnlyList<string> own = scopes.Contains(Scopes.Profile) ? claims.AttributeNames : [];
        string[] agreed = [.. scopes, .. own.Select(AppScopeNames.OfAttribute)];
        if (app.Client.ConsentType == ConsentTypes.Explicit)
        {
            var ticket = new ConsentTicket(app.Client.ClientId!, claims.Session.Id.Value, claims.Workspace.Id.Value, [.. agreed], app.Here);
            var isAgreed =
                ConsentEndpoint.IsAgreed(app.Http, ticket)
                || (!app.Request.HasPromptValue(PromptValues.Consent) && await grants.HasConsentAsync(app.Client, claims, agreed, app.Ct));
            if (!isAgreed)
            {
                return app.IsSilent
                    ? TokenEndpoint.Refuse(Errors.ConsentRequired, "The person has to agree first.")
                    : ConsentEndpoint.Show(app, claims, ticket);
            }
        }

        var grant = await grants.RunAsync(app.Client, claims, agreed, app.Ct);
        return grant.Is(out var id, out var refused)
            ? TokenEndpoint.Issue(AppPrincipal.Of(claims, app.Client, id, scopes, UserInfoEndpoint.Address(app.Http)))
            : TokenEndpoint.Refuse(Errors.TemporarilyUnavailable, TokenEndpoint.Ascii(refused.Message));
    }

    /// <summary>The page on which a person pays what the workspace asks for; null for a no that stays.</summary>
    private static string? Owed(Refusal refusal) =>
        refusal.Code switch
        {
            "secondFactorNeeded" => "/signin/second",
            "signInAgain" => "/signin/again",
            "secondFactorMissing" => "/profile/security/set-up",
            TermsOwed => "/terms", // of the workspace
            _ => null,
        };

    public static IResult Error(int status, string? detail) =>
        new RazorComponentResult<ErrorPage>(
            new
            {
                Status = status,
                Detail = detail,
                Title = (string?)null,
                Expired = false,
            }
        )
        {
            StatusCode = status,
        };
}

/// <summary>One request of an app, with what its steps need in few words.</summary>
/// <param name="Http">The browser's request.</param>
/// <param name="Request">The app's, with the parameters that wait under its request_uri.</param>
/// <param name="Client">The app.</param>
internal sealed record AppRequest(HttpContext Http, OpenIddictRequest Request, Client Client)
{
    public SignedIn? Who => Http.Features.Get<SignedIn>();

    public CancellationToken Ct => Http.RequestAborted;

    /// <summary>Whether nobody may be asked anything.</summary>
    public bool IsSilent => Request.HasPromptValue(PromptValues.None);

    private static readonly string[] Kept = ["workspace", "chosen"];

    /// <summary>The address of this request, to come back to.</summary>
    public string Here =>
        $"{AuthorizeEndpoint.Path}?client_id={Uri.EscapeDataString(Client.ClientId!)}&request_uri={Uri.EscapeDataString(Http.Request.Query["request_uri"].ToString())}"
        + string.Concat(
            Kept.Where(n => Http.Request.Query[n] is [{ Length: > 0 and < 100 }])
                .Select(n => $"&{n}={Uri.EscapeDataString(Http.Request.Query[n].ToString())}")
        );

    public string? LoginHint => Request.LoginHint is { Length: > 0 and <= 200 } hint ? hint : null;

    /// <summary>
    /// The person of the ID token that the app sent as a hint, which OpenIddict has judged; nobody (an empty text) for one that is no ID
    /// token of ours, null for none.
    /// </summary>
    public string? HintedSubject { get; init; }

    public bool IsGiven(string name) => Http.Request.Query[name] == "1";

    public T Act<T>()
        where T : notnull => Http.RequestServices.GetRequiredService<T>();

    /// <summary>The app's own workspace, or the one that it or the person named; null for none.</summary>
    public async Task<WorkspaceContext?> NamedWorkspaceAsync()
    {
        await using var db = Act<Store>().Read();
        if (Client.WorkspaceId is { } own)
        {
            return await WorkspaceContext.ByIdAsync(db, own, Ct);
        }

        var name = Http.Request.Query["workspace"] is [{ Length: > 0 } chosen]
            ? chosen
            : (string?)Request["workspace"] ?? (string?)Request["organization"];
        return name is null ? null
            : Id<Workspace>.TryParse(name, out var id) ? await WorkspaceContext.ByIdAsync(db, id, Ct)
            : await WorkspaceContext.BySlugAsync(db, name, Ct);
    }

    public async Task<WorkspaceContext?> WorkspaceAsync(string slug)
    {
        await using var db = Act<Store>().Read();
        return await WorkspaceContext.BySlugAsync(db, slug, Ct);
    }

    /// <summary>The workspace's name in addresses.</summary>
    public async Task<string> SlugAsync(Id<Workspace> workspace)
    {
        await using var db = Act<Store>().Read();
        return (await WorkspaceContext.ByIdAsync(db, workspace, Ct))!.Row.Slug;
    }

    /// <summary>Whether the app asks for a proof that is newer than the session's: one made since it asked is new.</summary>
    public bool MustProveAnew(Session session) =>
        !IsSince(session.AuthenticatedAt)
        && (
            Request.HasPromptValue(PromptValues.Login)
            || (
                Request.MaxAge is { } most
                && Act<Store>().Time.GetUtcNow() - session.AuthenticatedAt > TimeSpan.FromSeconds(Math.Clamp(most, 0, int.MaxValue))
            )
        );

    /// <summary>Whether something happened since the app asked.</summary>
    public bool IsSince(DateTimeOffset at) => (long?)Request[Refinements.AskedAt] is { } asked && at.ToUnixTimeMilliseconds() >= asked;

    /// <summary>To a page of the sign-in door, which leads back.</summary>
    public IResult To(string page, string? login = null) =>
        Results.Redirect($"{page}?returnUrl={Uri.EscapeDataString(Here)}" + (login is null ? "" : "&login=" + Uri.EscapeDataString(login)));

    public IResult ShowAccount(SignedIn who) =>
        new RazorComponentResult<AccountPage>(
            new
            {
                App = Client.DisplayName!,
                Name = who.Account.DisplayName,
                Back = With("chosen=1"),
                Here,
            }
        );

    public IResult ShowWorkspaces(IReadOnlyList<MyWorkspace> mine) =>
        new RazorComponentResult<ChooseWorkspacePage>(
            new
            {
                App = Client.DisplayName!,
                Choices = mine.Select(w => (w.Name, w.Role, Href: With("workspace=" + w.Slug))).ToImmutableArray(),
            }
        );

    /// <summary>A no that stays: told to the person in the core's words, and to the app by the person's next step.</summary>
    /// <param name="refusal">Why not.</param>
    /// <param name="workspace">For which workspace they would use it; null where there is none.</param>
    public async Task<IResult> RefusedAsync(Refusal refusal, Id<Workspace>? workspace)
    {
        if (IsSilent)
        {
            return TokenEndpoint.Refuse(Errors.AccessDenied, TokenEndpoint.Ascii(refusal.Message));
        }

        await using var db = Act<Store>().Read();
        return new RazorComponentResult<RefusedAppPage>(
            new
            {
                App = Client.DisplayName!,
                Who = Who!.Account.DisplayName,
                Workspace = workspace is { } id ? (await WorkspaceContext.ByIdAsync(db, id, Ct))?.Row.Name : null,
                refusal.Message,
                Back = With("denied=1"),
            }
        )
        {
            StatusCode = StatusCodes.Status403Forbidden,
        };
    }

    private string With(string more) => $"{Here}&{more}";
}
