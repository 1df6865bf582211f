using System.Net;
using System.Text.RegularExpressions;
using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Testing;

namespace UserManagement.AdminUi.Tests.Rig;

/// <summary>An answer with its text read.</summary>
/// <param name="Status">The status.</param>
/// <param name="Text">The body.</param>
/// <param name="Location">Where it leads; null for nowhere.</param>
/// <param name="Headers">All headers.</param>
public sealed record Answer(HttpStatusCode Status, string Text, string? Location, IReadOnlyDictionary<string, string> Headers);

/// <summary>Somebody's browser, by hand: a session cookie, the antiforgery field, no redirects followed.</summary>
public sealed partial class Person : IDisposable
{
    private readonly HttpClient _http;
    private readonly Cookies _cookies;
    private string? _token;

    /// <param name="server">Where it goes.</param>
    /// <param name="session">The session's secret; null for nobody signed in.</param>
    public Person(TestServer server, string? session)
    {
        _cookies = new(session);
        _http = new(_cookies) { BaseAddress = server.PublicUrl };
    }

    /// <summary>The secret of the session; null for nobody signed in. Another one takes its place in the same browser.</summary>
    public string? Session
    {
        get => _cookies.Session;
        set => _cookies.Session = value;
    }

    /// <summary>Reads a page.</summary>
    /// <param name="path">Where.</param>
    /// <param name="fragment">The element asked for alone; null for the whole page.</param>
    public async Task<Answer> GetAsync(string path, string? fragment = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (fragment is not null)
        {
            request.Headers.Add("X-Fragment", fragment);
        }

        return await SendAsync(request);
    }

    /// <summary>Opens the menu of somebody's row in the list.</summary>
    /// <param name="list">The path of the list.</param>
    /// <param name="member">Whose row.</param>
    public Task<Answer> MenuAsync(string list, Id<Member> member)
    {
        var (path, state) = list.Split('?', 2) is [var bare, var query]
            ? (bare, "?state=" + Uri.EscapeDataString("?" + query))
            : (list, "");
        return GetAsync($"{path}/{member}{state}", "acts");
    }

    /// <summary>Posts a form with the antiforgery field, which is taken from the person's start page.</summary>
    public async Task<Answer> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        if (_token is null)
        {
            var home = await GetAsync("/workspaces");
            _token = WebUtility.HtmlDecode(Token().Match(home.Text).Groups[1].Value);
        }

        var answer = await PostBareAsync(path, [("__RequestVerificationToken", _token), .. fields]);
        // a form that is good once is shown anew to who posts it without having looked at it
        return answer.Text.Contains("This page was open for too long", StringComparison.Ordinal) && NumberOf(answer, path) is { } number
            ? await PostBareAsync(path, [("__RequestVerificationToken", _token), ("formNumber", number), .. fields])
            : answer;
    }

    /// <summary>Posts a form, and goes where it leads.</summary>
    public async Task<Answer> PostLedAsync(string path, params (string Name, string Value)[] fields) =>
        await LedAsync(await PostAsync(path, fields));

    /// <summary>The page to which an answer leads; the answer itself where it leads nowhere.</summary>
    public async Task<Answer> LedAsync(Answer answer) =>
        answer is { Status: HttpStatusCode.SeeOther, Location: { } path } ? await GetAsync(path) : answer;

    /// <summary>The number of the form of a page that posts to this path; null where it has none.</summary>
    public static string? NumberOf(Answer page, string action) =>
        Forms()
            .Matches(page.Text)
            .Where(f => WebUtility.HtmlDecode(f.Groups[1].Value) == action)
            .SelectMany(f => Hidden().Matches(f.Value))
            .FirstOrDefault(h => h.Groups[1].Value == "formNumber")
            ?.Groups[2]
            .Value;

    /// <summary>Uploads a file with the antiforgery field.</summary>
    /// <param name="path">Where.</param>
    /// <param name="file">Its content.</param>
    /// <param name="field">The field of the form.</param>
    /// <param name="also">Other fields.</param>
    public async Task<Answer> UploadAsync(string path, byte[] file, string field = "file", params (string Name, string Value)[] also)
    {
        _token ??= WebUtility.HtmlDecode(Token().Match((await GetAsync("/workspaces")).Text).Groups[1].Value);
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new MultipartFormDataContent
        {
            { new StringContent(_token), "__RequestVerificationToken" },
            { new ByteArrayContent(file), field, "people.csv" },
        };
        foreach (var (name, value) in also)
        {
            ((MultipartFormDataContent)request.Content).Add(new StringContent(value), name);
        }

        return await SendAsync(request);
    }

    /// <summary>Posts a form as it stands.</summary>
    public async Task<Answer> PostBareAsync(string path, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await SendAsync(request);
    }

    /// <summary>Posts something that is no form.</summary>
    public async Task<Answer> PostTextAsync(string path, string body, string contentType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, contentType);
        return await SendAsync(request);
    }

    /// <summary>Presses a button of a page: sends the form that posts to this path with all that is in it.</summary>
    /// <param name="page">The page.</param>
    /// <param name="action">The form's path.</param>
    /// <param name="over">Fields that the person fills in or changes.</param>
    public Task<Answer> PressAsync(Answer page, string action, params (string Name, string Value)[] over) =>
        PressAsync(page, action, null, over);

    /// <summary>Presses a button of a page that sends the form to another path.</summary>
    /// <param name="page">The page.</param>
    /// <param name="action">The form's path.</param>
    /// <param name="button">The button's path; null for the form's own.</param>
    /// <param name="over">Fields that the person fills in or changes.</param>
    public async Task<Answer> PressAsync(Answer page, string action, string? button, params (string Name, string Value)[] over)
    {
        var form =
            Forms().Matches(page.Text).FirstOrDefault(f => WebUtility.HtmlDecode(f.Groups[1].Value) == action)
            ?? throw new InvalidOperationException($"The page has no form that posts to {action}.");
        var hidden = Hidden()
            .Matches(form.Value)
            .Select(i => (Name: WebUtility.HtmlDecode(i.Groups[1].Value), Value: WebUtility.HtmlDecode(i.Groups[2].Value)));
        return await PostBareAsync(button ?? action, [.. hidden.Where(h => over.All(o => o.Name != h.Name)), .. over]);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        return new(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.Location?.ToString(),
            response
                .Headers.Concat(response.Content.Headers)
                .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase)
        );
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]+)\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();

    private sealed class Cookies(string? session)
        : DelegatingHandler(new CookieJar(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }))
    {
        public string? Session { get; set; } = session;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Session is { } secret)
            {
                var jar = (CookieJar)InnerHandler!;
                request.Headers.Add(
                    "Cookie",
                    string.Join(
                        "; ",
                        jar.Cookies.Where(c => c.Key != "__Host-session")
                            .Select(c => $"{c.Key}={c.Value}")
                            .Prepend("__Host-session=" + secret)
                    )
                );
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
