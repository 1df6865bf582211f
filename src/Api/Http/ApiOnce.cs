using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using UserManagement.Membership.Access;

namespace UserManagement.Api.Http;

/// <summary>
/// The Idempotency-Key of a POST (draft-ietf-httpapi-idempotency-key-header): the core's <see cref="RunOnce"/> decides
/// whether the act runs; here are only the header, what tells two requests apart, and the form in which an answer is kept.
/// </summary>
internal static class ApiOnce
{
    private const string Header = "Idempotency-Key";

    /// <summary>Runs the act, once for each key that the client chose.</summary>
    public static async Task<ApiAnswer> RunAsync(ApiCall call, ApiAct act)
    {
        if (call.Http.Request.Headers[Header] is not { Count: > 0 } header)
        {
            return await act(call);
        }

        if (header is not [{ } given] || KeyOf(given) is not { } key)
        {
            return Problem.BadRequest(
                "idempotencyKeyInvalid",
                "An Idempotency-Key is one text of 1 to 255 visible ASCII characters, best a UUID.",
                Header
            );
        }

        var (bytes, tooLarge) = await call.BytesAsync();
        if (tooLarge is not null)
        {
            return tooLarge;
        }

        var answer = new ApiAnswer { Status = StatusCodes.Status500InternalServerError };
        var ct = call.Ct;
        var outcome = await call.Act<RunOnce>()
            .RunAsync(
                call.Caller.Workspace?.Id ?? default,
                call.Caller.Id,
                key,
                HashOf(call.Http.Request, bytes),
                async () =>
                {
                    call.Http.RequestAborted = CancellationToken.None; // a client that goes away may ask again what came of it
                    answer = await act(call);
                    return answer.Status is >= 200 and < 300
                        ? JsonSerializer.SerializeToUtf8Bytes(
                            new Kept(answer.Status, answer.Location, answer.Version, answer.Bytes()),
                            ApiJson.Options
                        )
                        : null;
                },
                ct
            );
        if (!outcome.Is(out var done, out var refusal))
        {
            return refusal;
        }

        return !done.Replayed || JsonSerializer.Deserialize<Kept>(done.Answer, ApiJson.Options) is not { } kept
            ? answer
            : new ApiAnswer
            {
                Status = kept.Status,
                Location = kept.Location,
                Version = kept.Version,
                MediaType = kept.Body.Length > 0 ? "application/json" : null,
                Write = (stream, stop) => stream.WriteAsync(kept.Body, stop).AsTask(),
                Headers = [("Idempotency-Replayed", "true")],
            };
    }

    /// <summary>A structured-field string, or the bare text that most clients send.</summary>
    private static string? KeyOf(string given)
    {
        var text = given.Trim();
        text = text is ['"', .. var inner, '"'] ? inner : text;
        return text.Length is > 0 and <= 255 && text.All(c => c is > ' ' and <= '~') ? text : null;
    }

    private static byte[] HashOf(HttpRequest request, byte[] body)
    {
        var head = Encoding.UTF8.GetBytes($"{request.Method} {request.GetEncodedPathAndQuery()}\n");
        return SHA256.HashData([.. head, .. body]);
    }

    /// <summary>What is kept; what a later version keeps beside it is passed over.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    private sealed record Kept(int Status, string? Location, long? Version, byte[] Body);
}
