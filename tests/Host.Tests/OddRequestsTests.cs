using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Identity;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>
/// What a caller can shape (host, headers, cookies, paths, queries, bodies) is shaped badly at every route of every door, by
/// nobody and by who may: whatever comes, the answer is none of 5xx and the log has no fault.
/// </summary>
public partial class OddRequestsTests
{
    private static readonly string[] Headers =
    [
        "Host: localhost:99999",
        "Host: localhost:",
        "Host: localhost:-1",
        "Host: localhost:80:80",
        "Host: [::1]:99999",
        "Host: [::1",
        "Host: localhost/x",
        "Host: a@localhost",
        "Host:  ",
        "Host: localhost:0x50",
        "Host: \u00ff\u00fe",
        "Cookie: __Host-session",
        "Cookie: ;;=;__Host-session=\u00ff\u00fe",
        "Cookie: __Host-session=%ZZ%00",
        "Cookie: __Host-um-form=nonsense; __Host-note=x; __Host-signin-x=%ff",
        "Accept-Language: *;q=9,\u00ff;;,",
        "Accept: text/html;q=x,,;",
        "Accept: */*;q=\u00ff",
        "Accept-Encoding: \u00ff;q=z",
        "Range: bytes=99999999999999999999-1",
        "If-Match: W/",
        "If-Match: \"",
        "If-None-Match: \u00ff,\"",
        "If-Modified-Since: never",
        "X-Forwarded-For: not an address, [",
        "X-Forwarded-For: 1.2.3.4:99999",
        "X-Forwarded-Proto: java script",
        "X-Forwarded-Proto: 1:",
        "X-Forwarded-Proto: ftp",
        "X-Forwarded-Host: a b",
        "Forwarded: for=;;;=",
        "Authorization: Bearer ",
        "Authorization: Basic ====",
        "Authorization: \u00ff\u00fe \u00ff",
        "Idempotency-Key: \u00ff",
        "Origin: \u00ff",
        "Sec-Fetch-Site: \u00ff",
        "User-Agent: \u00ff\u00fe" + new string('x', 3000),
        "Content-Type: ;;=\u00ff",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "Expect: 200-maybe",
        "X-Huge: " + new string('x', 30_000),
    ];

    private static readonly string[] Queries =
    [
        "?a=%",
        "?%zz=%ff%fe",
        "?returnUrl=%00&workspace=%00&hint=%ff&purpose=%00&ticket=%ff&state=%00&code=%00&notice=%00&kind=%00",
        "?&&==&=",
        "?page=99999999999999999999&startIndex=-99999999999999999999&count=1e99&limit=-1&cursor=%ff&after=%00&sort=%00&q=%00&state=%00&role=%00",
        "?filter=%00&sortBy=%ff&attributes=%00&cursor=%00",
        "?filter=userName%20eq%20%22%ff%22&q=%ed%a0%80&search=%f0%9f",
    ];

