using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Portals;

namespace UserManagement.Api.Portals;

/// <summary>The links by which the customer's IT staff set a workspace up without an account.</summary>
internal static class PortalLinkEndpoints
{
    private const string All = "/workspaces/{slug}/portal-links";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List set-up links", "Newest first, the last fifty; the links themselves are not among it.")
            .Needs(Permission.ManageDirectory)
            .Gives<ListJson<PortalLinkJson>>();
        api.Post(All, CreateAsync)
            .Says(
                "Make a set-up link",
                "It is shown this once, and mailed where an address is given. It opens what it names and nothing else, for no longer than "
                    + "its maker is active and may do the same. No key makes one: what is made by the link would live on when the key is "
                    + "revoked."
            )
            .PeopleOnly()
            .Needs(Permission.ManageDirectory)
            .Reads<NewPortalLink>()
            .Gives<IssuedPortalLinkJson>(StatusCodes.Status201Created);
        api.Delete(All + "/{id}", RevokeAsync)
            .Says("Revoke a set-up link", "Whoever has it gets no further. What was set up by it stays.")
            .Needs(Permission.ManageDirectory)
            .Gives<PortalLinkJson>();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ListPortalLinks>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var links, out var refusal)
            ? ApiAnswer.Ok(new ListJson<PortalLinkJson> { Items = [.. links.Select(l => PortalLinkJson.Of(l.Row, l.IsLive, l.MadeBy))] })
            : refusal;

    private static Task<ApiAnswer> CreateAsync(ApiCall call) =>
        call.WithAsync<NewPortalLink>(async wanted =>
            (await call.Act<CreatePortalLink>().RunAsync(call.Actor, call.Workspace.Id, wanted.Draft(), call.Ct)).Is(
                out var issued,
                out var refusal
            )
                ? ApiAnswer.Created(
                    new IssuedPortalLinkJson
                    {
                        Link = PortalLinkJson.Of(issued.Row, true, call.Actor.Name),
                        Url = call.Act<Links>().Portal(issued.Secret),
                    },
                    call.Path("/portal-links")
                )
                : refusal
        );

    private static async Task<ApiAnswer> RevokeAsync(ApiCall call) =>
        (await call.Act<RevokePortalLink>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<PortalLink>(), call.Ct)).Is(
            out var link,
            out var refusal
        )
            ? ApiAnswer.Ok(PortalLinkJson.Of(link, false, null))
            : refusal;
}
