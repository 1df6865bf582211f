using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Door;
using UserManagement.Membership.Accounts;

namespace UserManagement.Identity.SignIn;

/// <summary>Signing in and out.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/signin", Gate.Page(ShowAsync));
        routes.MapPost("/signin", Gate.Form(SignInAsync));
        routes.MapPost("/signout", Gate.Form(SignOutAsync));
        routes.MapGet("/enter/{secret}", Gate.Link(ShowLinkAsync));
        routes.MapPost("/enter", Gate.Form(EnterAsync));
    }

    private static Task<IResult> ShowAsync(Visit visit)
    {
        var back = ReturnUrl.Local(visit.Query("returnUrl"));
        return Task.FromResult(visit.Who is not null
            ? Visit.SeeOther(back)
            : Visit.Show<SignInPage>(new { ReturnUrl = back, Code = visit.Query("notice") }));
    }

    private static async Task<IResult> SignInAsync(Visit visit)
    {
        var back = ReturnUrl.Local(visit.Field("returnUrl"));
        var login = visit.Field("login");
        var outcome = await visit.Act<SignInLocally>().RunAsync(login, visit.Field("password"), visit.Browser, visit.Ct);
        if (!outcome.Is(out var opened, out var refusal))
        {
            return Visit.Show<SignInPage>(new { ReturnUrl = back, Login = login.Length > 200 ? "" : login, Refusal = refusal }, refusal);
        }

        await ReplaceAsync(visit, opened);
        return Visit.SeeOther(back);
    }

    private static async Task<IResult> SignOutAsync(Visit visit)
    {
        if (visit.Who is { } who)
        {
            await visit.Act<SignOut>().RunAsync(who, visit.Ct);
        }

        SessionCookie.Clear(visit.Http);
        return Visit.SeeOther("/signin?notice=signed-out");
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
        return Visit.SeeOther(password is { HasPassword: false } ? "/password" : "/");
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
