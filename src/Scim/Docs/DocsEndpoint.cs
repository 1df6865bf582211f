using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace UserManagement.Scim.Docs;

/// <summary>GET /docs.</summary>
internal static class DocsEndpoint
{
    /// <summary>Shows the page to anybody.</summary>
    public static Task Show(HttpContext http) =>
        new RazorComponentResult<DocsPage>(
            new { ServerUrl = http.RequestServices.GetRequiredService<IOptions<ScimOptions>>().Value.PublicUrl().TrimEnd('/') }
        ).ExecuteAsync(http);
}
