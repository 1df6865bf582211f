using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using UserManagement.Drills.Failover;

namespace UserManagement.Drills.Servers;

/// <summary>Clients that make people by SCIM, each with its ledger, and what is there afterwards.</summary>
/// <param name="addresses">The servers; each client asks one after the other.</param>
/// <param name="access">The workspace.</param>
/// <param name="ledger">What the clients know.</param>
internal sealed class Writers(IReadOnlyList<Uri> addresses, Access access, Ledger ledger)
{
    /// <summary>How long a client waits between two writes that were done.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Starts some clients; they end with the token.</summary>
    public Task RunAsync(int clients, Stopwatch clock, CancellationToken ct) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(i => WriteAsync(i, clock, ct)));

    /// <summary>Who is there, by one of the servers.</summary>
    public async Task<List<string>> ThereAsync()
    {
        using var http = Client();
        List<string> there = [];
        for (var start = 1; ; )
        {
            var address = new Uri(addresses[0], $"/scim/v2/{access.Slug}/Users?attributes=userName&count=1000&startIndex={start}");
            var page = JsonNode.Parse(await http.GetStringAsync(address))!;
            var names = page["Resources"]?.AsArray().Select(r => r!["userName"]!.GetValue<string>()).ToList() ?? [];
            there.AddRange(names);
            start += names.Count;
            if (names.Count == 0 || start > page["totalResults"]!.GetValue<int>())
            {
                return there;
            }
        }
    }

    /// <summary>Sends again what was not acknowledged, as a directory does; the names that were neither made nor there.</summary>
    public async Task<List<string>> RepeatAsync()
    {
        using var http = Client();
        List<string> failed = [];
        foreach (var line in ledger.Lines.Where(l => l.Ending != Ending.Acknowledged))
        {
            var (ending, told) = await PostAsync(http, addresses[0], line.UserName);
            if (ending != Ending.Acknowledged && !told.Contains(" 409 ", StringComparison.Ordinal))
            {
                failed.Add($"{line.UserName}, again: {ending} {told}");
            }
        }

        return failed;
    }

    /// <summary>One client; a refusal makes it wait a little, as a directory would.</summary>
    private async Task WriteAsync(int client, Stopwatch clock, CancellationToken ct)
    {
        using var http = Client();
        for (var number = 0; !ct.IsCancellationRequested; number++)
        {
            var (at, name) = ((client + number) % addresses.Count, $"p{client}-{number}@{access.Slug}.test");
            var sent = clock.Elapsed;
            var (ending, told) = await PostAsync(http, addresses[at], name);
            ledger.Add(new(name, at + 1, sent, clock.Elapsed - sent, ending, told));
            var pause = ending == Ending.Acknowledged ? Pause : TimeSpan.FromMilliseconds(200);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, CancellationToken.None);
            }
        }
    }

    private HttpClient Client()
    {
        var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", access.Token);
        return http;
    }

    private async Task<(Ending Ending, string Told)> PostAsync(HttpClient http, Uri server, string name)
    {
        var user = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:User"),
            ["userName"] = name,
            ["active"] = true,
        };
        using var body = new StringContent(user.ToJsonString(), Encoding.UTF8, "application/scim+json");
        try
        {
            using var answer = await http.PostAsync(new Uri(server, $"/scim/v2/{access.Slug}/Users"), body);
            return ((int)answer.StatusCode, answer.Headers.RetryAfter) switch
            {
                (201, _) => (Ending.Acknowledged, ""),
                (503, not null) => (Ending.Refused, ""),
                var (status, _) => (Ending.Wrong, $"{name}: {status} {await answer.Content.ReadAsStringAsync()}"),
            };
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return (Ending.Unsent, e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            return (Ending.Unknown, e.Message);
        }
    }
}
