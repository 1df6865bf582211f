using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// What the OpenIdConnect handler sends to the provider of one connection: through the guard, and every form with the
/// proof of who we are. Private_key_jwt goes out as the newer text wants it (type client-authentication+jwt, for the
/// issuer), and in the older form where the provider refuses that; which one is taken is remembered.
/// </summary>
internal sealed class ConnectionBackchannel(
    ConnectionWithSecret connection,
    ProviderMetadata metadata,
    Outbound outbound,
    TimeProvider time
) : HttpMessageHandler
{
    // Entra knows the older form alone, and the issuer of its common document is nobody's audience.
    private readonly bool _onlyOlder = connection.Row.Kind == ConnectionKind.Entra;
    private volatile bool _older = connection.Row.Kind == ConnectionKind.Entra;

    /// <inheritdoc/>
    /// <exception cref="SignInRefusedException">The provider is away, may not be dialled, or answered a form with no JSON
    /// object.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Post)
        {
            using var copy = new HttpRequestMessage(request.Method, request.RequestUri);
            request.Headers.ToList().ForEach(header => copy.Headers.TryAddWithoutValidation(header.Key, header.Value));
            return Response(request, await AnswerAsync(copy, cancellationToken));
        }

        var form = QueryHelpers
            .ParseQuery(await request.Content!.ReadAsStringAsync(cancellationToken))
            .ToDictionary(f => f.Key, f => f.Value.ToString());
        var older = _older;
        var answer = await PostAsync(request.RequestUri!, form, older, cancellationToken);
        if (connection.Row.ClientAuthentication == ClientAuthentication.PrivateKeyJwt && !_onlyOlder && IsClientRefused(answer))
        {
            // Not a second use of the code: a client that is not believed gets no further than that (RFC 6749 section 5.2).
            var other = await PostAsync(request.RequestUri!, form, !older, cancellationToken);
            (_older, answer) = IsClientRefused(other) ? (older, answer) : (!older, other);
        }

        return (int)answer.Status is >= 200 and < 300 && Claims.Read(answer.Body) is null
            ? throw new SignInRefusedException("tokenEndpoint")
            : Response(request, answer);
    }

    private async Task<ProviderAnswer> PostAsync(Uri address, Dictionary<string, string> fields, bool older, CancellationToken ct)
    {
        var document = await metadata.GetConfigurationAsync(ct);
        var form = fields.Where(f => f.Key is not "client_secret").ToDictionary();
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Headers.Accept.Add(new("application/json"));
        ClientProof.Add(request, form, connection, older ? document.TokenEndpoint : document.Issuer, older, time.GetUtcNow());
        request.Content = new FormUrlEncodedContent(form);
        return await AnswerAsync(request, ct);
    }

    private async Task<ProviderAnswer> AnswerAsync(HttpRequestMessage request, CancellationToken ct) =>
        (await outbound.SendAsync(connection.Row, request, ct)).Is(out var answer, out var refusal)
            ? answer
            : throw new SignInRefusedException(refusal);

    private static bool IsClientRefused(ProviderAnswer answer) =>
        answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized
        && Claims.Read(answer.Body)?.Text("error") == "invalid_client";

    private static HttpResponseMessage Response(HttpRequestMessage request, ProviderAnswer answer)
    {
        var content = new ByteArrayContent(answer.Body);
        content.Headers.ContentType = answer.MediaType is { } type && MediaTypeHeaderValue.TryParse(type, out var parsed) ? parsed : null;
        return new(answer.Status) { RequestMessage = request, Content = content };
    }
}