    private static readonly (string Type, string Body)[] Bodies =
    [
        (
            "application/x-www-form-urlencoded",
            "TOKEN&login=%00&password=%00&name=%00&secret=%00&userNames=%00&code=%00&version=99999999999999999999"
        ),
        ("application/x-www-form-urlencoded", "TOKEN&login=%ff%fe&name=%ed%a0%80&secret=%&a=%zz&givenName=%f0%9f&slug=%c0%80"),
        ("application/x-www-form-urlencoded; charset=utf-7", "TOKEN&name=%2bAGE-"),
        ("application/x-www-form-urlencoded; charset=nonsense", "TOKEN&name=x"),
        ("application/x-www-form-urlencoded; charset=\"", "TOKEN&name=x"),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"login\"\r\n\r\nhalf"),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"login\"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nx\r\n--b--\r\n"
        ),
        ("multipart/form-data; boundary=b", "--b\r\nno header at all\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data", "--b--"),
        ("multipart/form-data; boundary=" + new string('b', 300), "x"),
        ("multipart/mixed; boundary=b", "--b"),
        ("application/json", "\u00ef\u00bb\u00bf{\"name\":\"\\ud800\",\"userName\":\"\\u0000\",\"schemas\":[\"\\udc00\"]}"),
        ("application/json", "{\"a\":\"\u00ff\u00fe\"}"),
        ("application/json; charset=utf-7", "{}"),
        ("application/scim+json", new string('[', 2000)),
        ("application/json", "{\"n\":1e999999,\"userName\":1e999999}"),
    ];

    [Theory, EachDatabase]
    public async Task Whatever_comes_is_answered_and_never_as_our_fault(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(
            database,
            new HandClock(),
            set:
            [
                ("TrustedProxies", "127.0.0.1,::1"),
                ("Api:RequestsPerMinute", "100000"),
                ("Api:UnknownKeysPerMinute", "100000"),
                ("Scim:RequestsPerSecond", "100000"),
            ]
        );
        var acme = (await server.Service<CreateWorkspace>().RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        var link = (
            await server.Service<InviteAdmin>().RunAsync(Actor.Operator, acme.Id, "ada@acme.test", TimeSpan.FromHours(1), default)
        ).Value;
        var session = (await server.Service<UseOneTimeLink>().RunAsync(link, Browser.Unknown, default)).Value.Secret;
        var scim = (await server.Service<CreateScimCredential>().RunAsync(Actor.Operator, acme.Id, "Entra", null, default)).Value.Token;
        var key = (
            await server
                .Service<CreateApiKey>()
                .RunAsync(Actor.Operator, acme.Id, "HR", acme.Configuration.Roles.MaxBy(r => r.Rank)!.Key, TimeSpan.FromDays(1), default)
        )
            .Value
            .Key;
        var (cookies, form) = await FormAsync(server, session);

        var routes = server
            .Service<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e =>
                (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m =>
                    (Method: m, Path: "/" + e.RoutePattern.RawText!.TrimStart('/'))
                )
            )
            .Distinct()
            .ToList();
        Assert.True(routes.Count > 150, $"only {routes.Count} routes were found");
        var requests = new List<string>();
        foreach (
            var path in (string[])
                [
                    "/signin",
                    "/w/acme/members",
                    "/w/acme/profile",
                    "/invite/x",
                    "/api/v1/workspaces/acme/members",
                    "/scim/v2/acme/Users",
                    "/nothing",
                    "/forgot",
                    "/signin/00000000-0000-0000-0000-000000000001/callback",
                ]
        )
        {
            requests.AddRange(Headers.SelectMany(h => new[] { Head("GET", path, h), Head("POST", path, h) }));
        }

        foreach (var (method, pattern) in routes.Where(r => !Ends(r.Path)))
        {
            var path = Place().Replace(pattern.Replace("{slug}", "acme", StringComparison.Ordinal), Guid.CreateVersion7().ToString());
            var who =
                path.StartsWith("/scim", StringComparison.Ordinal) ? $"Authorization: Bearer {scim}\r\n"
                : path.StartsWith("/api", StringComparison.Ordinal) ? $"Authorization: Bearer {key}\r\n"
                : $"Cookie: {cookies}\r\n";
            requests.AddRange(Queries.Select(q => Request(method, path + q, who)));
            requests.AddRange(
                ((string[])["%00", "%ff", "..%5c", "%zz", new string('x', 3000), "%ed%a0%80"])
                    .Where(_ => pattern.Contains('{', StringComparison.Ordinal))
                    .Select(odd => Request(method, Place().Replace(pattern, odd), who))
            );
            requests.AddRange(
                Bodies
                    .Where(_ => method is "POST" or "PUT" or "PATCH")
                    .Select(b =>
                        Request(
                            method,
                            path,
                            who + $"Content-Type: {b.Type}\r\n",
                            b.Body.Replace("TOKEN", "__RequestVerificationToken=" + form, StringComparison.Ordinal)
                        )
                    )
            );
        }

        var wrong = new ConcurrentBag<string>();
        var answered = 0;
        await Parallel.ForEachAsync(
            requests,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (request, ct) =>
            {
                var status = await StatusAsync(server, request, ct);
                if (status > 0)
                {
                    Interlocked.Increment(ref answered);
                }

                if (status >= 500)
                {
                    wrong.Add(Key.Cut(request, 400));
                }
            }
        );
        Assert.True(answered > requests.Count * 9 / 10, $"only {answered} of {requests.Count} were answered");
        Assert.True(
            wrong.IsEmpty,
            $"{wrong.Count} of {requests.Count}:\n"
                + string.Join("\n---\n", wrong.Order(StringComparer.Ordinal).Take(15))
                + server.Log[..Math.Min(server.Log.Length, 4000)]
        );
        var fault = server.Log.IndexOf("A request failed", StringComparison.Ordinal); // also where the answer did not get back to us
        Assert.True(fault < 0, fault < 0 ? "" : Key.Cut(server.Log[Math.Max(0, fault - 200)..], 3000));

        string Head(string method, string path, string header) =>
            $"{method} {path} HTTP/1.1\r\n{(header.StartsWith("Host:", StringComparison.Ordinal) ? "" : $"Host: {server.PublicUrl.Authority}\r\n")}{header}\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
        string Request(string method, string path, string headers, string body = "") =>
            $"{method} {path} HTTP/1.1\r\nHost: {server.PublicUrl.Authority}\r\n{headers}Accept: text/html\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
    }

    /// <summary>Whether the form ends the session that the others need.</summary>
    private static bool Ends(string path) => path is "/signout" or "/invite/switch" || path.Contains("sessions", StringComparison.Ordinal);

    /// <summary>The cookies of the signed-in browser, and the field that its forms carry.</summary>
    private static async Task<(string Cookies, string Field)> FormAsync(TestServer server, string session)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = server.PublicUrl,
        };
        using var ask = new HttpRequestMessage(HttpMethod.Get, "/workspaces");
        ask.Headers.Add("Cookie", "__Host-session=" + session);
        var page = await http.SendAsync(ask);
        var body = await page.Content.ReadAsStringAsync();
        var cookie = page.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("__Host-um-form=", StringComparison.Ordinal)).Split(';')[
            0
        ];
        return ($"__Host-session={session}; {cookie}", Uri.EscapeDataString(Field().Match(body).Groups[1].Value));
    }

    private static async Task<int> StatusAsync(TestServer server, string request, CancellationToken ct)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", server.PublicUrl.Port, ct);
        var stream = socket.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), ct);
            if (
                request.Contains("Content-Length: 5\r\n", StringComparison.Ordinal) || request.Contains("chunked", StringComparison.Ordinal)
            )
            {
                socket.Client.Shutdown(SocketShutdown.Send); // a body that is shorter than it says breaks off here
            }

            var answer = new byte[64];
            var read = await stream.ReadAtLeastAsync(answer, 12, throwOnEndOfStream: false, ct);
            return read < 12 ? 0 : int.Parse(Encoding.ASCII.GetString(answer, 9, 3), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // the server hung up on it
        }
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Place();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]*)\"")]
    private static partial Regex Field();
}
