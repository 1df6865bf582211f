using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Portals;
using UserManagement.Ui;

namespace UserManagement.AdminUi.PortalPages;

/// <summary>The links to the set-up portal, for the admins who make them.</summary>
internal static class PortalLinkEndpoints
{
    private const string All = "/directory/links";
    private const string Revoke = All + "/{id}/revoke";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, Gate.Page(Permission.ManageDirectory, visit => ShowAsync(Draft.Restore(visit, All))));
        routes.MapPost(All, Gate.Act(Gate.FreshForm(_ => All, (visit, old) => ShowAsync(visit, old), CreateAsync)));
        routes.MapGet(Revoke, Gate.Page(Permission.ManageDirectory, ConfirmAsync));
        routes.MapPost(Revoke, Gate.Act(RevokeAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null, IssuedPortalLink? issued = null)
    {
        var read = await visit.Act<ListPortalLinks>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var links, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Directory, refusal);
        return frame.Show<PortalLinksScreen>(
            new() { ["Links"] = links, ["Issued"] = issued },
            issued is null ? StatusCodes.Status200OK : StatusCodes.Status201Created
        );
    }

    /// <summary>The link is a secret: it stands in this answer and nowhere else.</summary>
    private static Task<IResult> CreateAsync(Visit visit)
    {
        var opens =
            (visit.Ticked("directory") ? PortalScopes.Directory : PortalScopes.None)
            | (visit.Ticked("signIn") ? PortalScopes.SignIn : PortalScopes.None)
            | (visit.Ticked("domain") ? PortalScopes.Domain : PortalScopes.None);
        _ = int.TryParse(visit.Field("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days);
        var draft = new PortalLinkDraft(visit.Field("note"), opens, days, visit.Field("mailTo"));
        return Once.RunAsync(
            visit,
            Permission.ManageDirectory,
            All,
            () => visit.Act<CreatePortalLink>().RunAsync(visit.Actor, visit.Workspace.Id, draft, visit.Ct),
            issued => ShowAsync(visit, issued: issued),
            refusal => RefusedAsync(visit, refusal)
        );
    }

    private static async Task<IResult> ConfirmAsync(Visit visit)
    {
        var read = await visit.Act<ListPortalLinks>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var links, out var refused) || links.FirstOrDefault(l => l.Row.Id == visit.RouteId<PortalLink>()) is not { } link)
        {
            return Visit.Error(refused is null ? 404 : Refusals.Status(refused.Kind), refused?.Message, visit.Path(All));
        }

        var frame = await Frame.ReadAsync(visit, Place.Directory);
        return frame.Show<RevokePortalLinkScreen>(new() { ["Link"] = link });
    }

    private static async Task<IResult> RevokeAsync(Visit visit)
    {
        var outcome = await visit.Act<RevokePortalLink>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<PortalLink>(), visit.Ct);
        if (!outcome.Is(out var revoked, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(new(Tone.Success, $"The link for {Note.Cut(revoked.Note)} opens nothing any more. What was set up by it stays."));
        return Visit.SeeOther(visit.Path(All));
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.ManageDirectory, refusal, () => ShowAsync(visit, refusal));
}
