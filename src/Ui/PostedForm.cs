using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace UserManagement.Ui;

/// <summary>
/// Reads what a browser posted, for every door with pages: whatever the caller shaped badly is an answer of 4xx and never a
/// fault (no form, a part that breaks off, an encoding that nobody knows, a name or value that no text can be).
/// </summary>
public static class PostedForm
{
    private const long LeastOfFiles = 512 * 1024; // a form that takes less holds no file
    private const long MostThrownAway = 512L * 1024 * 1024;

    /// <summary>Reads the form of a request.</summary>
    /// <returns>The form; or null with the status to answer: 400, or 413 for one that is too large.</returns>
    public static async Task<(IFormCollection? Form, int Status)> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
        {
            return (null, StatusCodes.Status400BadRequest);
        }

        try
        {
            if (await IsTooLargeAsync(http))
            {
                return (null, StatusCodes.Status413PayloadTooLarge);
            }

            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            return IsText(form) ? (form, 0) : (null, StatusCodes.Status400BadRequest);
        }
        catch (BadHttpRequestException fault)
        {
            return (null, fault.StatusCode);
        }
        catch (Exception fault)
            when (fault
                    is IOException
                        or InvalidDataException
                        or InvalidOperationException
                        or NotSupportedException
                        or ArgumentException
                        or FormatException
            )
        {
            // A multipart body that breaks off, a part without a name, UTF-7: each has its own exception.
            return (null, StatusCodes.Status400BadRequest);
        }
    }

    // A browser reads no answer before it has sent all of a file, and tells of a broken connection where it is cut off: a file is read to
    // its end and thrown away, so that the sentence about it arrives.
    private static async Task<bool> IsTooLargeAsync(HttpContext http)
    {
        if (
            http.Request.ContentLength is not { } length
            || http.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false, MaxRequestBodySize: { } most } limit
            || length <= most
        )
        {
            return false;
        }

        if (most >= LeastOfFiles && length <= MostThrownAway && http.Request.Headers.Expect.Count == 0)
        {
            limit.MaxRequestBodySize = length;
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
        }

        return true;
    }

    /// <summary>Whether no name and value holds NUL or half a character: no browser sends them, and no database stores them.</summary>
    private static bool IsText(IFormCollection form) => form.All(field => IsText(field.Key) && field.Value.All(IsText));

    /// <summary>Whether a text that came from outside holds neither NUL nor half a character; null does not.</summary>
    public static bool IsText(string? text)
    {
        if (text is null)
        {
            return true;
        }

        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            if (rest[0] == '\0' || Rune.DecodeFromUtf16(rest, out _, out var taken) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[taken..];
        }

        return true;
    }
}
