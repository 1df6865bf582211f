using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;
using UserManagement.Ui;

namespace UserManagement.AdminUi.AccessPages;

/// <summary>Who gets in without being invited by name: e-mail domains, and the queue of who asks.</summary>
internal static class AccessEndpoints
{
    private const string Domain = "/access/domains/{id}";
    private const string Request = "/join-requests/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/access", Gate.Page(Permission.ConfigureWorkspace, visit => ShowAsync(visit)));
        routes.MapPost("/access/domains", Gate.Act(ClaimAsync));
        routes.MapPost(Domain, Gate.Act(ChangeAsync));
        routes.MapPost(Domain + "/check", Gate.Act(CheckAsync));
        routes.MapGet(Domain + "/remove", Gate.Page(Permission.ConfigureWorkspace, ConfirmRemoveAsync));
        routes.MapPost(Domain + "/remove", Gate.Act(RemoveAsync));
        routes.MapGet("/join-requests", Gate.Page(Permission.InviteMembers, visit => QueueAsync(visit)));
        routes.MapPost(Request + "/approve", Gate.Act(ApproveAsync));
        routes.MapPost(Request + "/reject", Gate.Act(RejectAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<ListEmailDomains>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var domains, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Access, refusal);
        return frame.Show<AccessScreen>(new() { ["Domains"] = domains, ["Typed"] = visit.Field("domain") });
    }

    private static async Task<IResult> ClaimAsync(Visit visit) =>
        await AfterAsync(
            visit,
            await visit
                .Act<ClaimEmailDomain>()
                .RunAsync(visit.Actor, visit.Workspace.Id, visit.Field("domain"), Join(visit), Role(visit), visit.Ct),
            domain =>
                $"{domain.Name} is claimed. Prove now that it is yours"
                + (
                    domain.Join == DomainJoin.Off
                        ? "."
                        : $"; then people with such an address: {AccessWords.Join(domain.Join).ToLowerInvariant()}."
                )
        );

    private static async Task<IResult> ChangeAsync(Visit visit)
    {
        return await AfterAsync(
            visit,
            await visit
                .Act<ChangeEmailDomain>()
                .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<EmailDomain>(), visit.Seen, Join(visit), Role(visit), visit.Ct),
            domain => $"Saved. {domain.Name}: {AccessWords.Join(domain.Join).ToLowerInvariant()}."
        );
    }

    private static DomainJoin Join(Visit visit) =>
        visit.Field("join") switch
        {
            "request" => DomainJoin.Request,
            "automatic" => DomainJoin.Automatic,
            _ => DomainJoin.Off,
        };

    private static string? Role(Visit visit) => visit.Field("role") is { Length: > 0 } some ? some : null;

    private static async Task<IResult> CheckAsync(Visit visit) =>
        await AfterAsync(
            visit,
            await visit.Act<CheckEmailDomain>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<EmailDomain>(), visit.Ct),
            domain => $"The record is there: {domain.Name} is proven to be yours."
        );

    private static async Task<IResult> ConfirmRemoveAsync(Visit visit)
    {
        var read = await visit.Act<ListEmailDomains>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        var id = visit.RouteId<EmailDomain>();
        if (!read.Is(out var domains, out var refused) || domains.Domains.FirstOrDefault(d => d.Id == id) is not { } domain)
        {
            refused ??= Refusal.NotFound("domain");
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        return (await Frame.ReadAsync(visit, Place.Access)).Show<RemoveDomainScreen>(new() { ["Domain"] = domain });
    }

    private static async Task<IResult> RemoveAsync(Visit visit) =>
        await AfterAsync(
            visit,
            await visit.Act<RemoveEmailDomain>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<EmailDomain>(), visit.Ct),
            domain => $"{domain.Name} opens nothing here any more. Who is in stays in."
        );

    private static async Task<IResult> AfterAsync(Visit visit, Outcome<EmailDomain> outcome, Func<EmailDomain, string> say)
    {
        if (!outcome.Is(out var domain, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, () => ShowAsync(visit, refusal));
        }

        visit.Leave(new(Tone.Success, say(domain)));
        return Visit.SeeOther(visit.Path("/access"));
    }

    private static async Task<IResult> QueueAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<ListJoinRequests>().QueueAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var queue, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Requests, refusal);
        return frame.Show<JoinRequestsScreen>(new() { ["Waiting"] = queue.Listed, ["HasMore"] = queue.HasMore });
    }

    private static async Task<IResult> ApproveAsync(Visit visit) =>
        await DecidedAsync(
            visit,
            await visit
                .Act<DecideJoinRequest>()
                .ApproveAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<JoinRequest>(), visit.Field("role"), visit.Ct),
            request => $"{Note.Cut(request.UserName)} is invited; the mail with the link is on its way."
        );

    private static async Task<IResult> RejectAsync(Visit visit) =>
        await DecidedAsync(
            visit,
            await visit.Act<DecideJoinRequest>().RejectAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<JoinRequest>(), visit.Ct),
            request => $"{Note.Cut(request.UserName)} is told that they cannot join."
        );

    private static async Task<IResult> DecidedAsync(Visit visit, Outcome<JoinRequest> outcome, Func<JoinRequest, string> say)
    {
        if (!outcome.Is(out var request, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.InviteMembers, refusal, () => QueueAsync(visit, refusal));
        }

        visit.Leave(new(Tone.Success, say(request)));
        return Visit.SeeOther(visit.Path("/join-requests"));
    }
}
