using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Outbox;
using UserManagement.Ui;

namespace UserManagement.AdminUi.OperatorPages;

/// <summary>
/// The page of whoever runs the installation: workspaces and their use, the outbox, connections, versions. Behind the sign-in of an account
/// that the command line named (<c>operator allow</c>), with a second factor; to everybody else it is not there.
/// </summary>
internal static class OperatorEndpoints
{
    private const string Home = "/operator";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Home, PageGate.Answer(http => EnterAsync(http, FormCollection.Empty, ShowAsync))).ExcludeFromDescription();
        routes
            .MapPost(
                Home + "/outbox/again",
                PageGate.Answer(http => EnterAsync(http, null, null, form => EnterAsync(http, form, AgainAsync)))
            )
            .ExcludeFromDescription();
    }

    private static async Task<IResult> EnterAsync(
        HttpContext http,
        IFormCollection? form,
        Func<OperatorVisit, Task<IResult>>? answer,
        Func<IFormCollection, Task<IResult>>? posted = null
    )
    {
        if (http.Features.Get<SignedIn>() is not { } who)
        {
            return PageRequest.SeeOther($"/signin?returnUrl={Uri.EscapeDataString(Home)}");
        }

        var known = await http.RequestServices.GetRequiredService<RecognizeOperator>().RunAsync(who, http.RequestAborted);
        if (!known.Is(out var actor, out var refusal))
        {
            return refusal.Code switch
            {
                "secondFactorMissing" => PageRequest.SeeOther($"/profile/security/set-up?returnUrl={Uri.EscapeDataString(Home)}"),
                "secondFactorNeeded" => PageRequest.SeeOther($"/signin/second?returnUrl={Uri.EscapeDataString(Home)}"),
                "notFound" => PageRequest.Error(StatusCodes.Status404NotFound),
                _ => PageRequest.Error(Refusals.Status(refusal.Kind), refusal.Message),
            };
        }

        return posted is not null ? await PageGate.PostedAsync(http, posted) : await answer!(new(http, form!, who, actor));
    }

    private static async Task<IResult> ShowAsync(OperatorVisit visit)
    {
        var after = visit.Query("after");
        if (
            !(await visit.Act<ReadInstallation>().RunAsync(visit.Actor, after, visit.Ct)).Is(out var installation, out var refused)
            || !(await visit.Act<ListOutbox>().RunAsync(visit.Actor, visit.Ct)).Is(out var outbox, out refused)
        )
        {
            return PageRequest.Error(Refusals.Status(refused!.Kind), refused.Message);
        }

        return new RazorComponentResult<OperatorScreen>(
            new
            {
                Visit = visit,
                Installation = installation,
                Outbox = outbox,
                Again = int.TryParse(visit.Query("again"), out var again) ? again : (int?)null,
            }
        );
    }

    private static async Task<IResult> AgainAsync(OperatorVisit visit)
    {
        Id<OutboxMessage>? one = Id<OutboxMessage>.TryParse(visit.Field("message"), out var id) ? id : null;
        if (one is null && visit.Field("message") != "all")
        {
            return PageRequest.Error(StatusCodes.Status400BadRequest);
        }

        var retried = await visit.Act<RetryMessages>().RunAsync(visit.Actor, one, visit.Ct);
        return retried.Is(out var count, out var refusal)
            ? PageRequest.SeeOther($"{Home}?again={count}")
            : PageRequest.Error(Refusals.Status(refusal.Kind), refusal.Message, Home);
    }
}

/// <summary>One request of an operator.</summary>
/// <param name="http">The request.</param>
/// <param name="form">The posted form; empty for a GET.</param>
/// <param name="who">Who is signed in.</param>
/// <param name="actor">Who acts.</param>
public sealed class OperatorVisit(HttpContext http, IFormCollection form, SignedIn who, Actor actor) : PageRequest(http, form)
{
    /// <summary>Who is signed in.</summary>
    public SignedIn Who => who;

    /// <summary>Who acts.</summary>
    public Actor Actor => actor;
}
