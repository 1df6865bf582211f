using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Scim.Protocol;

namespace UserManagement.Scim.Http;

/// <summary>What an address does once the caller is known.</summary>
internal delegate Task<ScimAnswer> ScimAct(ScimCall call, CancellationToken ct);

/// <summary>Maps addresses so that nothing below the prefix is answered by anybody but <see cref="ScimDoor"/>: 404 and 405 too.</summary>
/// <param name="group">The prefix.</param>
/// <param name="isRepeatable">Whether acts may begin again while the token is not shown.</param>
internal sealed class ScimRoutes(RouteGroupBuilder group, bool isRepeatable = true)
{
    /// <summary>The same routes for acts that are made of others, whose faults they tell themselves: those begin once.</summary>
    public ScimRoutes BegunOnce() => new(group, isRepeatable: false);

    /// <summary>The same routes for bodies up to a size, where the server's own limit is lower.</summary>
    public ScimRoutes WithBodiesUpTo(long bytes) => new(group.MapGroup("").WithMetadata(new BodiesUpTo(bytes)), isRepeatable);

    /// <summary>Read by the routing before the body is; the door itself counts what is left after decompression.</summary>
    private sealed record BodiesUpTo(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;

    /// <summary>Maps the methods of one address, HEAD with GET; every other method is 405 with <c>Allow</c>.</summary>
    public void Map(string pattern, params (string Method, ScimAct Act)[] acts)
    {
        foreach (var (method, act) in acts)
        {
            group.MapMethods(pattern, [method], Through(act));
        }

        // an endpoint with a method is the better match; this one takes what is left
        var allow = string.Join(
            ", ",
            acts.SelectMany(a => a.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : new[] { a.Method })
        );
        group.Map(
            pattern,
            Through(
                (call, _) =>
                    Task.FromResult(
                        ScimAnswer.Of(
                            ScimError.MethodNotAllowed($"{call.Http.Request.Method} is not possible here. Possible: {allow}.")
                        ) with
                        {
                            Allow = allow,
                        }
                    )
            )
        );
    }

    /// <summary>Maps an address of the RFC that this server does not offer.</summary>
    public void MapNotOffered(string pattern, string why) =>
        group.Map(pattern, Through((_, _) => Task.FromResult(ScimAnswer.Of(ScimError.NotImplemented(why)))));

    /// <summary>Everything else below the prefix.</summary>
    public void MapRest() =>
        group.Map("/{**rest}", Through((_, _) => Task.FromResult(ScimAnswer.Of(ScimError.NotFound("There is no such endpoint.")))));

    private RequestDelegate Through(ScimAct act) =>
        http => http.RequestServices.GetRequiredService<ScimDoor>().RunAsync(http, act, isRepeatable);
}
