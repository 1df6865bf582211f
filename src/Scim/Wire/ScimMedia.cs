using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using UserManagement.Scim.Protocol;

namespace UserManagement.Scim.Wire;

/// <summary>Which bodies are taken (RFC 7644 section 3.1, section 8.1).</summary>
internal static class ScimMedia
{
    /// <summary>Null when the body may be read. Refusals: 400 when there is none, 415.</summary>
    public static ScimError? Check(HttpContext http)
    {
        var request = http.Request;
        if (request.ContentLength == 0 || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return ScimError.InvalidSyntax("The body is empty; it must be a JSON object.");
        }

        if (request.Headers.ContentEncoding.Count > 0)
        {
            return ScimError.UnsupportedMediaType("A body must not be compressed.");
        }

        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && IsJson(type.MediaType) && IsUtf8(type.CharSet)
            ? null
            : ScimError.UnsupportedMediaType("The body must be application/scim+json or application/json in UTF-8.");
    }

    private static bool IsJson(string? media) =>
        ScimJson.MediaType.Equals(media, StringComparison.OrdinalIgnoreCase) || "application/json".Equals(media, StringComparison.OrdinalIgnoreCase);

    private static bool IsUtf8(string? charset) => charset is null || charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase);
}
