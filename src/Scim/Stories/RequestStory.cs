using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Bulk;

namespace UserManagement.Scim.Stories;

/// <summary>
/// What the provisioning log is told of one request, collected while it runs and handed over once the answer is made. Never read by the
/// acts; nothing waits for it.
/// </summary>
internal sealed class RequestStory(ProvisioningLog log, HttpContext http, RecognizedDirectory directory)
{
    private readonly DateTimeOffset _at = log.Time.Now();
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private Sent _sent;
    private string? _searched;

    private bool IsBulk => Rest().StartsWith("/Bulk", StringComparison.OrdinalIgnoreCase);

    private bool IsSearch => Rest().EndsWith("/.search", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes the body, before anything takes parts out of it.</summary>
    public void Saw(JsonObject body)
    {
        if (IsSearch)
        {
            _searched = Text(body, "filter");
        }
        else if (!IsBulk)
        {
            _sent = Sent.Of(body);
        }
    }

    /// <summary>What was seen is not all that was sent.</summary>
    public void SawPart() => _sent = _sent with { IsCut = true };

    /// <summary>A bulk operation's body, for <see cref="Tell(BulkOperation, Sent, ScimAnswer, long)"/>.</summary>
    public static Sent Take(BulkOperation operation) => operation.Data is { } data ? Sent.Of(data) : default;

    /// <summary>Tells the request and what came of it.</summary>
    public void Tell(ScimAnswer answer)
    {
        if (IsBulk && answer.Error is null)
        {
            return; // each of its operations has told its own
        }

        IQueryCollection? query = http.Request.Query;
        if (IsSearch)
        {
            query = _searched is { } filter
                ? new QueryCollection(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues> { ["filter"] = filter })
                : null;
        }

        Tell(http.Request.Method, LoggedAddress.Of(Rest(), query), _sent, answer, _began);
    }

    /// <summary>Tells an operation of a bulk request.</summary>
    public void Tell(BulkOperation operation, Sent sent, ScimAnswer answer, long began) =>
        Tell(operation.Verb, LoggedAddress.Of(operation.Path, null), sent, answer, began);

    /// <summary>Tells that the directory did not wait for the answer.</summary>
    public void TellGone() =>
        Tell(ScimAnswer.Of(new ScimError(499, null, "The directory closed the connection before the answer was made.")));

    private void Tell(string method, LoggedAddress address, Sent sent, ScimAnswer answer, long began)
    {
        var isRead = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || IsSearch;
        var outcome = OutcomeOf(method, isRead, answer, address.Type.Length > 0);
        var isFine = outcome is not (ProvisioningOutcome.Refused or ProvisioningOutcome.Fault);
        var kind =
            answer.About?.Kind
            ?? (
                address.Type switch
                {
                    "Users" => "member",
                    "Groups" => "group",
                    _ => null,
                }
            );
        Guid? id =
            answer.About?.Id
            ?? (kind is not null && Guid.TryParseExact(address.Id, "D", out var named) && named != Guid.Empty ? named : null);
        var whom = id is null ? address.Named ?? address.Id ?? sent.Name : null;
        log.Add(
            new ProvisioningNote
            {
                Workspace = directory.Workspace.Id,
                ClientId = directory.Actor.Id ?? Guid.Empty,
                Client = directory.Actor.Name,
                UserAgent = http.Request.Headers.UserAgent,
                At = _at,
                Took = TimeProvider.System.GetElapsedTime(began),
                Method = method,
                Path = address.Path,
                Kind = isRead && isFine ? address.Kind : null,
                TargetKind = id is null && whom is null ? null : kind,
                TargetId = id,
                TargetName = answer.About?.Name ?? whom ?? (isFine ? null : sent.Name),
                SubjectName = whom,
                Outcome = outcome,
                Status = answer.Status,
                ScimType = answer.Error?.ScimType,
                Code = isFine
                    ? answer.NotHere > 0
                        ? ProvisioningAdvice.UnknownMembers
                        : null
                    : CodeOf(answer),
                Reason =
                    isFine && answer.NotHere > 0 ? $"{answer.NotHere} of the people who were named are not here."
                    : isFine ? null
                    : answer.Refusal?.ForAdmins ?? answer.Error?.Detail,
                Request = sent.Body,
                Cut = sent.IsCut,
                Answer = isFine ? null : answer.Error?.ToJson().ToJsonString(),
            }
        );
    }

    private static ProvisioningOutcome OutcomeOf(string method, bool isRead, ScimAnswer answer, bool isResource) =>
        answer.Outcome is { } told ? told
        : answer.Error is null
            ? isRead ? ProvisioningOutcome.Read
                : HttpMethods.IsPost(method) ? ProvisioningOutcome.Created
                : HttpMethods.IsDelete(method) ? ProvisioningOutcome.Deleted
                : ProvisioningOutcome.Changed
        : answer.Status == StatusCodes.Status404NotFound && isResource && (isRead || HttpMethods.IsDelete(method))
            ? ProvisioningOutcome.Absent
        : answer.Refusal is { Code: "groupHeld" } ? ProvisioningOutcome.Refused
        : answer.Status is >= 500 and not StatusCodes.Status501NotImplemented ? ProvisioningOutcome.Fault
        : ProvisioningOutcome.Refused;

    /// <summary>
    /// The code by which <see cref="ProvisioningAdvice"/> has words: the core's, else the protocol's keyword, else one of the status.
    /// </summary>
    private static string CodeOf(ScimAnswer answer) =>
        answer.Refusal is { } refusal and not RefusedRevision ? refusal.Code
        : answer.Error?.ScimType is { } keyword ? keyword
        : answer.Status switch
        {
            StatusCodes.Status403Forbidden => "forbidden",
            StatusCodes.Status404NotFound => answer.Refusal is null ? "noSuchAddress" : "notFound",
            StatusCodes.Status405MethodNotAllowed => "methodNotAllowed",
            StatusCodes.Status409Conflict => "conflict",
            StatusCodes.Status412PreconditionFailed => "stale",
            StatusCodes.Status413PayloadTooLarge => "tooLarge",
            StatusCodes.Status414UriTooLong => "addressTooLong",
            StatusCodes.Status415UnsupportedMediaType => "mediaType",
            StatusCodes.Status429TooManyRequests => ProvisioningAdvice.TooManyRequests,
            StatusCodes.Status501NotImplemented => "notOffered",
            StatusCodes.Status503ServiceUnavailable => "unavailable",
            499 => ProvisioningAdvice.ClientGone,
            >= 500 => "fault",
            _ => "invalid",
        };

    /// <summary>The path behind the workspace.</summary>
    private string Rest()
    {
        var path = http.Request.Path.Value ?? "";
        var end = path.IndexOf('/', Math.Min(path.Length, ScimOptions.Prefix.Length + 1));
        return end < 0 ? "/" : path[end..];
    }

    private static string? Text(JsonObject body, string name)
    {
        foreach (var (key, value) in body)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.TryGetValue<string>(out var found)
                    ? found
                    : null;
            }
        }

        return null;
    }

    /// <summary>What was sent, as the log may keep it.</summary>
    /// <param name="Body">The payload; null for none.</param>
    /// <param name="IsCut">Whether something of it was cut.</param>
    /// <param name="Name">Whom it says it is about; null for nobody.</param>
    internal readonly record struct Sent(string? Body, bool IsCut, string? Name)
    {
        public static Sent Of(JsonObject body)
        {
            var (text, isCut) = Payload.Of(body);
            return new(text, isCut, Named(body));
        }

        private static string? Named(JsonObject body)
        {
            try
            {
                return Text(body, "userName") ?? Text(body, "displayName");
            }
            catch (InvalidOperationException)
            {
                return null; // half of a surrogate pair
            }
        }
    }
}
