using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Http;
using UserManagement.Identity.Invite;
using UserManagement.Identity.Logins;
using UserManagement.Identity.SignIn;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;

namespace UserManagement.Identity.SecondFactor;

/// <summary>
/// What stands between signing in and the pages: proving the second factor, proving again who one is; and signing in
/// with a passkey alone.
/// </summary>
internal static class SecondEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Owed.Second, Gate.Half(visit => ShowAsync(visit)));
        routes.MapPost(Owed.Second, Gate.HalfForm(ByCodeAsync));
        routes.MapPost(Owed.Second + "/passkey", Gate.HalfForm(ByPasskeyAsync));
        routes.MapGet(Owed.Again, Gate.Half(visit => ShowAgainAsync(visit)));
        routes.MapPost(Owed.Again, Gate.HalfForm(AgainAsync));
        routes.MapPost(Owed.Again + "/passkey", Gate.HalfForm(AgainByPasskeyAsync));
        routes.MapPost("/signin/passkey", Gate.Form(SignInAsync));
    }

    /// <summary>The page that asks for the second factor.</summary>
    /// <param name="visit">The request.</param>
    /// <param name="refusal">Why the last try failed; null at first.</param>
    /// <param name="invitation">The secret of an invitation that is to be accepted afterwards; null for none.</param>
    /// <param name="pending">The sealed identity at a provider that is to be linked afterwards; null for none.</param>
    public static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null, string? invitation = null, string? pending = null)
    {
        var back = Back(visit);
        if (visit.Who is not { Factor: { IsSetUp: true } factor, Session.SecondProvenAt: null })
        {
            return Visit.SeeOther(back);
        }

        RetryAfter(visit, refusal);
        return Visit.Show<SecondPage>(
            new
            {
                HasTotp = factor.HasTotp,
                App = await AppOnTheWay.OfAsync(visit, back),
                Options = factor.Passkeys > 0 ? await PasskeyCeremony.BeginAsync(visit, PasskeyUse.Prove) : null,
                ReturnUrl = back,
                Invitation = invitation ?? visit.Field("invitation"),
                Pending = pending ?? visit.Field("pending"),
                Terms = visit.Field(TermsField.Name),
                Refusal = refusal,
            },
            refusal
        );
    }

    private static async Task<IResult> ByCodeAsync(Visit visit) =>
        await GoOnAsync(visit, await visit.Act<ProveSecondFactor>().ByCodeAsync(visit.Who!, visit.Field("code"), visit.Ct));

    private static async Task<IResult> ByPasskeyAsync(Visit visit) =>
        await GoOnAsync(
            visit,
            PasskeyCeremony.TakeAnswer(visit, PasskeyUse.Prove).Is(out var answer, out var refusal)
                ? await visit.Act<ProveSecondFactor>().ByPasskeyAsync(visit.Who!, answer, visit.Ct)
                : refusal
        );

    private static async Task<IResult> GoOnAsync(Visit visit, Outcome<OpenedSession> outcome)
    {
        if (!outcome.Is(out var opened, out var refusal))
        {
            return refusal.Code == "signInAgain" ? visit.ToSignIn() : await ShowAsync(visit, refusal);
        }

        SessionCookie.Write(visit.Http, opened);
        var (secret, pending) = (visit.Field("invitation"), visit.Field("pending"));
        var who = secret.Length + pending.Length > 0 ? await visit.Act<ReadSession>().RunAsync(opened.Secret, null, visit.Ct) : null;
        return who is null ? Visit.SeeOther(Back(visit))
            : pending.Length > 0 ? await LinkEndpoints.LinkPendingAsync(visit, who, pending)
            : await InviteEndpoints.JoinAsync(visit, who, secret, null, null);
    }

    private static async Task<IResult> ShowAgainAsync(Visit visit, Refusal? refusal = null)
    {
        // Also whose provider's word is enough to come in: what is sensitive asks for the account's own factor.
        if (visit.Who is { Factor.IsSetUp: true, Session.SecondProvenAt: null })
        {
            return Visit.SeeOther(Owed.With(Owed.Second, Back(visit)));
        }

        var ways = await visit.Act<ProveAgain>().ReadAsync(visit.Who!, visit.Ct);
        var back = Back(visit);
        RetryAfter(visit, refusal);
        return Visit.Show<AgainPage>(
            new
            {
                Who = visit.Who!,
                Ways = ways,
                App = await AppOnTheWay.OfAsync(visit, back),
                Options = ways.Passkey ? await PasskeyCeremony.BeginAsync(visit, PasskeyUse.Prove) : null,
                ReturnUrl = back,
                Ended = (visit.Query("ended") ?? visit.Field("ended")) is "1",
                Refusal = refusal,
            },
            refusal
        );
    }

    private static async Task<IResult> AgainAsync(Visit visit) =>
        await AgainDoneAsync(
            visit,
            visit.Form.ContainsKey("code")
                ? await visit.Act<ProveAgain>().ByCodeAsync(visit.Who!, visit.Field("code"), visit.Ct)
                : await visit.Act<ProveAgain>().ByPasswordAsync(visit.Who!, visit.Field("password"), visit.Ct)
        );

    private static async Task<IResult> AgainByPasskeyAsync(Visit visit) =>
        await AgainDoneAsync(
            visit,
            PasskeyCeremony.TakeAnswer(visit, PasskeyUse.Prove).Is(out var answer, out var refusal)
                ? await visit.Act<ProveAgain>().ByPasskeyAsync(visit.Who!, answer, visit.Ct)
                : refusal
        );

    private static async Task<IResult> AgainDoneAsync(Visit visit, Outcome<OpenedSession> outcome)
    {
        if (!outcome.Is(out var opened, out var refusal))
        {
            return refusal.Code == "signInAgain" ? visit.ToSignIn() : await ShowAgainAsync(visit, refusal);
        }

        SessionCookie.Write(visit.Http, opened);
        return Visit.SeeOther(
            visit.Who!.Factor is { IsSetUp: true } && opened.Row.SecondProvenAt is null ? Owed.With(Owed.Second, Back(visit)) : Back(visit)
        );
    }

    private static async Task<IResult> SignInAsync(Visit visit)
    {
        var outcome = PasskeyCeremony.TakeAnswer(visit, PasskeyUse.SignIn).Is(out var answer, out var wrong)
            ? await visit.Act<SignInWithPasskey>().RunAsync(answer, visit.Browser, visit.Ct)
            : wrong;
        if (!outcome.Is(out var opened, out var refusal))
        {
            return await SignInEndpoints.RefusedAsync(visit, refusal);
        }

        await SignInEndpoints.ReplaceAsync(visit, opened);
        return Visit.SeeOther(Back(visit));
    }

    private static string Back(Visit visit) => ReturnUrl.Local(visit.Query("returnUrl") ?? visit.Field("returnUrl"));

    private static void RetryAfter(Visit visit, Refusal? refusal)
    {
        if (refusal?.RetryAfter is { } wait)
        {
            visit.Http.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(
                System.Globalization.CultureInfo.InvariantCulture
            );
        }
    }
}
