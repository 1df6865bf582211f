using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Http;
using UserManagement.Identity.Invite;
using UserManagement.Membership;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Invitations;

namespace UserManagement.Identity.Home;

/// <summary>Joining by one's e-mail domain: as who is signed in, or by the mail to an address.</summary>
internal static class JoinEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/workspaces/join", Gate.PersonForm(JoinAsync));
        routes.MapPost("/workspaces/accept", Gate.PersonForm(AcceptAsync));
        routes.MapGet("/w/{slug}/ask", Gate.Page(visit => FormAsync(visit, null)));
        routes.MapPost("/w/{slug}/ask", Gate.Form(MailAsync));
        routes.MapGet("/ask/{secret}", Gate.Link(visit => Task.FromResult(Visit.Show<ProveAskPage>(new { visit.Secret }))));
        routes.MapPost("/ask", Gate.Form(ProveAsync));
    }

    private static async Task<IResult> JoinAsync(Visit visit)
    {
        var outcome = await visit.Act<AskToJoin>().RunAsync(visit.Who!, visit.Field("slug"), visit.Ct);
        return !outcome.Is(out var asked, out var refusal) ? Visit.Error(Refusals.Status(refusal.Kind), refusal.Message)
            : asked.InvitationSecret is { } secret ? await InviteEndpoints.JoinAsync(visit, visit.Who!, secret, null, null)
            : Visit.SeeOther("/workspaces");
    }

    private static async Task<IResult> AcceptAsync(Visit visit) =>
        Id<Invitation>.TryParse(visit.Field("invitation"), out var id)
        && await visit.Act<ListOwnInvitations>().SecretAsync(visit.Who!, id, visit.Ct) is { } secret
            ? await InviteEndpoints.JoinAsync(visit, visit.Who!, secret, null, null)
            : Visit.Error(StatusCodes.Status404NotFound, "This invitation is not open any more.");

    private static Task<IResult> FormAsync(Visit visit, Refusal? refusal) =>
        Task.FromResult(
            Visit.Show<AskPage>(
                new
                {
                    Slug = Slug(visit),
                    Email = visit.Field("email"),
                    Refusal = refusal,
                },
                refusal
            )
        );

    private static async Task<IResult> MailAsync(Visit visit)
    {
        var outcome = await visit.Act<AskToJoin>().MailAsync(Slug(visit), visit.Field("email"), visit.Ct);
        return outcome.Refusal is { } refusal
            ? await FormAsync(visit, refusal)
            : SentEndpoints.Lead(visit, new(SentKind.DomainMail, visit.Field("email").Trim(), $"/w/{Slug(visit)}/signin"));
    }

    private static async Task<IResult> ProveAsync(Visit visit)
    {
        var outcome = await visit.Act<AskToJoin>().ProveAsync(visit.Field("secret"), visit.Ct);
        return outcome.Is(out var workspace, out var refusal)
            ? SentEndpoints.Lead(visit, new(SentKind.Request, workspace.Row.Name, ""))
            : Visit.Error(Refusals.Status(refusal.Kind), refusal.Message);
    }

    private static string Slug(Visit visit) => visit.Http.Request.RouteValues["slug"] as string ?? "";
}
