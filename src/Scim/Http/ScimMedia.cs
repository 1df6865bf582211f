using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using UserManagement.Scim.Protocol;

namespace UserManagement.Scim.Http;

/// <summary>Which bodies are taken (RFC 7644 section 3.1, section 8.1).</summary>
internal static class ScimMedia
{
    /// <summary>The codings that a body may come in.</summary>
    public const string Codings = "gzip, deflate, br";

    /// <summary>Null when the body may be read. Refusals: 400 when there is none, 415.</summary>
    public static ScimError? Check(HttpContext http)
    {
        var request = http.Request;
        if (request.ContentLength == 0 || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return ScimError.InvalidSyntax("The body is empty; it must be a JSON object.");
        }

        if (!IsTaken(request.ContentType))
        {
            return ScimError.UnsupportedMediaType("The body must be application/scim+json or application/json in UTF-8.");
        }

        // what can be unpacked has been by now, and says no coding any more
        return request.Headers.ContentEncoding.ToString() is "" or "identity"
            ? null
            : ScimError.UnsupportedMediaType($"A body may be compressed by {Codings}, and by nothing else.");
    }

    /// <summary>
    /// Whether a Content-Type names JSON in UTF-8; parameters may be empty (RFC 9110 section 5.6.6), unknown ones say nothing.
    /// </summary>
    internal static bool IsTaken(string? contentType)
    {
        var parts = Parts(contentType ?? "");
        return parts[0].Trim() is var media
            && (
                ScimJson.MediaType.Equals(media, StringComparison.OrdinalIgnoreCase)
                || "application/json".Equals(media, StringComparison.OrdinalIgnoreCase)
            )
            && parts.Skip(1).All(IsGood);
    }

    private static bool IsGood(string parameter)
    {
        var cut = parameter.IndexOf('=', StringComparison.Ordinal);
        return cut < 0
            ? string.IsNullOrWhiteSpace(parameter)
            : !parameter[..cut].Trim().Equals("charset", StringComparison.OrdinalIgnoreCase)
                || parameter[(cut + 1)..].Trim().Trim('"', '\'').ToUpperInvariant() is "UTF-8" or "UTF8" or "US-ASCII";
    }

    /// <summary>Cuts at semicolons outside quoted strings.</summary>
    private static List<string> Parts(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ';' && !isQuoted)
            {
                parts.Add(part.ToString());
                part.Clear();
                continue;
            }

            isQuoted ^= text[i] == '"' && (i == 0 || text[i - 1] != '\\');
            part.Append(text[i]);
        }

        parts.Add(part.ToString());
        return parts;
    }
}
