using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using UserManagement.Identity.Home;
using UserManagement.Identity.Http;
using UserManagement.Identity.SecondFactor;
using UserManagement.Identity.SignIn;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity.Logins;

/// <summary>
/// One's own logins: seeing, linking, unlinking. Linking begins by a link with a ticket of this session, so that no other site can begin
/// it.
/// </summary>
internal static class LinkEndpoints
{
    /// <summary>The page.</summary>
    public const string Path = "/profile/logins";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Gate.Person(visit => ShowAsync(visit, null)));
        routes.MapPost(Path + "/unlink", Gate.FreshForm(Path, UnlinkAsync));
        routes.MapPost(Path + "/pending", Gate.Form(LinkPendingAsync));
    }

    /// <summary>Why a link may not begin: nobody is signed in freshly, or the ticket is not of this session. Null when it may.</summary>
    public static IResult? MayNotBegin(Visit visit) =>
        Ticket<LinkTicket>.Open(visit, visit.Query("ticket")) is { } ticket
        && ticket.Session == visit.Who?.Session.Id.Value
        && IsFresh(visit)
        && !visit.Who.IsWorkspaceScoped
            ? null
            : Visit.SeeOther(Path);

    /// <summary>The provider answered.</summary>
    public static async Task<IResult> LinkAsync(Visit visit, CompletedSignIn completed)
    {
        if (visit.Who is not { } who || who.Session.Id != completed.Session)
        {
            return Visit.Error(
                StatusCodes.Status403Forbidden,
                "This was begun by somebody else, or you signed out since. Sign in and begin again."
            );
        }

        var outcome = await visit.Act<LinkLogin>().RunAsync(who, completed.Identity, null, visit.Ct);
        var next = NextIn(completed.ReturnPath);
        return outcome.Refusal is { } refusal ? await ShowAsync(visit, refusal, next)
            : next is null ? Visit.SeeOther(Path + "?notice=linked")
            : Visit.SeeOther(Owed.With(Path, next) + "&notice=linked");
    }

    // the way in on which somebody came here, which goes on from here
    private static string? NextIn(string path) =>
        path.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query
            ? NextOf(QueryHelpers.ParseQuery(path[query..])["returnUrl"])
            : null;

    private static string? NextOf(string? asked) => ReturnUrl.Local(asked) is { Length: > 1 } next ? next : null;

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal, string? next = null)
    {
        next ??= NextOf(visit.Query("returnUrl"));
        var back = Uri.EscapeDataString(next is null ? Path : Owed.With(Path, next));
        var who = visit.Who!;
        var list = visit.Act<ListLogins>();
        var ticket = Ticket<LinkTicket>.Seal(visit, new(who.Session.Id.Value));
        return Visit.Show<LoginsPage>(
            new
            {
                Frame = await AccountFrame.ReadAsync(visit, AccountPlace.Logins),
                Who = who,
                Mine = await list.RunAsync(who, visit.Ct),
                Linkable = (IReadOnlyList<(string, string)>)
                    [
                        .. (await list.LinkableAsync(who, visit.Ct)).Select(c =>
                            (c.Name, $"/signin/{c.Id}/start?purpose=link&choose=1&returnUrl={back}&ticket={ticket}")
                        ),
                    ],
                IsFresh = IsFresh(visit),
                Code = visit.Query("notice"),
                Next = next,
                Refusal = refusal,
            },
            refusal
        );
    }

    private static async Task<IResult> UnlinkAsync(Visit visit)
    {
        if (!Id<Login>.TryParse(visit.Field("login"), out var id))
        {
            return Visit.Error(StatusCodes.Status400BadRequest);
        }

        var own = visit.Who!.Login?.Id == id;
        var outcome = await visit.Act<UnlinkLogin>().RunAsync(visit.Who!, id, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await ShowAsync(visit, refusal);
        }

        if (own)
        {
            SessionCookie.Clear(visit.Http);
        }

        return Visit.SeeOther(own ? "/signin?notice=signed-out" : Path + "?notice=unlinked");
    }

    /// <summary>
    /// A provider's account that led nowhere, and the password of the account to which it belongs: one form signs in by
    /// the password, asks for the second factor where there is one, links, and goes on as signed in through the provider.
    /// </summary>
    private static async Task<IResult> LinkPendingAsync(Visit visit)
    {
        var ticket = visit.Field("pending");
        if (Ticket<PendingLink>.Open(visit, ticket) is not { } pending)
        {
            return TooLate();
        }

        var outcome = await visit.Act<SignInLocally>().RunAsync(visit.Field("login"), visit.Field("password"), visit.Browser, visit.Ct);
        if (
            !outcome.Is(out var byPassword, out var refusal)
            || await visit.Act<ReadSession>().RunAsync(byPassword.Secret, null, visit.Ct) is not { } who
        )
        {
            return await RefusedSignIn.ShowPendingAsync(visit, pending, refusal ?? RecentAuthentication.Needed());
        }

        if (who.Factor is not { IsSetUp: true })
        {
            return await LinkPendingAsync(visit, who, ticket);
        }

        // The session waits for the second factor as after any sign-in, and the identity with it, sealed in the page.
        await SignInEndpoints.ReplaceAsync(visit, byPassword);
        visit.Become(who);
        return await SecondEndpoints.ShowAsync(visit, pending: ticket);
    }

    /// <summary>
    /// Links what waited, now that the person proved themselves whole; the session of that proof makes room for the provider's.
    /// </summary>
    public static async Task<IResult> LinkPendingAsync(Visit visit, SignedIn who, string ticket)
    {
        if (Ticket<PendingLink>.Open(visit, ticket) is not { } pending)
        {
            return TooLate();
        }

        var linked = await visit.Act<LinkLogin>().RunAsync(who, pending.Identity, visit.Browser, visit.Ct);
        await visit.Act<SignOut>().RunAsync(who, visit.Ct);
        if (linked.Is(out var opened, out var refusal))
        {
            return await ProviderEndpoints.LeadInAsync(visit, opened!, pending.ReturnPath);
        }

        if (visit.Who?.Session.Id == who.Session.Id)
        {
            SessionCookie.Clear(visit.Http);
            visit.Become(null);
        }

        return await RefusedSignIn.ShowPendingAsync(visit, pending, refusal);
    }

    private static IResult TooLate() =>
        Visit.Error(StatusCodes.Status400BadRequest, "This sign-in took too long. Sign in with the provider again.");

    private static bool IsFresh(Visit visit) => visit.Who is { } who && !Owed.IsStale(visit, who);
}

/// <summary>Lets a link begin in one session.</summary>
internal sealed record LinkTicket(Guid Session);
