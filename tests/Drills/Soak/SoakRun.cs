using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using UserManagement.Drills.Chaos;
using UserManagement.Drills.Servers;
using UserManagement.Testing;

namespace UserManagement.Drills.Soak;

/// <summary>
/// One server on PostgreSQL, held to an amount of memory by the kernel, under a moderate mixed load for as long as is asked: the acts of
/// the chaos drill over SCIM, REST and pages, and an app that gets tokens for itself. Every half minute what the server holds is noted.
/// </summary>
/// <param name="build">The folder of the published build.</param>
/// <param name="group">A memory cgroup with its limit set; the server runs in it.</param>
/// <param name="figures">The file to which each sample is written, tab-separated.</param>
/// <param name="length">How long.</param>
/// <param name="rate">Acts a second, about.</param>
/// <param name="gcdump">The program <c>dotnet-gcdump</c>, which has the server collect everything and tells what is left.</param>
internal sealed class SoakRun(string build, string group, string figures, TimeSpan length, int rate, string gcdump)
{
    private const int Workers = 4;
    private const string Secret = "Client secret: ";
    private const int Parts = 4; // of the time; after each it is told what is in use
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(30);
    private static readonly string[] Names = ["RSS, MiB", "handles", "threads", "connections", "log, KiB", "database, MiB"];
    private readonly Answers _answers = new();
    private readonly List<string> _inUse = [];

    /// <summary>Runs it; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        await PostgresCluster.ExecuteAsync("drop database if exists soak with (force)", "create database soak");
        var product = new Build("soak", build, TestFolder.New(), await PostgresCluster.ConnectionStringAsync("soak"));
        await product.MustAsync("migrate");
        Access[] workspaces = [await product.OpenAsync("acme", "seats"), await product.OpenAsync("lic", "licensed")];
        var made = await product.MustAsync("client", "create", "nightly", "--workspace", "acme", "--machine", "yes", "--scopes", "scim");
        var secret = made[(made.IndexOf(Secret, StringComparison.Ordinal) + Secret.Length)..].Split('\n')[0].Trim();
        await using var server = await (product with { Group = group }).ServeAsync("--LogLevel", "Information");

        using var end = new CancellationTokenSource(length);
        var samples = SampleAsync(server, product.Postgres!, end.Token);
        await Task.WhenAll([
            .. Enumerable.Range(0, Workers).Select(i => WorkAsync(i, product, server, workspaces[i % 2], end.Token)),
            TokensAsync(server, secret, end.Token),
        ]);
        var all = await samples;
        Console.WriteLine($"{_answers.Table()}\n{Told(all)}\n\n{string.Join('\n', _inUse)}\n");
        foreach (var wrong in _answers.Wrongs.Take(40))
        {
            Console.WriteLine("WRONG " + wrong);
        }

