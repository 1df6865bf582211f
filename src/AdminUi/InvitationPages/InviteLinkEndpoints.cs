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

    private static async Task<IResult> ListAsync(Visit visit, Refusal? refusal = null, IssuedInviteLink? issued = null)
    {
        var read = await visit.Act<ListInviteLinks>().RunAsync(visit.Actor, visit.Workspace, visit.Ct);
        if (!read.Is(out var links, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Invitations, refusal);
        return frame.Show<InviteLinksScreen>(
            new() { ["Links"] = links, ["Issued"] = issued is null ? null : (issued.Link.Id, visit.Act<Links>().Invitation(issued.Secret)) }
        );
    }

    private static async Task<IResult> RenewAsync(Visit visit)
    {
        if (!Number(visit, "days", out var days) || !Number(visit, "mostUses", out var mostUses))
        {
            return await RefusedAsync(
                visit,
                Refusal.Invalid("mostUses", "How many may join is a whole number, or nothing for any number.")
            );
        }

        return await Once.RunAsync(
            visit,
            Permission.InviteMembers,
            All,
            () => visit.Act<RenewInviteLink>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Field("role"), days, mostUses, visit.Ct),
            issued => ListAsync(visit, issued: issued),
            refusal => RefusedAsync(visit, refusal)
        );
    }

    private static async Task<IResult> CopyAsync(Visit visit)
    {
        var outcome = await visit.Act<CopyInviteLink>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<InviteLink>(), visit.Ct);
        return outcome.Is(out var issued, out var refusal) ? await ListAsync(visit, issued: issued) : await RefusedAsync(visit, refusal);
    }

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

    private static bool Number(Visit visit, string field, out int? number)
    {
        var text = visit.Field(field);
        number = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : null;
        return number is not null || text.Length == 0;
    }
}
