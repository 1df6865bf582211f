using System.Text.Json;
using System.Text.Json.Nodes;

namespace UserManagement.Simulator.Wire;

/// <summary>
/// Gets access tokens by client credentials (RFC 6749 section 4.4), as directories do that are set up with OAuth in place of a token that
/// lasts: one for all requests, a new one shortly before it ends or when the server turns it away.
/// </summary>
public sealed class TokenLogin : IDisposable
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Unsaid = TimeSpan.FromMinutes(5);

    private readonly Uri address;
    private readonly string clientId;
    private readonly string secret;
    private readonly TimeProvider time;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
    private readonly SemaphoreSlim one = new(1);
    private string? token;
    private DateTimeOffset endsAt;

    /// <summary>For one client of one server.</summary>
    /// <param name="address">The token endpoint.</param>
    /// <param name="clientId">The client.</param>
    /// <param name="secret">Its secret, sent in the form (<c>client_secret_post</c>).</param>
    /// <param name="time">The clock; null for the system's.</param>
    public TokenLogin(Uri address, string clientId, string secret, TimeProvider? time = null) =>
        (this.address, this.clientId, this.secret, this.time) = (address, clientId, secret, time ?? TimeProvider.System);

    /// <summary>How many tokens were asked for.</summary>
    public int Asked { get; private set; }

    /// <summary>A token that holds for a while.</summary>
    /// <param name="refused">One that the server just turned away, which is not given again; null for none.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="ServerGoneException">The token endpoint gives none.</exception>
    public async Task<string> TokenAsync(string? refused, CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            return token is not null && token != refused && time.GetUtcNow() < endsAt ? token : await AskAsync(cancellationToken);
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<string> AskAsync(CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = clientId,
                ["client_secret"] = secret,
            }
        );
        Asked++;
        using var response = await http.PostAsync(address, form, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var answer = Parse(text);
        if (!response.IsSuccessStatusCode || JsonText.Of(answer?["access_token"]) is not { Length: > 0 } given)
        {
            throw new ServerGoneException(
                $"the token endpoint gives no token: {(int)response.StatusCode} {JsonText.Of(answer?["error"])} "
                    + JsonText.Of(answer?["error_description"])
            );
        }

        var seconds = answer!["expires_in"] is JsonValue value && value.TryGetValue<double>(out var told) ? told : Unsaid.TotalSeconds;
        (token, endsAt) = (given, time.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400)) - Before);
        return given;
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        http.Dispose();
        one.Dispose();
    }
}
