using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Ui;

namespace UserManagement.AdminUi.Http;

/// <summary>
/// Who gets to a page: nobody signed in is led to sign in, a workspace of others is not there, a missing permission is
/// forbidden; who owes a second factor, has to set one up or to accept the terms of use, is led there. For acts it checks the
/// antiforgery token and leaves the permission to the core, which also audits the try.
/// </summary>
internal static class Gate
{
    private const string SignInPath = "/signin";
    private const string AgainPath = "/signin/again";
    private const string NoWorkspace = "The address is wrong, or it belongs to a workspace you are not in.";

    /// <summary>A page that is read.</summary>
    /// <param name="permission">What one needs to see it; null for being a member.</param>
    /// <param name="page">The page.</param>
    public static RequestDelegate Page(string? permission, Func<Visit, Task<IResult>> page) =>
        PageGate.Answer(async http =>
            await EnterAsync(http) switch
            {
                (null, var turnedAway) => turnedAway!,
                ({ } visit, _) when permission is not null && !visit.Actor.May(permission) => Visit.Error(403),
                ({ } visit, _) => await page(visit),
            }
        );

    /// <summary>An act that is posted. Who may not be here is led away with the body unread.</summary>
    public static RequestDelegate Act(Func<Visit, Task<IResult>> act) => PageGate.Answer(http => ActAsync(http, act));

    /// <summary>
    /// A page or an act of something sensitive: whose proof is older than five minutes proves again first and comes back,
    /// for an act to the page given. The core asks the same (<c>RecentAuthentication</c>).
    /// </summary>
    /// <param name="page">Path below the workspace to come back to.</param>
    /// <param name="answer">What answers when the proof is new.</param>
    public static Func<Visit, Task<IResult>> RecentlyAuthenticated(Func<Visit, string> page, Func<Visit, Task<IResult>> answer) =>
        visit =>
            Membership.Accounts.Factors.RecentAuthentication.Check(visit.Actor, visit.Now) is null
                ? answer(visit)
                : Task.FromResult(ToAgain(visit, page(visit)));

    /// <summary>
    /// The same for a form in which people type: what was typed is kept meanwhile, and stands in the page when they come back.
    /// </summary>
    /// <param name="page">Path below the workspace of the page with the form, which shows it by <see cref="Draft.Restore"/>.</param>
    /// <param name="show">The page with what was typed and a refusal, for what is too long to be kept.</param>
    /// <param name="act">The act, when the proof is new.</param>
    public static Func<Visit, Task<IResult>> FreshForm(
        Func<Visit, string> page,
        Func<Visit, Refusal, Task<IResult>> show,
        Func<Visit, Task<IResult>> act
    ) =>
        visit =>
            Membership.Accounts.Factors.RecentAuthentication.Check(visit.Actor, visit.Now) is { } old
                ? AgainAsync(visit, page(visit), old, show)
                : act(visit);

    /// <summary>
    /// Leads to a new proof, and keeps what was posted for the page given; where it is too long, that page says what to do.
    /// </summary>
    public static Task<IResult> AgainAsync(Visit visit, string page, Refusal old, Func<Visit, Refusal, Task<IResult>> show) =>
        Draft.Keep(visit, page)
            ? Task.FromResult(ToAgain(visit, page))
            : show(
                visit,
                old with
                {
                    Message =
                        "Some time has passed since you signed in. Open "
                        + AgainPath
                        + " in another tab, prove that it is you, then send this form again.",
                }
            );

    /// <summary>To the page on which one proves again who one is, and back.</summary>
    public static IResult ToAgain(Visit visit, string below) =>
        Visit.SeeOther($"{AgainPath}?returnUrl={Uri.EscapeDataString(visit.Path(below))}");

    /// <summary>A refusal: on the page it belongs to, for whom may see that; else as a page of its own.</summary>
    /// <param name="visit">The visit.</param>
    /// <param name="permission">What the page asks for.</param>
    /// <param name="refusal">The refusal.</param>
    /// <param name="page">The page, with what was typed and the refusal in it.</param>
    public static Task<IResult> RefusedAsync(Visit visit, string permission, Refusal refusal, Func<Task<IResult>> page) =>
        Refusals.StaysOnPage(refusal.Kind) && visit.Actor.May(permission)
            ? page()
            : Task.FromResult(Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path()));

    private static async Task<IResult> ActAsync(HttpContext http, Func<Visit, Task<IResult>> act)
    {
        var (visit, turnedAway) = await EnterAsync(http);
        return visit is null ? turnedAway!
            : !PostLimits.MayPost(visit.Account.Id.Value) ? PageGate.TooMany(http, 10)
            : await PageGate.PostedAsync(http, form => act(visit.Posted(form)));
    }

    private static async Task<(Visit? Visit, IResult? TurnedAway)> EnterAsync(HttpContext http)
    {
        if (http.Features.Get<SignedIn>() is not { } who)
        {
            return (null, Led(http, SignInPath + "?"));
        }

        if (who.Barred is not null)
        {
            // The workspace's own sign-in page says why, and offers the ways that the workspace takes.
            var back = HttpMethods.IsGet(http.Request.Method)
                ? http.Request.Path + http.Request.QueryString
                : $"/w/{http.GetRouteValue("slug")}";
            return (null, Visit.SeeOther($"/w/{http.GetRouteValue("slug")}/signin?returnUrl={Uri.EscapeDataString(back)}"));
        }

        if (who.Demand != RequiredAction.None)
        {
            return (
                null,
                Led(
                    http,
                    who.Demand switch
                    {
                        RequiredAction.SecondFactor => "/signin/second?",
                        RequiredAction.SetUp => "/profile/security/set-up?",
                        RequiredAction.Terms => $"/w/{http.GetRouteValue("slug")}/terms?",
                        // who comes in by a provider signs in anew: no more is asked for than at the first time
                        _ => AgainPath + "?ended=1&",
                    }
                )
            );
        }

        var slug = http.GetRouteValue("slug") as string;
        if (who is not { Member: { } me, Workspace: { } workspace, Actor: { } actor } || workspace.Row.Slug != slug)
        {
            return (
                null,
                await http.RequestServices.GetRequiredService<ReadKeptOut>().RunAsync(who, slug, http.RequestAborted) is { } kept
                    ? Visit.Error(Refusals.Status(kept.Kind), kept.Message, title: "You are kept out")
                    : Visit.Error(404, NoWorkspace)
            );
        }

        return (new Visit(http, who, me, workspace, actor, FormCollection.Empty), null);
    }

    private static IResult Led(HttpContext http, string page)
    {
        var wanted = HttpMethods.IsGet(http.Request.Method)
            ? http.Request.Path + http.Request.QueryString
            : $"/w/{http.GetRouteValue("slug")}";
        return Visit.SeeOther($"{page}returnUrl={Uri.EscapeDataString(wanted)}");
    }
}
