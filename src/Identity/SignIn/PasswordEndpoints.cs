using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Http;
using UserManagement.Identity.SecondFactor;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;

namespace UserManagement.Identity.SignIn;

/// <summary>A forgotten password, a new one by mail, and a first or another one for who is signed in.</summary>
internal static class PasswordEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/forgot", Gate.Page(_ => Task.FromResult(Visit.Show<ForgotPage>(new { }))));
        routes.MapPost("/forgot", Gate.Form(RequestAsync));
        routes.MapGet("/reset/{secret}", Gate.Link(ShowResetAsync));
        routes.MapPost("/reset", Gate.Form(ResetAsync));
        routes.MapGet("/password", Gate.Person(visit => ShowPasswordAsync(visit, null)));
        routes.MapPost("/password", Gate.PersonForm(SetAsync));
    }

    // Goes on to the same page whatever the core found; only a store that is away is told.
    private static async Task<IResult> RequestAsync(Visit visit)
    {
        var outcome = await visit.Act<RequestPasswordReset>().RunAsync(visit.Field("login"), visit.Ct);
        return outcome.Refusal is { } refusal ? Visit.Error(Refusals.Status(refusal.Kind)) : Visit.SeeOther("/signin?notice=reset-sent");
    }

    private static async Task<IResult> ShowResetAsync(Visit visit) =>
        await visit.Act<ResetPassword>().IsOpenAsync(visit.Secret, visit.Ct)
            ? Visit.Show<ResetPage>(new { visit.Secret })
            : Visit.Error(StatusCodes.Status404NotFound, expired: true);

    private static async Task<IResult> ResetAsync(Visit visit)
    {
        var secret = visit.Field("secret");
        var outcome = await visit.Act<ResetPassword>().RunAsync(secret, visit.Field("password"), visit.Ct);
        if (outcome.Refusal is { Kind: RefusalKind.Invalid } wrong)
        {
            return Visit.Show<ResetPage>(new { Secret = secret, Refusal = wrong }, wrong);
        }

        if (outcome.Refusal is { } refusal)
        {
            return Visit.Error(Refusals.Status(refusal.Kind), expired: refusal.Kind == RefusalKind.NotFound);
        }

        SessionCookie.Clear(visit.Http);
        return Visit.SeeOther("/signin?notice=password-set");
    }

    private static async Task<IResult> ShowPasswordAsync(Visit visit, Refusal? refusal)
    {
        var read = await visit.Act<SetPassword>().ReadAsync(visit.Who!.Account.Id, visit.Ct);
        return visit.Who!.IsWorkspaceScoped && read is { HasPassword: false }
                ? Visit.Error(StatusCodes.Status403Forbidden, Membership.Accounts.Factors.RecentAuthentication.OtherNeeded().Message)
            : read is var (login, hasPassword)
                ? Visit.Show<PasswordPage>(
                    new
                    {
                        Login = login,
                        HasPassword = hasPassword,
                        ReturnUrl = Back(visit),
                        Refusal = refusal,
                    },
                    refusal
                )
            : Visit.Show<NoPasswordPage>(new { Provider = visit.Who!.Connection?.Name }, refusal);
    }

    private static async Task<IResult> SetAsync(Visit visit)
    {
        var outcome = await visit
            .Act<SetPassword>()
            .RunAsync(visit.Who!, visit.Field("current"), visit.Field("password"), visit.Browser, visit.Ct);
        if (!outcome.Is(out var opened, out var refusal))
        {
            return refusal.Code is "signInAgain" or "secondFactorNeeded"
                ? Visit.SeeOther(Owed.With(Owed.Again, Owed.With("/password", Back(visit))))
                : await ShowPasswordAsync(visit, refusal);
        }

        SessionCookie.Write(visit.Http, opened);
        return Visit.SeeOther(Back(visit));
    }

    // asked for by the address, and sent back by the form
    private static string Back(Visit visit) =>
        ReturnUrl.Local(visit.Query("returnUrl") is { Length: > 0 } asked ? asked : visit.Field("returnUrl"));
}
