using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Provisioning;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Stories;

namespace UserManagement.Scim.Http;

/// <summary>What goes back to the client.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The message; null for none.</param>
internal sealed record ScimAnswer(int Status, IShown? Body)
{
    // no answer is ever read as HTML, so letters need not be hidden behind escapes; what writes here writes whole values
    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The longest time that a client has to take an answer which is streamed.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(5);

    /// <summary>204.</summary>
    public static ScimAnswer NoContent { get; } = new(StatusCodes.Status204NoContent, null);

    /// <summary>412 for a read.</summary>
    public static ScimAnswer OtherVersion => Of(ScimError.PreconditionFailed("It has another version than those in If-Match."));

    /// <summary>The error that the body says; null when all is well.</summary>
    public ScimError? Error { get; init; }

    /// <summary>The core's refusal behind <see cref="Error"/>; null where the door itself or the protocol refused.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Whom or what it is about, for the provisioning log; null where nobody is known.</summary>
    public About? About { get; init; }

    /// <summary>What came of the request, where method and status do not say it; null else.</summary>
    public ProvisioningOutcome? Outcome { get; init; }

    /// <summary>How many were named as members of a group and are not here.</summary>
    public int NotHere { get; init; }

    /// <summary>The id of the resource; null where the answer is about none or a bulk operation need not know.</summary>
    public string? Id { get; init; }

    /// <summary>The address of what was made; null for no header.</summary>
    public string? Location { get; init; }

    /// <summary>
    /// The address of the resource in the body, the same as its <c>meta.location</c> (RFC 7643 section 3.1); null for no header.
    /// </summary>
    public string? ContentLocation { get; init; }

    /// <summary>The version that the ETag names; null for no header.</summary>
    public long? Version { get; init; }

    /// <summary>After how long to try again; null for no header.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The methods of the address; null for no header.</summary>
    public string? Allow { get; init; }

    /// <summary>The codings that a body may have, where another was refused (RFC 9110 section 12.5.3); null for no header.</summary>
    public string? Codings { get; init; }

    /// <summary>How to authenticate; null for no header.</summary>
    public string? Challenge { get; init; }

    /// <summary>200 with a body.</summary>
    public static ScimAnswer Ok(IShown body) => new(StatusCodes.Status200OK, body);

    /// <summary>200 with a body.</summary>
    public static ScimAnswer Ok(JsonObject body) => Ok(new ShownJson(body));

    /// <summary>200 with a page of a list.</summary>
    public static ScimAnswer List(long total, int startIndex, IReadOnlyList<IShown> resources) =>
        Ok(ShownPage.Of(new ListResponse(total, startIndex, []), resources));

    /// <summary>An error of the protocol.</summary>
    public static ScimAnswer Of(ScimError error) =>
        new(error.Status, new ShownJson(error.ToJson()))
        {
            Error = error,
            Codings = error.Status == StatusCodes.Status415UnsupportedMediaType ? ScimMedia.Codings : null,
        };

    /// <summary>A refusal of the core.</summary>
    public static ScimAnswer Of(Refusal refusal) =>
        Of(ScimErrors.Of(refusal)) with
        {
            RetryAfter = ScimErrors.RetryAfter(refusal),
            Refusal = refusal,
        };

    /// <summary>
    /// Puts the message into bytes, alone, before anything of the answer goes out: what fails here can still be answered. Nothing for one
    /// that is streamed.
    /// </summary>
    public void WriteTo(PooledBytes bytes)
    {
        bytes.Clear();
        if (Body is null or IStreamed)
        {
            return;
        }

        using var writer = new Utf8JsonWriter(bytes, Plain);
        Body.WriteTo(writer);
    }

    /// <summary>Puts it into bytes and sends it.</summary>
    public async Task SendAsync(HttpResponse response, CancellationToken ct)
    {
        using var bytes = new PooledBytes();
        WriteTo(bytes);
        await SendAsync(response, bytes.Written, ct);
    }

    /// <summary>Sends it, its message as <see cref="WriteTo"/> made it or part by part.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="message">The bytes; none for one that is streamed.</param>
    /// <param name="ct">The client has gone.</param>
    /// <param name="streamed">Told how many bytes one had that was streamed, whole or broken off; null for nobody.</param>
    public async Task SendAsync(HttpResponse response, ReadOnlyMemory<byte> message, CancellationToken ct, Action<long>? streamed = null)
    {
        response.StatusCode = Status;
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.Location = Location;
        headers.ContentLocation = ContentLocation;
        headers.AcceptEncoding = Codings;
        headers.Allow = Allow;
        headers.WWWAuthenticate = Challenge;
        headers.ETag = Version is { } version ? Etag.Of(version) : null;
        headers.RetryAfter = RetryAfter is { } wait
            ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture)
            : null;
        if (Body is null)
        {
            return;
        }

        response.ContentType = ScimJson.MediaType;
        if (Body is IStreamed body)
        {
            await StreamAsync(response, body, streamed, ct);
            return;
        }

        response.ContentLength = message.Length;
        await response.Body.WriteAsync(message, ct);
    }

    private static async Task StreamAsync(HttpResponse response, IStreamed body, Action<long>? streamed, CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(LongestAnswer); // real time: a client that hardly reads gives its place at work back
        using var answer = new AnswerStream(response.BodyWriter, Plain);
        try
        {
            await body.WriteToAsync(answer, limited.Token);
            await answer.SendAsync(limited.Token);
        }
        finally
        {
            streamed?.Invoke(answer.Length);
        }
    }
}
