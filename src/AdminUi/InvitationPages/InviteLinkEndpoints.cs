using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.AdminUi.MemberPages;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.InviteLinks;
using UserManagement.Ui;

namespace UserManagement.AdminUi.InvitationPages;

/// <summary>The links for many: one for each role that is offered, told apart.</summary>
internal static class InviteLinkEndpoints
{
    private const string All = "/invite-links";
    private const string One = All + "/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, Gate.Page(Permission.InviteMembers, visit => ListAsync(visit)));
        routes.MapPost(All, Gate.Act(RenewAsync));
        routes.MapPost(One + "/link", Gate.Act(CopyAsync));
        routes.MapPost(One + "/end", Gate.Act(EndAsync));
    }

    private static async Task<IResult> ListAsync(Visit visit, Refusal? refusal = null)
    {
        var given = await Once.MadeAsync<GivenLink>(visit);
        Id<InviteLink>? shown = given is null ? null : new(given.Id);
        var read = await visit.Act<ListInviteLinks>().RunAsync(visit.Actor, visit.Workspace, shown, visit.Ct);
        if (!read.Is(out var links, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Invitations, refusal);
        return frame.Show<InviteLinksScreen>(new() { ["Links"] = links });
    }

    private static async Task<IResult> RenewAsync(Visit visit)
    {
        if (!Number(visit, "days", out var days))
        {
            return await RefusedAsync(
                visit,
                Refusal.Invalid("days", "How long the link lives is a number of days, or nothing for no end.")
            );
        }

        if (!Number(visit, "mostUses", out var mostUses))
        {
            return await RefusedAsync(
                visit,
                Refusal.Invalid("mostUses", "How many may join is a whole number, or nothing for any number.")
            );
        }

        return await Once.LeadAsync(
            visit,
            Permission.InviteMembers,
            async () =>
                Given(
                    await visit
                        .Act<RenewInviteLink>()
                        .RunAsync(visit.Actor, visit.Workspace.Id, visit.Field("role"), days, mostUses, visit.Ct)
                ),
            At,
            refusal => RefusedAsync(visit, refusal)
        );
    }

    private static Task<IResult> CopyAsync(Visit visit) =>
        Once.LeadAsync(
            visit,
            async () =>
                Given(await visit.Act<CopyInviteLink>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<InviteLink>(), visit.Ct)),
            At,
            refusal => RefusedAsync(visit, refusal)
        );

    private static Outcome<GivenLink> Given(Outcome<IssuedInviteLink> outcome) =>
        outcome.Is(out var issued, out var refusal) ? new GivenLink(issued.Link.Id.Value, issued.Link.Role) : refusal;

    private static string At(GivenLink given, string query) => $"{All}{query}#link-{given.Role}";

    private static async Task<IResult> EndAsync(Visit visit)
    {
        var outcome = await visit.Act<EndInviteLink>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<InviteLink>(), visit.Ct);
        if (!outcome.Is(out var ended, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(
            new(
                Tone.Success,
                $"The link for {RoleChoices.Label(visit.Configuration, ended.Role)} is switched off. Nobody joins by it any more."
            )
        );
        return Visit.SeeOther(visit.Path(All));
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.InviteMembers, refusal, () => ListAsync(visit, refusal));

    /// <summary>A link that was made or asked for, for the page that shows it.</summary>
    private sealed record GivenLink(Guid Id, string Role);

    private static bool Number(Visit visit, string field, out int? number)
    {
        var text = visit.Field(field);
        number = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : null;
        return number is not null || text.Length == 0;
    }
}
