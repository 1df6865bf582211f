using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Home;
using UserManagement.Identity.Http;
using UserManagement.Identity.SignIn;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Ui;

namespace UserManagement.Identity.SecondFactor;

/// <summary>
/// A person's own security: authenticator app, passkeys, recovery codes. Whatever changes something asks for a proof that
/// is at most five minutes old. Codes and keys stand only in the answer that makes them, or in the page of their set-up.
/// </summary>
internal static class SecurityEndpoints
{
    private const string Home = "/profile/security";
    private const string Totp = Home + "/totp";
    private const string Passkeys = Home + "/passkeys";
    private const string One = Passkeys + "/{id}";
    private const string Codes = Home + "/recovery-codes";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Home, Gate.Person(visit => ShowAsync(visit)));
        routes.MapGet(Owed.SetUp, Gate.Person(ShowSetUpAsync));
        routes.MapPost(Totp + "/start", Gate.SetUpForm(Home, BeginAsync));
        routes.MapGet(Totp, Gate.SetUpPerson(visit => ShowTotpAsync(visit)));
        routes.MapPost(Totp, Gate.SetUpForm(Totp, ConfirmAsync));
        routes.MapGet(Totp + "/remove", Gate.FreshPerson(visit => AskAsync(visit, Removal.Totp)));
        routes.MapPost(
            Totp + "/remove",
            Gate.FreshForm(
                Totp + "/remove",
                async visit => await DoneAsync(visit, await visit.Act<RemoveTotp>().RunAsync(visit.Who!, visit.Ct), "totp-removed")
            )
        );
        routes.MapGet(Codes, Gate.FreshPerson(visit => AskAsync(visit, Removal.Codes)));
        routes.MapPost(Codes, Gate.FreshForm(Codes, RemakeAsync));
        routes.MapGet(Passkeys + "/new", Gate.SetUpPerson(visit => ShowNewAsync(visit)));
        routes.MapPost(Passkeys, Gate.SetUpForm(Passkeys + "/new", AddAsync));
        routes.MapGet(One, Gate.Person(visit => ShowOneAsync(visit)));
        routes.MapPost(One + "/rename", Gate.PersonForm(RenameAsync));
        routes.MapPost(One + "/remove", Gate.FreshForm(Home, RemoveAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null) =>
        Visit.Show<SecurityPage>(
            new
            {
                Frame = await AccountFrame.ReadAsync(visit, AccountPlace.Security),
                Who = visit.Who!,
                Mine = await visit.Act<ReadFactors>().RunAsync(visit.Who!.Account.Id, visit.Ct),
                Code = visit.Query("notice"),
                Refusal = refusal,
            },
            refusal
        );

    private static async Task<IResult> ShowSetUpAsync(Visit visit)
    {
        var mine = await visit.Act<ReadFactors>().RunAsync(visit.Who!.Account.Id, visit.Ct);
        return mine.IsSetUp ? Visit.SeeOther(Back(visit) is "/" ? Home : Back(visit))
            : await Owed.IsStaleForSetUpAsync(visit, visit.Who!) ? Visit.SeeOther(Owed.With(Owed.Again, Owed.Here(visit)))
            : Visit.Show<SetUpPage>(
                new
                {
                    ReturnUrl = Back(visit),
                    Passkeys = PasskeyParty.Of(visit.Act<Links>()) is not null,
                    App = await AppOnTheWay.OfAsync(visit, Back(visit)),
                }
            );
    }

    private static async Task<IResult> BeginAsync(Visit visit) =>
        (await visit.Act<SetUpTotp>().BeginAsync(visit.Who!, visit.Ct)).Refusal is { } refusal
            ? await ShowAsync(visit, refusal)
            : Visit.SeeOther(Owed.With(Totp, Back(visit)));

    private static async Task<IResult> ShowTotpAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<SetUpTotp>().ReadAsync(visit.Who!, visit.Ct);
        if (!read.Is(out var key, out var refused))
        {
            return await ShowAsync(visit, refused);
        }

        return key is null
            ? Visit.SeeOther(Back(visit) is "/" ? Home : Owed.With(Owed.SetUp, Back(visit)))
            : Visit.Show<TotpPage>(
                new
                {
                    Who = visit.Who!,
                    Key = key,
                    ReturnUrl = Back(visit),
                    App = await AppOnTheWay.OfAsync(visit, Back(visit)),
                    Refusal = refusal,
                },
                refusal
            );
    }

    private static async Task<IResult> ConfirmAsync(Visit visit)
    {
        var outcome = await visit.Act<SetUpTotp>().ConfirmAsync(visit.Who!, visit.Field("code"), visit.Ct);
        return outcome.Is(out var done, out var refusal) ? await SetUpDoneAsync(visit, done)
            : refusal.Field == "code" ? await ShowTotpAsync(visit, refusal)
            : await ShowAsync(visit, refusal);
    }

    private static async Task<IResult> SetUpDoneAsync(Visit visit, FactorSetUp done)
    {
        SessionCookie.Write(visit.Http, done.Session);
        var back = Back(visit) is "/" ? Home : Back(visit);
        return done.RecoveryCodes is { } codes
            ? Visit.Show<RecoveryCodesPage>(
                new
                {
                    Codes = codes,
                    ReturnUrl = back,
                    App = await AppOnTheWay.OfAsync(visit, back),
                }
            )
            : Visit.SeeOther(back);
    }

    private static async Task<IResult> RemakeAsync(Visit visit)
    {
        if (FormNumber.Read(visit) is not { } number)
        {
            return await AskAsync(visit, Removal.Codes); // shown too long ago, or before a new sign-in: the same question once more
        }

        var who = visit.Who!;
        var outcome = await visit
            .Act<SubmitOnce>()
            .RunAsync(
                default,
                who.Session.Id.Value,
                number,
                Codes,
                () => visit.Act<RemakeRecoveryCodes>().RunAsync(who, visit.Ct),
                visit.Ct
            );
        return outcome.Is(out var made, out var refusal) ? Visit.Show<RecoveryCodesPage>(new { made.Codes, ReturnUrl = Home })
            : refusal.Code == SubmitOnce.AlreadyMade
                ? Visit.Error(
                    Refusals.Status(refusal.Kind),
                    "These codes were made already; they were shown once. Make new ones if you did not keep them.",
                    Codes,
                    title: "This was made already",
                    homeLabel: "Make new codes"
                )
            : await ShowAsync(visit, refusal);
    }

    private static Task<IResult> AskAsync(Visit visit, Removal removal) =>
        Task.FromResult(Visit.Show<ConfirmFactorPage>(new { Removal = removal }));

    private static async Task<IResult> ShowNewAsync(Visit visit, Refusal? refusal = null) =>
        await PasskeyCeremony.BeginAsync(visit, PasskeyUse.Create) is { } options
            ? Visit.Show<NewPasskeyPage>(
                new
                {
                    Options = options,
                    Name = visit.Form.ContainsKey("name") ? visit.Field("name") : Membership.Accounts.Device.Name(visit.Browser.UserAgent),
                    ReturnUrl = Back(visit),
                    App = await AppOnTheWay.OfAsync(visit, Back(visit)),
                    Refusal = refusal,
                },
                refusal
            )
            : Visit.Error(StatusCodes.Status409Conflict, "This server is reached by an IP address; browsers make passkeys for names only.");

    private static async Task<IResult> AddAsync(Visit visit)
    {
        var outcome = PasskeyCeremony.TakeNew(visit).Is(out var made, out var wrong)
            ? await visit.Act<Membership.Accounts.Factors.Passkeys>().AddAsync(visit.Who!, made, visit.Field("name"), visit.Ct)
            : wrong;
        return outcome.Is(out var done, out var refusal) ? await SetUpDoneAsync(visit, done) : await ShowNewAsync(visit, refusal);
    }

    private static async Task<IResult> ShowOneAsync(Visit visit, Refusal? refusal = null)
    {
        var mine = await visit.Act<ReadFactors>().RunAsync(visit.Who!.Account.Id, visit.Ct);
        return mine.Passkeys.FirstOrDefault(p => p.Id == RouteId(visit)) is { } passkey
            ? Visit.Show<PasskeyPage>(new { Passkey = passkey, Refusal = refusal }, refusal)
            : Visit.Error(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> RenameAsync(Visit visit)
    {
        var outcome = await visit
            .Act<Membership.Accounts.Factors.Passkeys>()
            .RenameAsync(visit.Who!, RouteId(visit), visit.Field("name"), visit.Ct);
        return outcome.Refusal is { } refusal ? await ShowOneAsync(visit, refusal) : Visit.SeeOther(Home + "?notice=passkey-renamed");
    }

    private static async Task<IResult> RemoveAsync(Visit visit)
    {
        var outcome = await visit.Act<Membership.Accounts.Factors.Passkeys>().RemoveAsync(visit.Who!, RouteId(visit), visit.Ct);
        return outcome.Refusal is { } refusal ? await ShowOneAsync(visit, refusal) : Visit.SeeOther(Home + "?notice=passkey-removed");
    }

    private static async Task<IResult> DoneAsync(Visit visit, Outcome<Nothing> outcome, string notice) =>
        outcome.Refusal is { } refusal ? await ShowAsync(visit, refusal) : Visit.SeeOther($"{Home}?notice={notice}");

    private static Id<Passkey> RouteId(Visit visit) =>
        Id<Passkey>.TryParse(visit.Http.GetRouteValue("id") as string, out var id) ? id : default;

    private static string Back(Visit visit) => ReturnUrl.Local(visit.Query("returnUrl") ?? visit.Field("returnUrl"));
}
