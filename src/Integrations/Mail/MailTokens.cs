using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Access tokens for the mail server, by client credentials (RFC 6749 section 4.4): one is kept until shortly before it expires.
/// </summary>
/// <param name="settings">Where they come from.</param>
/// <param name="time">The clock.</param>
public sealed class MailTokens(MailOAuth settings, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Default = TimeSpan.FromMinutes(5); // expires_in is only recommended (section 5.1)
    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        }
    );
    private readonly SemaphoreSlim _turn = new(1);
    private string? _token;
    private DateTimeOffset _until;

    /// <summary>A token that lives for a while yet.</summary>
    /// <param name="ct">Stops the asking.</param>
    /// <exception cref="HttpRequestException">The server gave none; the message holds its <c>error</c>, no secret.</exception>
    public async Task<string> GetAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_token is null || time.GetUtcNow() >= _until)
            {
                (_token, _until) = await AskAsync(ct);
            }

            return _token;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets the token: the mail server did not take it.</summary>
    public void Forget() => _token = null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }

    private async Task<(string Token, DateTimeOffset Until)> AskAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenEndpoint);
        // RFC 6749 section 2.3.1: id and secret are form-encoded before they become a Basic credential
        var credential = $"{Uri.EscapeDataString(settings.ClientId)}:{Uri.EscapeDataString(settings.ClientSecret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(credential)));
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (settings.Scope is { } scope)
        {
            form["scope"] = scope;
        }

        request.Content = new FormUrlEncodedContent(form);
        using var response = await _http.SendAsync(request, ct);
        var answer = await ReadAsync(response, ct);
        if (!response.IsSuccessStatusCode || answer?.AccessToken is not { Length: > 0 } token)
        {
            throw new HttpRequestException($"The token endpoint for mail gave no token ({(int)response.StatusCode} {answer?.Error}).");
        }

        var life = answer.ExpiresIn is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400)) : Default;
        return (token, time.GetUtcNow() + (life > Reserve * 2 ? life - Reserve : life / 2));
    }

    private static async Task<Answer?> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<Answer>(ct);
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private sealed record Answer
    {
        [JsonPropertyName("access_token")]
        public string? AccessToken { get; init; }

        [JsonPropertyName("expires_in")]
        [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
        public long? ExpiresIn { get; init; }

        [JsonPropertyName("error")]
        public string? Error { get; init; }
    }
}
