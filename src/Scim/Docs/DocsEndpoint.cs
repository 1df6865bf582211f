using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace UserManagement.Scim.Docs;

/// <summary>GET /docs.</summary>
internal static class DocsEndpoint
{
    /// <summary>Shows the page to anybody.</summary>
    public static IResult Show(IOptions<ScimOptions> options) =>
        new RazorComponentResult<DocsPage>(new { ServerUrl = options.Value.PublicUrl().TrimEnd('/') });
}
