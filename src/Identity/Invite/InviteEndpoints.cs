using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Home;
using UserManagement.Identity.Http;
using UserManagement.Identity.SecondFactor;
using UserManagement.Identity.SignIn;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.InviteLinks;

namespace UserManagement.Identity.Invite;

/// <summary>
/// Accepting an invitation. Opening the link changes nothing; after that the secret travels in form bodies only. Signing
/// in, or making an account, redeems without a further click.
/// </summary>
internal static class InviteEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/invite/{secret}", Gate.Link(OpenAsync));
        routes.MapGet("/invite/{secret}/signin/{connection:guid}", Gate.Link(StartAsync));
        routes.MapPost("/invite/create", Gate.Form(CreateAsync));
        routes.MapPost("/invite/signin", Gate.Form(SignInAsync));
        routes.MapPost("/invite/join", Gate.HalfForm(visit => JoinAsync(visit, visit.Who!, visit.Field("secret"), null, null)));
        routes.MapPost("/invite/switch", Gate.Form(SwitchAsync));
        routes.MapPost("/invite/ask", Gate.Form(AskAsync));
        routes.MapPost("/invite/mail", Gate.Form(JoinLink.MailAsync));
    }

    /// <summary>
    /// Whoever redeemed it before and is signed in is simply led in; where one provider alone fits, its sign-in begins at once. Query:
    /// <c>here</c> shows the page all the same.
    /// </summary>
    private static async Task<IResult> OpenAsync(Visit visit) =>
        visit.Who is { } who
            ? await visit.Act<AcceptInvitation>().WhereInAsync(who, visit.Secret, visit.Ct) is { } slug
                ? Visit.SeeOther("/w/" + slug)
                : await ShowAsync(visit, visit.Secret, null)
            : visit.Query("here") is null && await OnlyWayAsync(visit) is { } way
                ? Visit.SeeOther(way)
                : await ShowAsync(visit, visit.Secret, null);

    private static async Task<string?> OnlyWayAsync(Visit visit)
    {
        if (
            !(await visit.Act<ReadInvitationByLink>().RunAsync(visit.Secret, visit.Ct)).Is(out var view, out _)
            || view.Status != InvitationStatus.Pending
            || CreateLocalAccount.TakesPassword(view)
        )
        {
            return null;
        }

        var ways = (await visit.Act<FindSignInOptions>().OfAsync(view.Workspace, visit.Ct)).For(view.Invitation).Take(2).ToList();
        return ways is [var only] ? $"/invite/{visit.Secret}/signin/{only.Id}" : null;
    }

    /// <summary>To a provider, and back to a redeemed invitation. Query: <c>choose</c> asks which account.</summary>
    private static async Task<IResult> StartAsync(Visit visit)
    {
        if (
            !(await visit.Act<ReadInvitationByLink>().RunAsync(visit.Secret, visit.Ct)).Done
            && !(await visit.Act<ReadInviteLink>().RunAsync(visit.Secret, visit.Ct)).Done
        )
        {
            return Visit.Error(StatusCodes.Status404NotFound, expired: true);
        }

        var aim = new SignInAim(null, visit.Secret);
        return await ProviderEndpoints.GoAsync(
            visit,
            new(aim, "/", SignInPurpose.SignIn),
            new(ProviderEndpoints.Callback(visit), InvitationSecret: visit.Secret, ChooseAccount: visit.Query("choose") is not null)
        );
    }

    private static async Task<IResult> AskAsync(Visit visit)
    {
        if (Ticket<CorrectionTicket>.Open(visit, visit.Field("ask")) is not { } ask)
        {
            return Visit.Error(StatusCodes.Status400BadRequest);
        }

        var outcome = await visit.Act<AskForCorrection>().RunAsync(ask.Secret, new(ask.Code, ask.Provider, ask.UserName), visit.Ct);
        var back = $"/invite/{ask.Secret}?here=1";
        return outcome.Refusal is { } refusal
            ? Visit.Show<AskedPage>(new { Refusal = refusal, Href = back }, refusal)
            : SentEndpoints.Lead(visit, new(SentKind.Correction, "", back));
    }

    private static async Task<IResult> CreateAsync(Visit visit)
    {
        var secret = visit.Field("secret");
        var name = $"{visit.Field("givenName").Trim()} {visit.Field("familyName").Trim()}".Trim();
        var outcome = await visit
            .Act<CreateLocalAccount>()
            .RunAsync(secret, visit.Field("login"), name, visit.Field("password"), visit.Browser, visit.Ct);
        return outcome.Is(out var opened, out var refusal)
            ? await EnterAsync(visit, secret, opened, visit.Field("givenName"), visit.Field("familyName"))
            : await ShowAsync(visit, secret, new(Pane.Create, refusal));
    }

    private static async Task<IResult> SignInAsync(Visit visit)
    {
        var secret = visit.Field("secret");
        var outcome = await visit.Act<SignInLocally>().RunAsync(visit.Field("login"), visit.Field("password"), visit.Browser, visit.Ct);
        return outcome.Is(out var opened, out var refusal)
            ? await EnterAsync(visit, secret, opened, null, null)
            : await ShowAsync(visit, secret, new(Pane.SignIn, refusal));
    }

    /// <summary>Gives the browser its session and redeems as the person it is of.</summary>
    public static async Task<IResult> EnterAsync(Visit visit, string secret, OpenedSession opened, string? givenName, string? familyName)
    {
        await SignInEndpoints.ReplaceAsync(visit, opened);
        return await visit.Act<ReadSession>().RunAsync(opened.Secret, null, visit.Ct) is { } who
            ? await JoinAsync(visit, who, secret, givenName, familyName)
            : Visit.SeeOther("/signin");
    }

    /// <summary>Joins as who is signed in; a second factor that is owed is asked for first, and leads back here.</summary>
    internal static async Task<IResult> JoinAsync(Visit visit, SignedIn who, string secret, string? givenName, string? familyName)
    {
        visit.Become(who);
        if (who.Demand == RequiredAction.SecondFactor)
        {
            return await SecondEndpoints.ShowAsync(visit, invitation: secret);
        }

        var own = secret;
        if (await JoinLink.FindAsync(visit, secret) is { } link)
        {
            if (!(await visit.Act<JoinByLink>().RunAsync(who, secret, visit.Ct)).Is(out var invited, out var no))
            {
                return await ShowAsync(visit, secret, new(Pane.Join, no));
            }

            if (invited is null)
            {
                return Visit.SeeOther("/w/" + link.Workspace.Row.Slug);
            }

            own = invited;
        }

        var outcome = await visit
            .Act<AcceptInvitation>()
            .RunAsync(who, own, givenName, familyName, visit.Ct, TermsEndpoints.Version(visit));
        if (!outcome.Is(out var redeemed, out var refusal))
        {
            RefusedSignIn.Log(visit, who.Connection?.Id, refusal);
            return await ShowAsync(visit, secret, new(Pane.Join, refusal));
        }

        var member = redeemed.Member;
        var home = "/w/" + redeemed.Workspace.Row.Slug;
        return Visit.SeeOther(member is { GivenName: null, FamilyName: null, IsDirectoryManaged: false } ? home + "/profile" : home);
    }

    private static async Task<IResult> SwitchAsync(Visit visit)
    {
        if (visit.Who is { } who)
        {
            await visit.Act<SignOut>().RunAsync(who, visit.Ct);
            visit.Become(null); // the forms of the page that follows are nobody's
        }

        SessionCookie.Clear(visit.Http);
        return await ShowAsync(visit, visit.Field("secret"), null);
    }

    /// <summary>The page of an invitation, open or closed.</summary>
    public static async Task<IResult> ShowAsync(Visit visit, string secret, Failure? failure)
    {
        if (!(await visit.Act<ReadInvitationByLink>().RunAsync(secret, visit.Ct)).Is(out var view, out _))
        {
            return await JoinLink.ShowAsync(visit, secret, failure);
        }

        if (view.Status != InvitationStatus.Pending)
        {
            return Visit.Show<ClosedInvitePage>(new { View = view, SignedIn = visit.Who is not null }, status: StatusCodes.Status410Gone);
        }

        var who = visit.Who;
        var redeemer = who is null ? null : await visit.Act<AcceptInvitation>().RedeemerAsync(who, visit.Ct);
        var misfit = redeemer is null ? null : LinkProof.Fits(view, redeemer);
        var wrong = failure?.Refusal ?? misfit;
        var ways = (await visit.Act<FindSignInOptions>().OfAsync(view.Workspace, visit.Ct)).For(view.Invitation);
        var shown = new InviteModel
        {
            Secret = secret,
            View = view,
            TakesPassword = CreateLocalAccount.TakesPassword(view),
            HasAccount = who is null && await visit.Act<CreateLocalAccount>().IsTakenAsync(view, visit.Ct),
            Ways = [.. ways.Select(c => (c.Name, $"/invite/{secret}/signin/{c.Id}"))],
            Who = who,
            Misfit = misfit,
            Ask =
                who is not null && wrong is not null && RefusedSignIn.CanBeCorrected(wrong.Code)
                    ? Ticket<CorrectionTicket>.Seal(
                        visit,
                        new(secret, wrong.Code, who.Connection?.Name ?? "a password", redeemer?.UserName)
                    )
                    : null,
            Failure = failure,
            Login = visit.Field("login"),
            GivenName = visit.Field("givenName"),
            FamilyName = visit.Field("familyName"),
        };
        return Visit.Show<InvitePage>(new { Model = shown }, failure?.Refusal);
    }
}
