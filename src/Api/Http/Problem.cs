using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;

namespace UserManagement.Api.Http;

/// <summary>Why a request was not done, as a problem document (RFC 9457).</summary>
internal sealed record Problem
{
    /// <summary>The path below which problem types have their addresses.</summary>
    public const string TypePath = "/api/problems/";

    /// <summary>The media type of a problem document.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>What sort of problem it is: a stable address that ends with the code.</summary>
    public string Type => TypePath + Code;

    /// <summary>The same sentence for every problem of this status.</summary>
    public string Title => TitleOf(Status);

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>A stable word for programs.</summary>
    public required string Code { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Detail { get; init; }

    /// <summary>The field, parameter or header that is wrong; absent when it is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Field { get; init; }

    /// <summary>After how many seconds trying again may work, also in Retry-After; absent when waiting does not help.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RetryAfter { get; init; }

    /// <summary>The one table from the core's refusals to statuses (RFC 9110 section 15).</summary>
    public static int StatusOf(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.Invalid => StatusCodes.Status422UnprocessableEntity,
            RefusalKind.NotFound => StatusCodes.Status404NotFound,
            RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
            RefusalKind.Conflict or RefusalKind.Full => StatusCodes.Status409Conflict,
            RefusalKind.Stale => StatusCodes.Status412PreconditionFailed,
            RefusalKind.TooMany => StatusCodes.Status429TooManyRequests,
            RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };

    /// <summary>The problem of a refusal.</summary>
    public static Problem Of(Refusal refusal) =>
        new()
        {
            Status = StatusOf(refusal.Kind),
            Code = refusal.Code,
            Detail = refusal.Message,
            Field = refusal.Field,
            RetryAfter = (refusal.RetryAfter ?? Waits(refusal.Kind)) is { } wait ? (long)Math.Ceiling(wait.TotalSeconds) : null,
        };

    /// <summary>The request itself cannot be understood: 400.</summary>
    public static Problem BadRequest(string code, string detail, string? field = null) =>
        new()
        {
            Status = StatusCodes.Status400BadRequest,
            Code = code,
            Detail = detail,
            Field = field,
        };

    /// <summary>A version must be named: 428 (RFC 6585 section 3).</summary>
    public static Problem VersionNeeded() =>
        new()
        {
            Status = StatusCodes.Status428PreconditionRequired,
            Code = "preconditionRequired",
            Detail = "Send the ETag that you read as If-Match, so that nobody's change is overwritten unseen; If-Match: * overwrites any.",
            Field = "If-Match",
        };

    /// <summary>Nobody we know: 401.</summary>
    public static Problem Unauthorized(bool missing, bool forOperators = false) =>
        new()
        {
            Status = StatusCodes.Status401Unauthorized,
            Code = missing ? "credentialMissing" : "credentialInvalid",
            Detail = (missing, forOperators) switch
            {
                (true, false) => "Send an API key of this workspace: Authorization: Bearer umapi_...",
                (true, true) => "Send an operator key: Authorization: Bearer umop_...",
                (false, false) => "This API key is unknown, expired or revoked.",
                (false, true) => "This operator key is unknown, expired or revoked.",
            },
        };

    /// <summary>The title of a status.</summary>
    public static string TitleOf(int status) =>
        status switch
        {
            400 => "The request cannot be understood.",
            401 => "Nobody is known to send this.",
            403 => "This is not allowed.",
            404 => "There is no such thing.",
            405 => "This address does not take that method.",
            409 => "The present state does not allow it.",
            412 => "The version is not the current one.",
            413 => "The request is too large.",
            415 => "This media type is not taken.",
            422 => "What was sent is wrong.",
            428 => "The version must be named.",
            429 => "Too many requests.",
            503 => "The server cannot answer for the moment.",
            _ => "Something went wrong on the server.",
        };

    private static TimeSpan? Waits(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.TooMany => TimeSpan.FromSeconds(10),
            RefusalKind.Unavailable => TimeSpan.FromSeconds(1),
            _ => null,
        };
}
