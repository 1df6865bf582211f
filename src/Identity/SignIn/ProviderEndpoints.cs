using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Http;
using UserManagement.Identity.Invite;
using UserManagement.Identity.Logins;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.Identity.SignIn;

/// <summary>
/// Signing in at a provider: out by a link, back by the provider's redirect. A start changes nothing but a cookie. It is a
/// link and never a form: the pages' policy lets no form end at another site, not even by a redirect.
/// </summary>
internal static class ProviderEndpoints
{
    private const int LongestAnswer = 7000; // what the request line of any server still takes

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/signin/{connection:guid}/start", Gate.Link(StartAsync));
        routes.MapGet(
            "/signin/{connection:guid}/callback",
            Gate.Link(visit => visit.Http.IsHead() ? Task.FromResult(Results.Ok()) : CallbackAsync(visit))
        ); // an answer is used up by GET alone
        routes.MapPost("/signin/instead", Gate.Form(InsteadAsync));
        routes.MapPost("/signin/{connection:guid}/callback", Gate.FormOfAnotherSite(PostedAsync));
    }

    /// <summary>The address that begins a sign-in.</summary>
    public static string StartPath(
        Id<IdentityConnection> connection,
        string returnUrl,
        string? slug = null,
        string? hint = null,
        bool choose = false,
        bool again = false
    ) =>
        $"/signin/{connection}/start?returnUrl={Uri.EscapeDataString(returnUrl)}"
        + (slug is null ? "" : "&workspace=" + Uri.EscapeDataString(slug))
        + (string.IsNullOrEmpty(hint) ? "" : "&hint=" + Uri.EscapeDataString(hint))
        + (choose ? "&choose=1" : "")
        + (again ? "&again=1" : "");

    /// <summary>Sends the browser to the provider of the address, and shows why where that cannot be.</summary>
    public static async Task<IResult> GoAsync(Visit visit, BegunSignIn begun, SignInStart start)
    {
        var id = Connection(visit);
        start = start with { Session = start.Session ?? (IsFromHere(visit) ? visit.Who?.Session.Id : null) };
        var outcome = await visit.Act<RelyingParty>().StartAsync(visit.Http, id, start);
        if (outcome.Is(out var request, out var refusal))
        {
            return Go(visit, request);
        }

        if (begun.Purpose == SignInPurpose.Test && PolicyTest.PortalOf(visit, begun.ReturnPath) is not null)
        {
            return await PolicyTest.AnswerAsync(visit, begun, refusal); // the portal shows why
        }

        await NoteAsync(visit, id, start.Workspace, refusal); // nobody brings anything at a start: it is the provider, or the connection
        return await RefusedSignIn.ShowAsync(visit, id, begun, refusal, null);
    }

    /// <summary>The connection of the address.</summary>
    public static Id<IdentityConnection> Connection(Visit visit) => new(Guid.Parse((string)visit.Http.Request.RouteValues["connection"]!));

    /// <summary>Where the provider of the address sends people back to.</summary>
    public static Uri Callback(Visit visit) => new(visit.Act<Links>().ProviderCallback(Connection(visit)));

    /// <summary>
    /// Query: <c>returnUrl</c>; <c>workspace</c> (its slug), else that of the return path; <c>hint</c> (the address that was
    /// typed); <c>choose</c> asks which account; <c>again</c> asks for a proof made now; <c>purpose=test</c> tries a policy.
    /// </summary>
    private static async Task<IResult> StartAsync(Visit visit)
    {
        var back = ReturnUrl.Local(visit.Query("returnUrl"));
        var purpose = visit.Query("purpose") switch
        {
            "test" => SignInPurpose.Test,
            "link" => SignInPurpose.Link,
            _ => SignInPurpose.SignIn,
        };
        var isPortal = purpose == SignInPurpose.Test && PolicyTest.PortalOf(visit, back) is not null;
        if (purpose != SignInPurpose.SignIn && visit.Who is null && !isPortal)
        {
            return visit.ToSignIn();
        }

        if (purpose == SignInPurpose.Link && LinkEndpoints.MayNotBegin(visit) is { } wrong)
        {
            return wrong;
        }

        var slug = visit.Query("workspace") ?? SignInEndpoints.SlugOf(back);
        var workspace = slug is null ? null : (await visit.Act<FindSignInOptions>().RunAsync(slug, visit.Ct))?.Workspace;
        var aim = new SignInAim(workspace?.Id);
        if (purpose == SignInPurpose.Test && await PolicyTest.MayNotBeginAsync(visit, aim.Workspace, back) is { } no)
        {
            return no;
        }

        var again = visit.Query("again") is not null;
        return await GoAsync(
            visit,
            new(aim, back, purpose, again),
            new(
                Callback(visit),
                aim.Workspace,
                ReturnPath: back,
                LoginHint: visit.Query("hint"),
                ChooseAccount: visit.Query("choose") is not null
            )
            {
                Purpose = purpose,
                ProveAnew = again,
                Session = purpose == SignInPurpose.SignIn || isPortal ? null : visit.Who?.Session.Id,
            }
        );
    }

    private static async Task<IResult> CallbackAsync(Visit visit)
    {
        var id = Connection(visit);
        var party = visit.Act<RelyingParty>();
        var saved = StateCookie.Take(visit.Http, visit.Query("state"));
        var outcome = await party.CompleteAsync(visit.Http, id, saved);
        if (!outcome.Is(out var completed, out var refusal))
        {
            var isAnswered = RelyingParty.IsAnswered(visit.Http);
            if (await party.OtherWayAsync(visit.Http, id, saved, refusal) is { } anew && anew.Is(out var request, out _))
            {
                return Go(visit, request);
            }

            var begun = party.Recall(saved);
            if (isAnswered)
            {
                await NoteAsync(visit, id, begun?.Aim.Workspace, refusal); // what answers a question of ours, and not what anybody sends
            }

            return begun is { Purpose: SignInPurpose.Test }
                ? await PolicyTest.AnswerAsync(visit, begun, refusal)
                : await RefusedSignIn.ShowAsync(visit, id, begun, refusal, null);
        }

        return completed.Purpose switch
        {
            SignInPurpose.Link => await LinkEndpoints.LinkAsync(visit, completed),
            SignInPurpose.Test => await PolicyTest.AnswerAsync(
                visit,
                new(completed.Aim, completed.ReturnPath, completed.Purpose),
                completed.Identity
            ),
            _ => await EnterAsync(visit, completed),
        };
    }

    /// <summary>
    /// An answer by form_post. The cookies are not sent with a form of another site, so the browser is sent to the same
    /// address with what an answer by query would hold, and brings them with that.
    /// </summary>
    private static Task<IResult> PostedAsync(Visit visit)
    {
        string[] names = ["state", "code", "iss", "error"];
        var answer = QueryString
            .Create(names.SelectMany(name => visit.Form[name].Select(value => KeyValuePair.Create(name, value))))
            .Value!;
        return Task.FromResult(
            answer.Length is 0 or > LongestAnswer
                ? Visit.Error(StatusCodes.Status400BadRequest)
                : Visit.SeeOther(visit.Http.Request.PathBase + visit.Http.Request.Path + answer)
        );
    }

    private static IResult Go(Visit visit, AuthorizationRequest request)
    {
        StateCookie.Keep(visit.Http, request);
        return Visit.SeeOther(request.Url.AbsoluteUri);
    }

    /// <summary>The order: the core decides and opens a session, the browser gets it, the invitation is redeemed as that person.</summary>
    private static async Task<IResult> EnterAsync(Visit visit, CompletedSignIn completed)
    {
        // Whoever is signed in stays so unless they themselves began another sign-in here, as the same person.
        if (
            visit.Who is { } running
            && (
                completed.Session != running.Session.Id
                || await visit.Act<SignInWithProvider>().AccountOfAsync(completed.Identity, visit.Ct) != running.Account.Id
            )
        )
        {
            return Visit.Show<InsteadPage>(
                new
                {
                    Now = running.Account.DisplayName,
                    Then = completed.Identity.UserName ?? completed.Identity.Email ?? completed.Identity.DisplayName,
                    Ticket = Ticket<InsteadTicket>.Seal(visit, new(completed, running.Session.Id.Value)),
                }
            );
        }

        return await OpenAsync(visit, completed);
    }

    /// <summary>They said that they want to be signed in as the other one.</summary>
    private static async Task<IResult> InsteadAsync(Visit visit) =>
        Ticket<InsteadTicket>.Open(visit, visit.Field("ticket")) is { } ticket
        && (visit.Who is null || visit.Who.Session.Id.Value == ticket.Session)
            ? await OpenAsync(visit, ticket.Completed)
            : Visit.Error(StatusCodes.Status400BadRequest, "This sign-in took too long. Sign in with the provider again.");

    private static async Task<IResult> OpenAsync(Visit visit, CompletedSignIn completed)
    {
        var (identity, aim) = (completed.Identity, completed.Aim);
        var outcome = await visit.Act<SignInWithProvider>().RunAsync(identity, aim, visit.Browser, visit.Ct);
        if (!outcome.Is(out var opened, out var refusal))
        {
            return await RefusedSignIn.ShowAsync(
                visit,
                identity.ConnectionId,
                new(aim, completed.ReturnPath, completed.Purpose, completed.ProveAnew),
                refusal,
                identity
            );
        }

        return aim.InvitationSecret is { } secret
            ? await InviteEndpoints.EnterAsync(visit, secret, opened, identity.GivenName, identity.FamilyName)
            : await LeadInAsync(visit, opened, completed.ReturnPath);
    }

    private static async Task NoteAsync(Visit visit, Id<IdentityConnection> id, Id<Workspace>? toward, Refusal refusal)
    {
        if ((await visit.Act<FindConnection>().RunAsync(id, visit.Ct)).Is(out var connection, out _))
        {
            await visit.Act<NoteFailedSignIn>().OfProviderAsync(connection.Row, toward, refusal, visit.Ct);
        }
    }

    /// <summary>
    /// Whether a page of ours led here. Browsers say where a navigation began (Fetch Metadata, Sec-Fetch-Site); one that says nothing
    /// is an old one.
    /// </summary>
    private static bool IsFromHere(Visit visit) => visit.Http.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin";

    /// <summary>Gives the browser its session and leads it on.</summary>
    public static async Task<IResult> LeadInAsync(Visit visit, OpenedSession opened, string path)
    {
        await SignInEndpoints.ReplaceAsync(visit, opened);
        return Visit.SeeOther(path);
    }
}

/// <summary>A sign-in that waits for the word of whoever is signed in already; of use in their session alone.</summary>
internal sealed record InsteadTicket(CompletedSignIn Completed, Guid Session);
