using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.Wire;

/// <summary>
/// Sends requests to one SCIM server as a directory does: bearer token, <c>application/scim+json</c>, retries with
/// back-off, a bounded number in flight. Every request is counted in the <see cref="Tally"/> and, when a ledger is kept, written there.
/// </summary>
public sealed class ScimClient : IDisposable
{
    private const int UnansweredBeforeGivingUp = 3;
    private const int NewTokens = 5;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Utf8 = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpClient http;
    private readonly string baseAddress;
    private readonly Tally tally;
    private readonly Ledger? ledger;
    private readonly AnswerRules? rules;
    private readonly RetryRule retry;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim inFlight;
    private readonly TokenLogin? login;
    private int unansweredInARow;

    /// <summary>A client of one server.</summary>
    /// <param name="baseUrl">The SCIM base address, e.g. <c>http://localhost:5080/scim/v2/acme</c>; a query on it is dropped.</param>
    /// <param name="token">The bearer token.</param>
    /// <param name="tally">Where requests are counted.</param>
    /// <param name="ledger">Where operations are written; null for none.</param>
    /// <param name="parallel">Requests in flight at most.</param>
    /// <param name="retry">When to try again; null for <see cref="RetryRule.Standard"/>.</param>
    /// <param name="rules">Looks at every answer; null for nobody.</param>
    /// <param name="userAgent">How the directory names itself; null for the simulator's own name.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="login">Gets tokens in place of <paramref name="token"/>; null for none.</param>
    public ScimClient(
        Uri baseUrl,
        string token,
        Tally tally,
        Ledger? ledger = null,
        int parallel = 4,
        RetryRule? retry = null,
        AnswerRules? rules = null,
        string? userAgent = null,
        TimeProvider? time = null,
        TokenLogin? login = null
    )
    {
        this.login = login;
        baseAddress = baseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');
        this.tally = tally;
        this.ledger = ledger;
        this.rules = rules;
        this.retry = retry ?? RetryRule.Standard;
        this.time = time ?? TimeProvider.System;
        inFlight = new SemaphoreSlim(parallel);
        http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                MaxConnectionsPerServer = parallel,
                UseCookies = false,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.Authorization = login is null ? new AuthenticationHeaderValue("Bearer", token) : null;
        http.DefaultRequestHeaders.Accept.ParseAdd("application/scim+json");
        http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", userAgent ?? "UserManagement-Simulator/1.0");
    }

    /// <summary>Sends the request, trying again as the <see cref="RetryRule"/> allows, and counts it once.</summary>
    /// <param name="request">What to send and what to take for a good answer.</param>
    /// <param name="cancellationToken">Ends the run; the operation then stands in the ledger as unknown.</param>
    /// <returns>The last answer; a refusal is a value here, too.</returns>
    /// <exception cref="ServerGoneException">Several requests in a row got no answer within the retry budget.</exception>
    public async Task<ScimAnswer> SendAsync(ScimRequest request, CancellationToken cancellationToken)
    {
        var body = request.Body is null ? null : JsonSerializer.SerializeToUtf8Bytes(request.Body, Utf8);
        var sentAt = time.GetUtcNow();
        var started = time.GetTimestamp();
        var tries = 0;
        var answerLost = false;
        while (true)
        {
            tries++;
            Reply reply;
            try
            {
                reply = await TryOnceAsync(request, body, cancellationToken);
                if (
                    RetryRule.IsWorthRepeating(reply.Status)
                    && retry.WaitBeforeNext(tries, time.GetElapsedTime(started), reply.RetryAfter) is { } wait
                )
                {
                    answerLost |= reply.Status != 429;
                    tally.AddRetry(request.Kind);
                    await Task.Delay(wait, time, cancellationToken);
                    continue;
                }
            }
            catch (OperationCanceledException)
            {
                ledger?.Write(request, sentAt, Outcome.Unknown, 0, tries, null);
                throw;
            }

            return await ConcludeAsync(request, reply, answerLost, tries, sentAt, cancellationToken);
        }
    }

    private async Task<ScimAnswer> ConcludeAsync(
        ScimRequest request,
        Reply reply,
        bool answerLost,
        int tries,
        DateTimeOffset sentAt,
        CancellationToken cancellationToken
    )
    {
        var expected = request.Expected.Contains(reply.Status);
        var recovered = !expected && answerLost && request.ExpectedAfterLostAnswer.Contains(reply.Status);
        var body = reply.Body;
        if (!expected && !recovered && answerLost && reply.Status == 409)
        {
            try
            {
                var adopted = await AdoptAsync(request, cancellationToken);
                (recovered, body) = (adopted is not null, adopted ?? body);
            }
            catch (Exception fault) when (fault is OperationCanceledException or ServerGoneException)
            {
                ledger?.Write(request, sentAt, Outcome.Unknown, reply.Status, tries, null);
                throw;
            }
        }

        var answer = new ScimAnswer(
            reply.Status,
            body,
            expected || recovered,
            recovered,
            expected || recovered ? "" : Explain(request, reply)
        )
        {
            Request = request,
            Text = reply.Text,
            Location = reply.Location,
            MediaType = reply.MediaType,
            RetryAfter = reply.RetryAfter,
        };
        rules?.Look(request, answer);
        tally.Add(request.Kind, reply.Elapsed, answer);
        ledger?.Write(request, sentAt, OutcomeOf(request, answer, answerLost), reply.Status, tries, answer.Resource.Id);
        if (reply.Status != 0)
        {
            Volatile.Write(ref unansweredInARow, 0);
        }
        else if (Interlocked.Increment(ref unansweredInARow) >= UnansweredBeforeGivingUp)
        {
            throw new ServerGoneException(
                $"{UnansweredBeforeGivingUp} requests in a row got no answer, each tried for up to "
                    + $"{retry.Budget.TotalSeconds:0} s: {answer.Detail}"
            );
        }

        return answer;
    }

