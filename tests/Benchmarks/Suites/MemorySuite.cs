using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Servers;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// What large groups cost in memory: twelve clients at once read a group of 100,000, send it back as it was, send half of
/// it, make such groups, and crawl all of them. The server is the built host as an operator starts it.
/// </summary>
internal static class MemorySuite
{
    private const int AtOnce = 12;
    private const double Promise = 200;

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        var size = options.Members ?? 100_000;
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        await using var filled = await Filled.NewAsync(postgres, (size * 10 / 9) + 10, size, isWithSmall: false);
        using var host = await ServerProcess.StartHostAsync(filled.Database, false, "--Scim:MaxGroupBodyMiB", "64");
        using var http = new HttpClient
        {
            BaseAddress = new Uri(host.Url, $"/scim/v2/{filled.Main.Workspace.Slug}/"),
            Timeout = TimeSpan.FromMinutes(10),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", filled.Main.Workspace.Token);
        var large = "Groups/" + filled.Groups.Large;
        for (var i = 0; i < 200; i++)
        {
            (await http.GetAsync(new Uri("Users?count=50", UriKind.Relative))).Dispose();
        }

        await Task.Delay(2000);
        var idle = MemoryMeter.Now(host.Id);
        var shown = await http.GetStringAsync(new Uri(large, UriKind.Relative));
        var table = new MarkdownTable(
            $"{kind}: {AtOnce} at once with a group of {Figures.Size(size)} members ({shown.Length / 1_000_000} MB), idle {Figures.Number(idle)} MB",
            "s",
            "answers",
            "peak above idle, MB",
            $"below {Promise}"
        );
        var half = JsonNode.Parse(shown)!;
        half["members"] = new JsonArray([.. half["members"]!.AsArray().Take(size / 2).Select(m => m!.DeepClone())]);
        var (whole, lesser) = (Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(half.ToJsonString()));
        await MeasureAsync("GET", n => SendAsync(http, HttpMethod.Get, large, null));
        await MeasureAsync("PUT as it was", n => SendAsync(http, HttpMethod.Put, large, whole));
        await MeasureAsync("PUT half, then whole", n => SendAsync(http, HttpMethod.Put, large, n % 2 == 0 ? lesser : whole));
        await MeasureAsync(
            "POST",
            n =>
                SendAsync(
                    http,
                    HttpMethod.Post,
                    "Groups",
                    Encoding.UTF8.GetBytes(shown.Replace("\"Large\"", $"\"Made {n}\"", StringComparison.Ordinal))
                )
        );
        await MeasureAsync("GET /Groups", n => SendAsync(http, HttpMethod.Get, $"Groups?startIndex={n + 1}", null));
        Told.Now.Line(table);

        async Task MeasureAsync(string name, Func<int, Task<int>> act)
        {
            if (!options.Wants(name))
            {
                return;
            }

            MemoryMeter.Reset(host.Id);
            var began = Stopwatch.GetTimestamp();
            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(act));
            var above = MemoryMeter.Peak(host.Id) - idle;
            table.Add(
                name,
                Figures.Number(Stopwatch.GetElapsedTime(began).TotalSeconds),
                string.Join(' ', answers.GroupBy(a => a).Select(a => $"{a.Key} x{a.Count()}")),
                Figures.Number(above),
                above < Promise ? "yes" : "no"
            );
            Told.Step($"{name}: {above:0} MB above idle");
        }
    }

    private static async Task<int> SendAsync(HttpClient http, HttpMethod method, string path, byte[]? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/scim+json") } };
        }

        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await answer.Content.CopyToAsync(Stream.Null);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0; // it broke off
        }
    }
}
