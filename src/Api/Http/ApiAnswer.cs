using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;

namespace UserManagement.Api.Http;

/// <summary>What an act of this door answers.</summary>
internal sealed record ApiAnswer
{
    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is sent as JSON; null for nothing.</summary>
    public object? Body { get; init; }

    /// <summary>The problem, when there is one.</summary>
    public Problem? Problem { get; init; }

    /// <summary>The version of what is sent, for ETag; null where there is none.</summary>
    public long? Version { get; init; }

    /// <summary>What moves beside the version, see <see cref="Etag"/>; null where nothing does.</summary>
    public string? Beside { get; init; }

    /// <summary>The path of what was made; null for none.</summary>
    public string? Location { get; init; }

    /// <summary>Writes the body in another form than JSON; null for JSON.</summary>
    public Func<Stream, CancellationToken, Task>? Write { get; init; }

    /// <summary>The media type of <see cref="Write"/>.</summary>
    public string? MediaType { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>200 with a body.</summary>
    public static ApiAnswer Ok(object body, long? version = null) =>
        new()
        {
            Status = StatusCodes.Status200OK,
            Body = body,
            Version = version,
        };

    /// <summary>201 with what was made and where it is.</summary>
    public static ApiAnswer Created(object body, string location, long? version = null) =>
        new()
        {
            Status = StatusCodes.Status201Created,
            Body = body,
            Location = location,
            Version = version,
        };

    /// <summary>204.</summary>
    public static ApiAnswer NoContent { get; } = new() { Status = StatusCodes.Status204NoContent };

    /// <summary>A problem.</summary>
    public static implicit operator ApiAnswer(Problem problem) =>
        new()
        {
            Status = problem.Status,
            Problem = problem,
            Headers = problem.Field == "Content-Encoding" ? [("Accept-Encoding", "gzip, deflate, br")] : [], // RFC 9110 section 12.5.3
        };

    /// <summary>A refusal of the core.</summary>
    public static implicit operator ApiAnswer(Refusal refusal) => Problem.Of(refusal);

    /// <summary>
    /// The entity tag of a version (RFC 9110 section 8.8.3): strong, for what is sent with it follows from the version and from what is
    /// said beside it.
    /// </summary>
    public static string Tag(long version, string? beside = null) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{version}{(beside is null ? "" : ".")}{beside}\"");

    /// <summary>The body as bytes; empty for none.</summary>
    public byte[] Bytes() =>
        (Problem ?? Body) is { } value ? JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), ApiJson.Options) : [];

    /// <summary>Sends it.</summary>
    public async Task SendAsync(HttpResponse response, CancellationToken ct)
    {
        response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        if (Version is { } version)
        {
            response.Headers.ETag = Tag(version, Beside);
        }

        if (Problem?.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }

        if (Write is not null)
        {
            response.ContentType = MediaType;
            await Write(response.Body, ct);
            return;
        }

        var bytes = Bytes();
        if (bytes.Length > 0)
        {
            response.ContentType = Problem is null ? "application/json" : Problem.MediaType;
            response.ContentLength = bytes.Length;
            await response.Body.WriteAsync(bytes, ct);
        }
    }
}