    // A repeated POST was answered 409: if the look-up finds exactly one, the first try had worked.
    private async Task<JsonObject?> AdoptAsync(ScimRequest request, CancellationToken cancellationToken)
    {
        foreach (var path in request.AdoptFrom)
        {
            var found = (
                await SendAsync(new ScimRequest("look-up to adopt", HttpMethod.Get, path) { Target = request.Target }, cancellationToken)
            )
                .List
                .Resources;
            if (found.Count == 1)
            {
                return found[0].Body;
            }
        }

        return null;
    }

    private async Task<Reply> TryOnceAsync(ScimRequest request, byte[]? body, CancellationToken cancellationToken)
    {
        await inFlight.WaitAsync(cancellationToken);
        var started = time.GetTimestamp();
        try
        {
            using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            within.CancelAfter(AnswerWithin);
            var bearer = request.OtherToken ?? (login is null ? null : await login.TokenAsync(null, cancellationToken));
            var response = await SendOnceAsync(request, body, bearer, within.Token);

            // a token that ended on the way, and the next one too while this request waited for its turn: another one, and once more
            for (
                var tries = 0;
                tries < NewTokens && (int)response.StatusCode == 401 && login is not null && request.OtherToken is null;
                tries++
            )
            {
                response.Dispose();
                bearer = await login.TokenAsync(bearer, within.Token);
                response = await SendOnceAsync(request, body, bearer, within.Token);
            }

            using var last = response;
            var text = await response.Content.ReadAsStringAsync(within.Token);
            return new Reply((int)response.StatusCode, Parse(text), text, RetryAfterOf(response), time.GetElapsedTime(started))
            {
                Location = response.Headers.Location?.OriginalString,
                MediaType = response.Content.Headers.ContentType?.MediaType,
            };
        }
        catch (Exception fault)
            when (fault is HttpRequestException or SocketException or IOException
                || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            var why =
                fault is OperationCanceledException
                    ? $"none within {AnswerWithin.TotalSeconds:0} s"
                    : (fault.InnerException ?? fault).Message;
            return new Reply(0, null, why, null, time.GetElapsedTime(started));
        }
        finally
        {
            inFlight.Release();
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ScimRequest request, byte[]? body, string? bearer, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(request.Method, baseAddress + request.Path);
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/scim+json", "utf-8");
        }

        if (bearer is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        return await http.SendAsync(message, ct);
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
            _ => null,
        };

    private static JsonObject? Parse(string text)
    {
        try
        {
            var body = string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text) as JsonObject;
            _ = body?.Count; // builds the index, so a doubled key shows here and not at a later read
            return body;
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            return null;
        }
    }

    // A write that may have reached the server and was not clearly refused can be either way.
    private static Outcome OutcomeOf(ScimRequest request, ScimAnswer answer, bool answerLost) =>
        answer.Status switch
        {
            >= 200 and < 300 => Outcome.Acknowledged,
            _ when answer.Recovered => Outcome.Acknowledged,
            404 when request.Method == HttpMethod.Delete && answer.AsExpected => Outcome.Acknowledged,
            0 or >= 500 => Outcome.Unknown,
            _ => answerLost ? Outcome.Unknown : Outcome.Refused,
        };

    private static string Explain(ScimRequest request, Reply reply)
    {
        if (reply.Status == 0)
        {
            return "no answer: " + reply.Text;
        }

        var said = JsonText.Of(reply.Body?["detail"]) ?? "";
        var type = JsonText.Of(reply.Body?["scimType"]);
        var line =
            $"{reply.Status}{(type is null ? "" : " " + type)} instead of {string.Join('/', request.Expected)}{(said.Length == 0 ? "" : ": " + said)}";
        return line.Length > 300 ? line[..300] : line;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        http.Dispose();
        inFlight.Dispose();
    }

    private sealed record Reply(int Status, JsonObject? Body, string Text, TimeSpan? RetryAfter, TimeSpan Elapsed)
    {
        public string? Location { get; init; }

        public string? MediaType { get; init; }
    }
}
