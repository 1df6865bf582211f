using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using UserManagement.Testing;

namespace UserManagement.Drills.Servers;

/// <summary>An answer with its text read.</summary>
/// <param name="Status">The status.</param>
/// <param name="Text">The body.</param>
/// <param name="Location">Where it leads; null for nowhere.</param>
/// <param name="Version">The ETag; null for none.</param>
internal sealed record Answer(int Status, string Text, string? Location, string? Version)
{
    /// <summary>Whether it was done.</summary>
    public bool Done => Status is >= 200 and < 400;

    /// <summary>The body as JSON; null when it is none.</summary>
    public JsonNode? Json => Text is ['{' or '[', ..] ? JsonNode.Parse(Text) : null;
}

/// <summary>What opens one workspace's doors.</summary>
/// <param name="Slug">The workspace.</param>
/// <param name="Token">A directory's token.</param>
/// <param name="Key">An admin's API key.</param>
internal sealed record Access(string Slug, string Token, string Key);

/// <summary>Somebody who uses all doors of one server: a directory, a program, and an admin's browser with cookies.</summary>
internal sealed class Caller : IDisposable
{
    private readonly Access _access;
    private readonly Answers _answers;
    private readonly string _name;
    private readonly HttpClient _plain;
    private readonly HttpClient _browser;

    public Caller(RunningServer server, Access access, Answers answers)
    {
        (_access, _answers, _name) = (access, answers, server.Build.Name);
        _plain = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = server.Url,
            Timeout = TimeSpan.FromSeconds(60),
        };
        Cookies = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        _browser = new(Cookies) { BaseAddress = server.Url, Timeout = TimeSpan.FromSeconds(60) };
        _browser.DefaultRequestHeaders.Add("Accept", "text/html");
    }

    /// <summary>The browser's cookies.</summary>
    public CookieJar Cookies { get; }

    /// <summary>SCIM, below the workspace's address.</summary>
    public Task<Answer> ScimAsync(string method, string path, JsonNode? body = null) =>
        SendAsync(
            _plain,
            "SCIM",
            method,
            $"/scim/v2/{_access.Slug}/{path}",
            body is null ? null : Json(body, "application/scim+json"),
            _access.Token,
            null
        );

    /// <summary>REST, below the workspace's address, or from the root on.</summary>
    public Task<Answer> RestAsync(string method, string path, JsonNode? body = null, string? seen = null) =>
        SendAsync(
            _plain,
            "REST",
            method,
            path.StartsWith('/') ? path : $"/api/v1/workspaces/{_access.Slug}{(path.Length > 0 ? "/" + path : "")}",
            body is null ? null : Json(body, "application/json"),
            _access.Key,
            seen
        );

    /// <summary>A page.</summary>
    public Task<Answer> PageAsync(string path) => SendAsync(_browser, "pages", "GET", path, null, null, null);

    /// <summary>Sends a form.</summary>
    public Task<Answer> PressAsync(PageForm form) => SendAsync(_browser, "pages", "POST", form.Action, form.Content(), null, null);

    /// <summary>Reads a page and sends the form of it that posts to this path, with some fields filled in otherwise.</summary>
    public async Task<Answer> PressAsync(string page, string action, params (string Name, string? Value)[] over)
    {
        var shown = await PageAsync(page);
        return PageForm.Of(shown.Text).FirstOrDefault(f => f.Action == action) is { } form
            ? await PressAsync(form.With(over))
            : new(0, $"{page} ({shown.Status}) has no form that posts to {action}", null, null);
    }

    /// <summary>Lets the browser in by a one-time link.</summary>
    public async Task EnterAsync(string link)
    {
        var path = new Uri(link).PathAndQuery;
        var page = await PageAsync(path);
        if (PageForm.Of(page.Text) is not [var form, ..])
        {
            throw new InvalidOperationException($"{path}: {page.Status} {page.Text}");
        }

        await PressAsync(form.Action.Length > 0 ? form : form with { Action = path });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plain.Dispose();
        _browser.Dispose();
        Cookies.Dispose();
    }

    private static StringContent Json(JsonNode body, string type) =>
        new(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(type));

    private async Task<Answer> SendAsync(
        HttpClient client,
        string door,
        string method,
        string path,
        HttpContent? content,
        string? bearer,
        string? seen
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (bearer is not null)
        {
            request.Headers.Authorization = new("Bearer", bearer);
        }

        if (seen is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", seen);
        }

        var clock = Stopwatch.StartNew();
        try
        {
            using var answer = await client.SendAsync(request);
            var read = new Answer(
                (int)answer.StatusCode,
                await answer.Content.ReadAsStringAsync(),
                answer.Headers.Location?.ToString(),
                answer.Headers.ETag?.ToString()
            );
            _answers.Note($"{_name} {door}", read.Status, $"{_name} {method} {path}", read.Text, clock.Elapsed);
            return read;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            _answers.Note($"{_name} {door}", 599, $"{_name} {method} {path}", e.Message, clock.Elapsed);
            return new(599, e.Message, null, null);
        }
    }
}
