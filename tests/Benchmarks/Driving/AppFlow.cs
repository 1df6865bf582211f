using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using UserManagement.Benchmarks.Ceiling;

namespace UserManagement.Benchmarks.Driving;

/// <summary>An app and its person at an OpenID Provider, one after the other over one connection.</summary>
internal sealed class AppFlow : IDisposable
{
    private const string Verifier = "a-code-verifier-that-is-long-enough-for-rfc-7636-0";
    private readonly HttpClient _http;
    private readonly string _clientId;
    private readonly string _secret;
    private string _refresh = "";
    private string _access = "";

    /// <param name="server">Its address.</param>
    /// <param name="clientId">The app.</param>
    /// <param name="secret">The app's secret.</param>
    /// <param name="session">The secret of the person's session; null where everybody is signed in.</param>
    public AppFlow(Uri server, string clientId, string secret, string? session)
    {
        (_clientId, _secret) = (clientId, secret);
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server };
        if (session is not null)
        {
            _http.DefaultRequestHeaders.Add("Cookie", "__Host-session=" + session);
        }
    }

    /// <summary>From the app's request to what UserInfo says.</summary>
    public async Task SignInAsync()
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        var next =
            $"/connect/authorize?client_id={_clientId}&redirect_uri={Uri.EscapeDataString(BareProvider.Back)}&response_type=code"
            + $"&scope=openid%20profile%20email%20offline_access&state=s&nonce=n&code_challenge={challenge}&code_challenge_method=S256";
        while (!next.StartsWith(BareProvider.Back, StringComparison.Ordinal))
        {
            using var answer = await _http.GetAsync(new Uri(next, UriKind.RelativeOrAbsolute));
            next =
                answer.Headers.Location?.OriginalString
                ?? throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }

        var code = next.Split("code=")[1].Split('&')[0];
        await TokensAsync([
            new("grant_type", "authorization_code"),
            new("code", Uri.UnescapeDataString(code)),
            new("redirect_uri", BareProvider.Back),
            new("code_verifier", Verifier),
        ]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new("Bearer", _access);
        using var info = await _http.SendAsync(request);
        info.EnsureSuccessStatusCode();
    }

    /// <summary>The refresh token of the last answer for the next.</summary>
    public Task RefreshAsync() => TokensAsync([new("grant_type", "refresh_token"), new("refresh_token", _refresh)]);

    /// <summary>Asks whether the last access token is active.</summary>
    public async Task IntrospectAsync()
    {
        if (!(await PostAsync("/connect/introspect", [new("token", _access)])).GetProperty("active").GetBoolean())
        {
            throw new InvalidOperationException("The token is not active.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task TokensAsync(List<KeyValuePair<string, string>> fields)
    {
        var tokens = await PostAsync("/connect/token", fields);
        (_access, _refresh) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
    }

    private async Task<JsonElement> PostAsync(string path, List<KeyValuePair<string, string>> fields)
    {
        using var content = new FormUrlEncodedContent([.. fields, new("client_id", _clientId), new("client_secret", _secret)]);
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(body).RootElement : throw new InvalidOperationException($"{path}: {body}");
    }
}
