using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Http;
using UserManagement.Identity.Logins;
using UserManagement.Identity.SecondFactor;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity.SignIn;

/// <summary>Signing in and out.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/signin", Gate.Page(visit => ShowAsync(visit, null)));
        routes.MapGet("/w/{slug}/signin", Gate.Page(visit => ShowAsync(visit, Slug(visit))));
        routes.MapPost("/signin", Gate.Form(visit => SignInAsync(visit, null)));
        routes.MapPost("/w/{slug}/signin", Gate.Form(visit => SignInAsync(visit, Slug(visit))));
        routes.MapPost("/signin/next", Gate.Form(visit => NextAsync(visit, null)));
        routes.MapPost("/w/{slug}/signin/next", Gate.Form(visit => NextAsync(visit, Slug(visit))));
        routes.MapPost("/signout", Gate.Form(SignOutAsync));
        routes.MapGet("/enter/{secret}", Gate.Link(ShowLinkAsync));
        routes.MapPost("/enter", Gate.Form(EnterAsync));
    }

    /// <summary>The workspace that a local path lies in; null for none.</summary>
    public static string? SlugOf(string path) => path.Split('/', '?') is ["", "w", { Length: > 0 } slug, ..] ? slug : null;

    private static string? Slug(Visit visit) => visit.Http.Request.RouteValues["slug"] as string;

    /// <summary>Who is in already goes on; who is kept out of the workspace for how they signed in may do it anew.</summary>
    private static async Task<IResult> ShowAsync(Visit visit, string? slug)
    {
        var back = ReturnUrl.Local(visit.Query("returnUrl"));
        if (visit.Who is { } who && (slug is null || who.Member is not null))
        {
            return Visit.SeeOther(slug is not null && back == "/" ? "/w/" + slug : back);
        }

        return await ModelAsync(visit, slug, back) is { } model
            ? Visit.Show<SignInPage>(
                new
                {
                    Model = model with
                    {
                        Code = visit.Query("notice"),
                        Login = visit.Query("login") is { Length: > 0 and <= 200 } hint ? hint : null,
                        Refusal = visit.Who?.Barred,
                    },
                }
            )
            : Visit.Error(StatusCodes.Status404NotFound);
    }

    /// <summary>From the address to the provider's page, or to the password. The same for everybody with the same domain.</summary>
    private static async Task<IResult> NextAsync(Visit visit, string? slug)
    {
        var back = ReturnUrl.Local(visit.Field("returnUrl"));
        if (await ModelAsync(visit, slug, back) is not { } model)
        {
            return Visit.Error(StatusCodes.Status404NotFound);
        }

        var login = visit.Field("login").Trim();
        model = model with { Login = login.Length is 0 or > Key.MaxLength ? null : login };
        if (model.Login is null)
        {
            return Visit.Show<SignInPage>(new { Model = model });
        }

        if (model.Ways.For(login) is { } connection)
        {
            // No redirect: the policy of the page stops a form that ends at another site, however it gets there.
            var on = ProviderEndpoints.StartPath(connection.Id, back, model.Slug, login);
            visit.Http.Response.Headers["Refresh"] = "0; url=" + on;
            return Visit.Show<ContinuePage>(new { connection.Name, Href = on });
        }

        return Visit.Show<SignInPage>(
            new { Model = model with { AtPassword = model.Ways.TakesPassword, MustChoose = !model.Ways.TakesPassword } }
        );
    }

    private static async Task<IResult> SignInAsync(Visit visit, string? slug)
    {
        var back = ReturnUrl.Local(visit.Field("returnUrl"));
        if (await ModelAsync(visit, slug, back) is not { } model)
        {
            return Visit.Error(StatusCodes.Status404NotFound);
        }

        var login = visit.Field("login");
        var outcome = await visit.Act<SignInLocally>().RunAsync(login, visit.Field("password"), visit.Browser, visit.Ct);
        if (!outcome.Is(out var opened, out var refusal))
        {
            return Visit.Show<SignInPage>(
                new { Model = model with { Login = login.Length > 200 ? "" : login, AtPassword = true, Refusal = refusal } },
                refusal
            );
        }

        return await ProviderEndpoints.LeadInAsync(visit, opened, back == "/" && slug is not null ? "/w/" + slug : back);
    }

    /// <summary>The page again after a passkey that was not taken, with the reason.</summary>
    internal static async Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        await ModelAsync(visit, null, ReturnUrl.Local(visit.Field("returnUrl"))) is { } model
            ? Visit.Show<SignInPage>(new { Model = model with { Refusal = refusal } }, refusal)
            : Visit.Error(StatusCodes.Status404NotFound);

    /// <summary>
    /// The page of a workspace, named by the address or by where to go afterwards; else the installation's. Null for a workspace that is
    /// not there.
    /// </summary>
    private static async Task<SignInModel?> ModelAsync(Visit visit, string? slug, string back)
    {
        var find = visit.Act<FindSignInOptions>();
        var ways = slug is not null
            ? await find.RunAsync(slug, visit.Ct)
            : (SlugOf(back) is { } meant ? await find.RunAsync(meant, visit.Ct) : null) ?? await find.OfAsync(null, visit.Ct);
        return ways is null
            ? null
            : new()
            {
                Ways = ways,
                ReturnUrl = back,
                App = await AppOnTheWay.OfAsync(visit, back),
                Passkey = ways.TakesPassword ? await PasskeyCeremony.BeginAsync(visit, PasskeyUse.SignIn) : null,
            };
    }

    private static async Task<IResult> SignOutAsync(Visit visit)
    {
        if (visit.Who is { } who)
        {
            await visit.Act<SignOut>().RunAsync(who, visit.Ct);
        }

        SessionCookie.Clear(visit.Http);
        return Visit.SeeOther(
            ReturnUrl.Local(visit.Field("returnUrl")) is { Length: > 1 } back ? Owed.With("/signin", back) : "/signin?notice=signed-out"
        );
    }

    private static async Task<IResult> ShowLinkAsync(Visit visit) =>
        await visit.Act<UseOneTimeLink>().IsOpenAsync(visit.Secret, visit.Ct)
            ? Visit.Show<EnterPage>(new { visit.Secret })
            : Visit.Error(StatusCodes.Status404NotFound, expired: true);

    private static async Task<IResult> EnterAsync(Visit visit)
    {
        var outcome = await visit.Act<UseOneTimeLink>().RunAsync(visit.Field("secret"), visit.Browser, visit.Ct);
        if (!outcome.Is(out var opened, out var refusal))
        {
            return Visit.Error(Refusals.Status(refusal.Kind), expired: true);
        }

        await ReplaceAsync(visit, opened);
        var password = await visit.Act<SetPassword>().ReadAsync(opened.Row.AccountId, visit.Ct);
        var to =
            opened.Slug is not { } slug ? "/"
            : opened.IsUnnamed ? $"/w/{slug}/profile"
            : "/w/" + slug;
        return Visit.SeeOther(
            password is not { HasPassword: false } ? to
            : await visit.Act<ListLogins>().PasswordHelpsAsync(opened.Row.AccountId, visit.Ct) ? Owed.With("/password", to)
            : Owed.With(LinkEndpoints.Path, to)
        );
    }

    /// <summary>The new session takes the place of the one that the browser had, which ends.</summary>
    internal static async Task ReplaceAsync(Visit visit, OpenedSession opened)
    {
        if (visit.Who is { } before)
        {
            await visit.Act<SignOut>().RunAsync(before, visit.Ct);
        }

        SessionCookie.Write(visit.Http, opened);
    }
}
