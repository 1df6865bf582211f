using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace UserManagement.Api.Http;

/// <summary>
/// What is below <c>/api</c> and no route: a problem document too, and 405 where the address takes another method, and OPTIONS says which.
/// </summary>
internal static class ApiStray
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.Map("/api/{**rest}", AnswerAsync).ExcludeFromDescription();

    /// <summary>The routes of this door as the host has mapped them.</summary>
    public static IEnumerable<ApiRoute> Routes(IServiceProvider services) =>
        services.GetRequiredService<EndpointDataSource>().Endpoints.Select(e => e.Metadata.GetMetadata<ApiRoute>()).OfType<ApiRoute>();

    private static Task AnswerAsync(HttpContext http)
    {
        var methods = Routes(http.RequestServices)
            .Where(r => new TemplateMatcher(TemplateParser.Parse(ApiTable.Root[1..] + r.Pattern), []).TryMatch(http.Request.Path, []))
            .SelectMany(r => r.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : new[] { r.Method })
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        http.Response.Headers.CacheControl = "no-store";
        ApiAnswer answer =
            methods.Count > 0 && HttpMethods.IsOptions(http.Request.Method) ? ApiAnswer.NoContent
            : methods.Count == 0
                ? new Problem
                {
                    Status = StatusCodes.Status404NotFound,
                    Code = "noSuchCall",
                    Detail = $"There is no such call. {ApiTable.Root}/openapi.json lists all.",
                }
            : new Problem
            {
                Status = StatusCodes.Status405MethodNotAllowed,
                Code = "methodNotAllowed",
                Detail = $"This address takes {string.Join(", ", methods)}.",
            };
        return (methods.Count == 0 ? answer : answer with { Headers = [("Allow", string.Join(", ", methods))] }).SendAsync(
            http.Response,
            http.RequestAborted
        );
    }
}
