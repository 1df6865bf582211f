using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Door;
using UserManagement.Identity.SignIn;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Invitations;

namespace UserManagement.Identity.Invite;

/// <summary>
/// Accepting an invitation. Opening the link changes nothing; after that the secret travels in form bodies only. Signing
/// in, or making an account, redeems without a further click.
/// </summary>
internal static class InviteEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/invite/{secret}", Gate.Link(visit => ShowAsync(visit, visit.Secret, null)));
        routes.MapPost("/invite/create", Gate.Form(CreateAsync));
        routes.MapPost("/invite/signin", Gate.Form(SignInAsync));
        routes.MapPost("/invite/join", Gate.PersonForm(visit => JoinAsync(visit, visit.Who!, visit.Field("secret"))));
        routes.MapPost("/invite/switch", Gate.Form(SwitchAsync));
    }

    private static async Task<IResult> CreateAsync(Visit visit)
    {
        var secret = visit.Field("secret");
        var name = $"{visit.Field("givenName").Trim()} {visit.Field("familyName").Trim()}".Trim();
        var outcome = await visit.Act<CreateLocalAccount>().RunAsync(secret, visit.Field("login"), name, visit.Field("password"), visit.Browser, visit.Ct);
        return outcome.Is(out var opened, out var refusal)
            ? await EnterAsync(visit, secret, opened)
            : await ShowAsync(visit, secret, new(Pane.Create, refusal));
    }

    private static async Task<IResult> SignInAsync(Visit visit)
    {
        var secret = visit.Field("secret");
        var outcome = await visit.Act<SignInLocally>().RunAsync(visit.Field("login"), visit.Field("password"), visit.Browser, visit.Ct);
        return outcome.Is(out var opened, out var refusal)
            ? await EnterAsync(visit, secret, opened)
            : await ShowAsync(visit, secret, new(Pane.SignIn, refusal));
    }

    private static async Task<IResult> EnterAsync(Visit visit, string secret, OpenedSession opened)
    {
        await SignInEndpoints.ReplaceAsync(visit, opened);
        return await visit.Act<ReadSession>().RunAsync(opened.Secret, null, visit.Ct) is { } who
            ? await JoinAsync(visit, who, secret)
            : Visit.SeeOther("/signin");
    }

    private static async Task<IResult> JoinAsync(Visit visit, SignedIn who, string secret)
    {
        visit.Http.Features.Set(who);
        var outcome = await visit.Act<AcceptInvitation>().RunAsync(who, secret, visit.Field("givenName"), visit.Field("familyName"), visit.Ct);
        if (!outcome.Is(out var redeemed, out var refusal))
        {
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
            visit.Http.Features.Set<SignedIn>(null);
        }

        SessionCookie.Clear(visit.Http);
        return await ShowAsync(visit, visit.Field("secret"), null);
    }

    private static async Task<IResult> ShowAsync(Visit visit, string secret, Failure? failure)
    {
        if (!(await visit.Act<OpenInvitation>().RunAsync(secret, visit.Ct)).Is(out var view, out _))
        {
            return Visit.Error(StatusCodes.Status404NotFound, expired: true);
        }

        if (view.Status != InvitationStatus.Pending)
        {
            return Visit.Show<ClosedInvitePage>(new { View = view, SignedIn = visit.Who is not null }, status: StatusCodes.Status410Gone);
        }

        var shown = new InviteModel
        {
            Secret = secret,
            View = view,
            TakesPassword = CreateLocalAccount.TakesPassword(view),
            HasAccount = visit.Who is null && await visit.Act<CreateLocalAccount>().IsTakenAsync(view, visit.Ct),
            Who = visit.Who,
            Misfit = visit.Who is { } who ? RedeemInvitation.Mismatch(view.Invitation, await visit.Act<AcceptInvitation>().RedeemerAsync(who, visit.Ct)) : null,
            Failure = failure,
            Login = visit.Field("login"),
            GivenName = visit.Field("givenName"),
            FamilyName = visit.Field("familyName"),
        };
        return Visit.Show<InvitePage>(new { Model = shown }, failure?.Refusal);
    }
}
