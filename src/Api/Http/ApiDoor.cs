using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Operators;

namespace UserManagement.Api.Http;

/// <summary>
/// What every request passes: who calls, how often, whether a browser means it, what the query holds; then the act. Whatever
/// goes wrong is a problem document. Nothing of the request but its address and headers is looked at before the caller is known.
/// </summary>
internal sealed class ApiDoor(
    RecognizeApiKey recognize,
    RecognizeOperatorKey operatorKeys,
    RecognizeOperator operators,
    IAntiforgery antiforgery,
    ApiLimits limits,
    Store store,
    ILogger<ApiDoor> log
)
{
    /// <summary>Runs an act for a known caller and sends the answer.</summary>
    public async Task RunAsync(HttpContext http, ApiRoute route, ApiAct act)
    {
        var ct = http.RequestAborted;
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            await (await AnswerAsync(http, route, act)).SendAsync(http.Response, ct);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // nobody waits for an answer any more
        }
        catch (Exception fault) when (http.Response.HasStarted)
        {
            log.LogError(fault, "An answer broke off.");
            http.Abort(); // so that the client does not take half of it for all
        }
    }

    private async Task<ApiAnswer> AnswerAsync(HttpContext http, ApiRoute route, ApiAct act)
    {
        try
        {
            var (caller, turnedAway) = route.ForOperators
                ? await ApiCaller.OperatorOfAsync(http, operatorKeys, operators, recognize)
                : await ApiCaller.OfAsync(http, recognize);
            if (caller is null)
            {
                if (turnedAway!.Code == "credentialInvalid" && limits.TakeUnknown(http.Connection.RemoteIpAddress) is { } tooMany)
                {
                    return tooMany;
                }

                var challenge =
                    turnedAway.Code == "credentialInvalid" ? "Bearer realm=\"REST\", error=\"invalid_token\"" : "Bearer realm=\"REST\"";
                return new ApiAnswer
                {
                    Status = turnedAway.Status,
                    Problem = turnedAway,
                    Headers = turnedAway.Status == StatusCodes.Status401Unauthorized ? [("WWW-Authenticate", challenge)] : [],
                };
            }

            if ((limits.Take(caller.Id, http.Response) ?? await MeansItAsync(http, route, caller)) is { } refused)
            {
                return refused;
            }

            var call = new ApiCall(http, route, caller);
            if (call.CheckQuery() is { } wrong)
            {
                return wrong;
            }

            if (http.Request.Headers.IfMatch.Count > 0 && !route.TakesIfMatch)
            {
                return Problem.BadRequest(
                    "conditionNotTaken",
                    "This call has no version to compare with. Send it without If-Match.",
                    "If-Match"
                );
            }

            if (
                route.NeedsIfMatch
                && string.IsNullOrWhiteSpace(http.Request.Headers.IfMatch.ToString())
                && (route.Permission is null || call.Actor.May(route.Permission)) // who may not hears that, from the act
            )
            {
                return Problem.VersionNeeded();
            }

            var answer = HttpMethods.IsPost(route.Method) ? await ApiOnce.RunAsync(call, act) : await act(call);
            return IsKnown(http, answer) ? answer with { Status = StatusCodes.Status304NotModified, Body = null } : answer;
        }
        catch (BadHttpRequestException fault)
        {
            return fault.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new Problem
                {
                    Status = fault.StatusCode,
                    Code = "tooLarge",
                    Detail = "The body is too large.",
                }
                : Problem.BadRequest("unreadable", "The request cannot be read.");
        }
        catch (Exception fault) when (!http.RequestAborted.IsCancellationRequested)
        {
            if (store.IsUnavailable(fault))
            {
                log.LogWarning("The database does not answer: {Fault}", fault.Message);
                return new Problem
                {
                    Status = StatusCodes.Status503ServiceUnavailable,
                    Code = "unavailable",
                    Detail = "The server cannot answer for the moment. Try again.",
                    RetryAfter = 5,
                };
            }

            log.LogError(fault, "A request failed.");
            return new Problem
            {
                Status = StatusCodes.Status500InternalServerError,
                Code = "fault",
                Detail = "Something went wrong on the server. The fault was logged.",
            };
        }
    }

    /// <summary>
    /// A browser sends its cookie whoever made it send the request: what changes something must bear the antiforgery token.
    /// </summary>
    private async Task<Problem?> MeansItAsync(HttpContext http, ApiRoute route, ApiCaller caller)
    {
        if (caller.Person is null)
        {
            return !route.ForPeople
                ? null
                : new()
                {
                    Status = StatusCodes.Status403Forbidden,
                    Code = "peopleOnly",
                    Detail = "A key is no person: this call is for people who are signed in.",
                };
        }

        return HttpMethods.IsGet(http.Request.Method) || await antiforgery.IsRequestValidAsync(http)
            ? null
            : new()
            {
                Status = StatusCodes.Status403Forbidden,
                Code = "antiforgery",
                Detail = "A call by cookie bears the page's antiforgery token in the header RequestVerificationToken.",
                Field = "RequestVerificationToken",
            };
    }

    /// <summary>Whether the client has this version already (RFC 9110 section 13.1.2).</summary>
    private static bool IsKnown(HttpContext http, ApiAnswer answer) =>
        answer is { Status: StatusCodes.Status200OK, Version: { } version }
        && HttpMethods.IsGet(http.Request.Method)
        && http.Request.Headers.IfNoneMatch.ToString()
            .Split(',', StringSplitOptions.TrimEntries)
            .Any(t => t == "*" || (t.StartsWith("W/", StringComparison.Ordinal) ? t[2..] : t) == ApiAnswer.Tag(version, answer.Beside));
}