        Console.WriteLine((await product.MustAsync("verify")).Trim());
        return _answers.Wrongs.Count == 0 ? 0 : 1;
    }

    private async Task WorkAsync(int number, Build product, RunningServer server, Access access, CancellationToken ct)
    {
        using var caller = new Caller(server, access, _answers);
        var random = new Random(number);
        var acts = new ChaosActs(
            random,
            caller,
            access.Slug,
            number,
            async () =>
            {
                if (await product.TryAdminLinkAsync(access.Slug, $"admin{number}@{access.Slug}.test") is not { } link)
                {
                    return false;
                }

                await caller.EnterAsync(new Uri(server.Url, new Uri(link).PathAndQuery).ToString());
                return true;
            }
        );
        while (!ct.IsCancellationRequested)
        {
            await acts.OneAsync();
            await PauseAsync(random.NextDouble() * 2 * Workers / rate, ct);
        }
    }

    /// <summary>An app that gets a token for itself and reads with it, twice a second.</summary>
    private async Task TokensAsync(RunningServer server, string secret, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = server.Url };
        while (!ct.IsCancellationRequested)
        {
            var token = await SendAsync(
                http,
                new(HttpMethod.Post, "/connect/token")
                {
                    Content = new FormUrlEncodedContent([
                        new("grant_type", "client_credentials"),
                        new("client_id", "nightly"),
                        new("client_secret", secret),
                        new("scope", "scim"),
                    ]),
                }
            );
            var read = new HttpRequestMessage(HttpMethod.Get, "/scim/v2/acme/Users?count=10");
            read.Headers.Authorization = new("Bearer", JsonNode.Parse(token)?["access_token"]?.ToString());
            await SendAsync(http, read);
            await PauseAsync(0.5, ct);
        }
    }

    private async Task<string> SendAsync(HttpClient http, HttpRequestMessage request)
    {
        using var sent = request;
        var clock = Stopwatch.StartNew();
        using var answer = await http.SendAsync(sent);
        var text = await answer.Content.ReadAsStringAsync();
        _answers.Note("tokens", (int)answer.StatusCode, $"{request.Method} {request.RequestUri}", text, clock.Elapsed);
        if (!answer.IsSuccessStatusCode)
        {
            _answers.Wrong($"{request.RequestUri}: {(int)answer.StatusCode} {text}");
        }

        return text;
    }

    private async Task<List<(double Hours, double[] Values)>> SampleAsync(RunningServer server, string connection, CancellationToken ct)
    {
        await using var counts = NpgsqlDataSource.Create(connection);
        var (clock, all) = (Stopwatch.StartNew(), new List<(double, double[])>());
        await File.WriteAllTextAsync(figures, "minutes\t" + string.Join('\t', Names) + "\n", CancellationToken.None);
        while (!ct.IsCancellationRequested)
        {
            if (clock.Elapsed >= length * (_inUse.Count + 1) / Parts)
            {
                await CollectAsync(server, clock.Elapsed);
            }

            var of = $"/proc/{server.Id}";
            var status = (await File.ReadAllLinesAsync($"{of}/status", CancellationToken.None))
                .Select(line => line.Split(':', 2))
                .ToDictionary(line => line[0], line => line[1].Trim().Split(' ')[0]);
            await using var asked = counts.CreateCommand(
                "select (select count(*) from pg_stat_activity where datname = 'soak' and pid <> pg_backend_pid()), pg_database_size('soak')"
            );
            await using var row = await asked.ExecuteReaderAsync(CancellationToken.None);
            await row.ReadAsync(CancellationToken.None);
            double[] values =
            [
                Number(status["VmRSS"]) / 1024,
                Directory.GetFiles($"{of}/fd").Length,
                Number(status["Threads"]),
                row.GetInt64(0),
                server.Printed.Length / 1024.0,
                row.GetInt64(1) / 1048576.0,
            ];
            all.Add((clock.Elapsed.TotalHours, values));
            var line = string.Join(
                '\t',
                values.Prepend(clock.Elapsed.TotalMinutes).Select(v => v.ToString("0.0", CultureInfo.InvariantCulture))
            );
            await File.AppendAllTextAsync(figures, line + "\n", CancellationToken.None);
            await PauseAsync(Between.TotalSeconds, ct);
        }

        await CollectAsync(server, clock.Elapsed);
        return all;
    }

    /// <summary>
    /// What is in use: resident memory alone also shows what the collector has not looked at yet. The types lie beside the samples.
    /// </summary>
    private async Task CollectAsync(RunningServer server, TimeSpan at)
    {
        using var run = Process.Start(
            new ProcessStartInfo(gcdump, ["report", "-p", server.Id.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true,
            }
        )!;
        var told = await run.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await run.WaitForExitAsync(CancellationToken.None);
        var minute = at.TotalMinutes.ToString("0", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync($"{figures}.{minute}.txt", told, CancellationToken.None);
        var totals = told.Split('\n').Where(line => line.Contains("GC Heap", StringComparison.Ordinal)).Select(line => line.Trim());
        _inUse.Add($"in use after {minute} minutes: {string.Join(", ", totals)}");
    }

    /// <summary>For each value: at the start, at the end, the most, and the slope by least squares over the whole and over its second half.</summary>
    private static string Told(List<(double Hours, double[] Values)> all)
    {
        var half = all.Where(s => s.Hours >= all[^1].Hours / 2).ToList();
        var lines = Names.Select(
            (name, i) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {all[0].Values[i]:0.0} | {all[^1].Values[i]:0.0} | {all.Max(s => s.Values[i]):0.0} | {Slope(all, i):0.00} | {Slope(half, i):0.00} |"
                )
        );
        return "| | first | last | most | an hour | an hour, second half |\n|---|---:|---:|---:|---:|---:|\n" + string.Join('\n', lines);
    }

    private static double Slope(List<(double Hours, double[] Values)> samples, int i)
    {
        var (x, y) = (samples.Average(s => s.Hours), samples.Average(s => s.Values[i]));
        return samples.Sum(s => (s.Hours - x) * (s.Values[i] - y)) / samples.Sum(s => (s.Hours - x) * (s.Hours - x));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static async Task PauseAsync(double seconds, CancellationToken ct) =>
        await Task.Delay(TimeSpan.FromSeconds(seconds), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
