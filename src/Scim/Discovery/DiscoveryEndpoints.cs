using UserManagement.Scim.Bulk;
using UserManagement.Scim.Docs;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Clients;
using UserManagement.Scim.Protocol.Resources;
using Bodies = UserManagement.Scim.Protocol.Resources.Discovery;

namespace UserManagement.Scim.Discovery;

/// <summary>
/// What the server can do (RFC 7644 section 4), read from <c>scim-schemas/</c> and from what the workspace adds. Query parameters are
/// ignored, but a filter is refused.
/// </summary>
internal static class DiscoveryEndpoints
{
    /// <summary>GET /ServiceProviderConfig.</summary>
    public static Task<ScimAnswer> ServiceProviderConfig(ScimCall call, CancellationToken ct) =>
        Show(
            call,
            Bodies.ServiceProviderConfig(
                call.Schemas.Listed,
                call.BaseUrl,
                new ServerOffer
                {
                    Documentation = new Uri(call.ServerUrl + DocsPage.Path),
                    Sort = true,
                    Bulk = BulkEndpoints.Limits(call),
                    Pagination =
                        call.Directory.Workspace.Configuration.Scim.PlainDiscovery || ClosedClients.Is(call.Http.Request.Headers.UserAgent)
                            ? null
                            : new PaginationOffer { CursorTimeout = CursorPages.Lifetime },
                }
            )
        );

    /// <summary>GET /ResourceTypes.</summary>
    public static Task<ScimAnswer> ResourceTypes(ScimCall call, CancellationToken ct) =>
        Show(call, Bodies.ResourceTypes(call.Schemas.Listed, call.BaseUrl));

    /// <summary>GET /ResourceTypes/{name}.</summary>
    public static Task<ScimAnswer> ResourceType(ScimCall call, CancellationToken ct) =>
        Show(call, Bodies.ResourceType(call.Schemas.Listed, call.Route("name"), call.BaseUrl));

    /// <summary>GET /Schemas.</summary>
    public static Task<ScimAnswer> Schemas(ScimCall call, CancellationToken ct) =>
        Show(call, Bodies.Schemas(call.Schemas.Listed, call.BaseUrl));

    /// <summary>
    /// GET /Schemas/{urn}: also of our own extension, which is listed nowhere because it is shown only to who asks for it by name.
    /// </summary>
    public static Task<ScimAnswer> Schema(ScimCall call, CancellationToken ct) =>
        Show(call, Bodies.Schema(call.Schemas.Full, call.Route("urn"), call.BaseUrl));

    private static Task<ScimAnswer> Show(ScimCall call, System.Text.Json.Nodes.JsonObject? body) =>
        Task.FromResult(
            call.FilterText is not null ? ScimAnswer.Of(ScimError.Forbidden("Discovery endpoints cannot be filtered."))
            : body is null ? ScimAnswer.Of(ScimError.NotFound("There is nothing of this name."))
            : ScimAnswer.Ok(body) with { ContentLocation = body["meta"]?["location"]?.GetValue<string>() }
        );
}
