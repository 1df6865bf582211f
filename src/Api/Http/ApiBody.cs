using System.Text.Json;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;

namespace UserManagement.Api.Http;

/// <summary>Reads bodies: bounded before anything is kept, JSON alone, each fault a sentence.</summary>
internal static class ApiBody
{
    /// <summary>The largest body, in bytes, where a route says nothing else.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>The bytes of the body; a problem when there are too many.</summary>
    public static async Task<(byte[] Bytes, Problem? Problem)> BytesAsync(HttpRequest request, int most, CancellationToken ct)
    {
        if (request.ContentLength > most)
        {
            return ([], TooLarge(most));
        }

        if (request.Headers.ContentEncoding.ToString() is not ("" or "identity"))
        {
            return (
                [],
                new()
                {
                    Status = StatusCodes.Status415UnsupportedMediaType,
                    Code = "contentEncoding",
                    Detail = "A body may be compressed by gzip, deflate or br.",
                    Field = "Content-Encoding",
                }
            );
        }

        using var kept = new MemoryStream();
        var part = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(part, ct)) > 0)
        {
            if (kept.Length + read > most)
            {
                return ([], TooLarge(most));
            }

            kept.Write(part, 0, read);
        }

        return (kept.ToArray(), null);
    }

    /// <summary>The body as a value and the names of the fields that were sent; or why it is none.</summary>
    public static (T? Value, IReadOnlySet<string> Sent, Problem? Problem) Read<T>(HttpRequest request, byte[] bytes)
        where T : class
    {
        if (!IsJson(request.ContentType))
        {
            return (
                null,
                new HashSet<string>(),
                new Problem
                {
                    Status = StatusCodes.Status415UnsupportedMediaType,
                    Code = "mediaType",
                    Detail = "Send the body as application/json.",
                    Field = "Content-Type",
                }
            );
        }

        try
        {
            using var document = JsonDocument.Parse(
                Text(bytes),
                new JsonDocumentOptions { MaxDepth = ApiJson.MostDepth, AllowDuplicateProperties = false }
            );
            if (BodyShape.Check(document.RootElement, typeof(T)) is { } wrong)
            {
                return (null, new HashSet<string>(), Problem.Of(wrong));
            }

            var value = document.RootElement.Deserialize<T>(ApiJson.Options);
            return value is null
                ? (null, new HashSet<string>(), Malformed("The body is null."))
                : (value, document.RootElement.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal), null);
        }
        catch (JsonException fault)
        {
            return (
                null,
                new HashSet<string>(),
                Malformed(
                    fault.LineNumber is { } line
                        ? $"The body is no JSON: line {line + 1}, byte {fault.BytePositionInLine + 1}."
                        : "The body is no JSON that can be read: a field stands twice, or it nests too deep."
                )
            );
        }
        catch (InvalidOperationException)
        {
            return (null, new HashSet<string>(), Malformed("The body holds a text that is no Unicode."));
        }
    }

    /// <summary>Without the mark of UTF-8, which a reader may pass over (RFC 8259 section 8.1).</summary>
    private static ReadOnlyMemory<byte> Text(byte[] bytes) => bytes.AsSpan().StartsWith("\ufeff"u8) ? bytes.AsMemory(3) : bytes;

    private static Problem Malformed(string detail) => Problem.BadRequest("malformedJson", detail);

    private static bool IsJson(string? type)
    {
        var media = type?.Split(';')[0].Trim();
        return media is not null
            && (
                media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || media.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase)
            );
    }

    private static Problem TooLarge(int most) =>
        new()
        {
            Status = StatusCodes.Status413PayloadTooLarge,
            Code = "tooLarge",
            Detail = $"A body has at most {most / 1024} KiB.",
        };
}
