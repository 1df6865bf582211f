using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Clients;
using UserManagement.Scim.Queries;
using UserManagement.Scim.Stories;

namespace UserManagement.Scim.Http;

/// <summary>
/// What every request passes: first who calls, then the act, and whatever comes out is a SCIM message. Nothing of the
/// request but its address and its Authorization header is looked at before the caller is known.
/// </summary>
internal sealed class ScimDoor(
    RecognizeScimToken recognize,
    ScimRateLimiter pace,
    ProvisioningLog provisioning,
    Store store,
    IOptions<ScimOptions> options,
    ILogger<ScimDoor> log
)
{
    // a larger body is read once the token was
    private const int MostKept = 64 * 1024;

    /// <summary>The size of an answer that counts as one more request.</summary>
    public const int LargeAnswer = 64 * 1024;

    /// <summary>The rows that a query looks at one by one which count as one more request.</summary>
    public const int ManyRows = 100;

    /// <summary>Runs an act for a known caller and sends the answer.</summary>
    /// <param name="http">The request.</param>
    /// <param name="act">The act.</param>
    /// <param name="isRepeatable">Whether the act may begin again while nothing is shown of the token: see <see cref="RecallAsync"/>.</param>
    public async Task RunAsync(HttpContext http, ScimAct act, bool isRepeatable)
    {
        var ct = http.RequestAborted;
        ScimRateLimiter.Turn? turn = null;
        RequestStory? story = null;
        using var message = new PooledBytes();
        try
        {
            var answer = await AnswerAsync(http, act, isRepeatable, entered => turn = entered, begun => story = begun, message, ct);
            story?.Tell(answer);
            turn?.Charge(message.Written.Length / LargeAnswer);
            // a streamed one tells its size at its end, also where the client breaks off
            await answer.SendAsync(http.Response, message.Written, ct, length => turn?.Charge(length / LargeAnswer));
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            story?.TellGone(); // nobody waits for an answer any more
        }
        catch (Exception fault)
        {
            if (fault is OperationCanceledException)
            {
                ScimLog.TooSlow(log, http.Request.RouteValues["workspace"] as string ?? "");
            }
            else
            {
                ScimFaults.Of(fault, store, log, http.Request.Method);
            }

            http.Abort(); // the beginning has gone out already: only a connection that breaks off says that this is not all
        }
        finally
        {
            turn?.Dispose();
        }
    }

    /// <summary>The answer, its message in bytes already: nothing goes out before all of it is made.</summary>
    private async Task<ScimAnswer> AnswerAsync(
        HttpContext http,
        ScimAct act,
        bool isRepeatable,
        Action<ScimRateLimiter.Turn> enter,
        Action<RequestStory?> begin,
        PooledBytes message,
        CancellationToken ct
    )
    {
        ScimAnswer answer;
        try
        {
            answer = await EnterAsync(http, act, isRepeatable, enter, begin, ct);
            answer.WriteTo(message);
            return answer;
        }
        catch (BadHttpRequestException fault)
        {
            answer = ScimAnswer.Of(
                fault.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? ScimError.TooLarge("The body is too large.")
                    : ScimError.InvalidSyntax("The request cannot be read.")
            );
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            answer = ScimFaults.Of(fault, store, log, http.Request.Method);
        }

        answer.WriteTo(message);
        return answer;
    }

    private async Task<ScimAnswer> EnterAsync(
        HttpContext http,
        ScimAct act,
        bool isRepeatable,
        Action<ScimRateLimiter.Turn> enter,
        Action<RequestStory?> begin,
        CancellationToken ct
    )
    {
        if (http.Request.Path.Value?.Length + http.Request.QueryString.Value?.Length > options.Value.MaxAddressLength)
        {
            return ScimAnswer.Of(
                ScimError.AddressTooLong(
                    $"The address is longer than {options.Value.MaxAddressLength} characters. Send the query by POST to /.search."
                )
            );
        }

        var token = BearerToken(http.Request.Headers.Authorization);
        var slug = http.Request.RouteValues["workspace"] as string ?? "";
        if (token is null)
        {
            return Stranger(http, slug, null, Unauthorized(missing: true));
        }

        var hash = Secret.Hash(token);
        var (turn, wait) = await pace.EnterAsync(hash, http.Connection.RemoteIpAddress, ct);
        if (turn is null)
        {
            return Stranger(
                http,
                slug,
                token,
                ScimAnswer.Of(
                    ScimError.TooManyRequests(
                        "More requests come from this directory, or more wrong tokens from this address, than the server takes. "
                            + "Wait as Retry-After says."
                    )
                ) with
                {
                    RetryAfter = wait,
                }
            );
        }

        enter(turn);
        if (isRepeatable && await RecallAsync(http, slug, token, hash, act, turn, begin, ct) is { } answer)
        {
            return answer;
        }

        if (await recognize.RunAsync(slug, token, http.Request.Headers.UserAgent, ct) is not { } directory)
        {
            turn.Wrong();
            return Stranger(http, slug, token, Unauthorized(missing: false));
        }

        turn.Good(hash, directory.Actor.Id!.Value, directory.Workspace.Id);
        return await ActAsync(http, directory, act, turn, begin, ct);
    }

    /// <summary>
    /// Acts for whom the token opened the door a short while ago, and asks for it with what the act asks of the database anyway. Nothing
    /// goes out and nothing is written before the token is shown. Where it is not what it was, the request begins anew, with its body.
    /// </summary>
    /// <returns>Null where nothing is known of the token, or no more what was known.</returns>
    private async Task<ScimAnswer?> RecallAsync(
        HttpContext http,
        string slug,
        string token,
        byte[] hash,
        ScimAct act,
        ScimRateLimiter.Turn turn,
        Action<RequestStory?> begin,
        CancellationToken ct
    )
    {
        var hasBody = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;
        if ((hasBody && http.Request.ContentLength is not <= MostKept) || recognize.Recall(slug, token, hash) is not { } directory)
        {
            return null;
        }

        if (hasBody)
        {
            http.Request.EnableBuffering(MostKept);
        }

        try
        {
            try
            {
                var answer = await ActAsync(http, directory, act, turn, begin, ct);
                await recognize.ShowAsync(directory, ct);
                turn.Good(hash, directory.Actor.Id!.Value, directory.Workspace.Id);
                return answer;
            }
            catch (Exception fault) when (fault is not StaleTokenException)
            {
                await recognize.ShowAsync(directory, ct); // a stranger is told of no fault
                throw;
            }
        }
        catch (StaleTokenException)
        {
            begin(null);
            if (hasBody)
            {
                http.Request.Body.Position = 0;
            }

            return null;
        }
    }

    private async Task<ScimAnswer> ActAsync(
        HttpContext http,
        RecognizedDirectory directory,
        ScimAct act,
        ScimRateLimiter.Turn turn,
        Action<RequestStory?> begin,
        CancellationToken ct
    )
    {
        ClientSigns? signs = null;
        var story = new RequestStory(provisioning, http, directory);
        begin(story);
        var answer = await act(
            new ScimCall(http, directory, options.Value.PublicUrl().TrimEnd('/'), options.Value.MaxBodyBytes, log)
            {
                MaxGroupBodyBytes = Math.Max(options.Value.MaxGroupBodyBytes, options.Value.MaxBodyBytes),
                Limits = new ListingLimits(
                    options.Value.MaxScannedResources,
                    options.Value.MaxQueryTime,
                    Math.Max(1, options.Value.MaxReferencesOfPage),
                    rows => turn.Charge((double)rows / ManyRows)
                ),
                Charge = requests => turn.Charge(requests),
                Story = story,
                Saw = body =>
                {
                    signs = ClientSigns.Of(http.Request.Method, body);
                    story.Saw(body);
                },
            },
            ct
        );
        if (signs is not null)
        {
            await recognize.ShowAsync(directory, ct);
            await recognize.NoteSignsAsync(directory, signs.Client?.ToString(), signs.IsSure, signs.Dialect?.ToString(), ct);
        }

        return answer;
    }

    /// <summary>Below the protocol's path, but not of our version: 400 invalidVers where it is another one, else 404.</summary>
    public static Task OtherVersionAsync(HttpContext http) =>
        ScimAnswer
            .Of(ScimVersion.Check(http.Request.RouteValues["version"] as string ?? "") ?? ScimError.NotFound("There is no such endpoint."))
            .SendAsync(http.Response, http.RequestAborted);

    /// <summary>The token of an Authorization header (RFC 6750 section 2.1); null when there is none to be had.</summary>
    internal static string? BearerToken(IReadOnlyList<string?> header)
    {
        const string scheme = "Bearer ";
        return
            header is [{ } only]
            && only.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && only[scheme.Length..].Trim() is { Length: > 0 } token
            ? token
            : null;
    }

    private ScimAnswer Stranger(HttpContext http, string slug, string? token, ScimAnswer answer)
    {
        provisioning.Add(
            new StrangerNote(
                slug,
                token is null ? null : Secret.Hash(token),
                answer.Status,
                http.Request.Method,
                http.Request.Headers.UserAgent
            )
        );
        return answer;
    }

    private static ScimAnswer Unauthorized(bool missing) =>
        ScimAnswer.Of(ScimError.Unauthorized("Send a valid token of this workspace: Authorization: Bearer ...")) with
        {
            Challenge = missing ? "Bearer realm=\"SCIM\"" : "Bearer realm=\"SCIM\", error=\"invalid_token\"",
        };
}
