using System.Diagnostics;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Servers;
using UserManagement.Identity.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>What an admin's pages, the search as one types and the export cost at two sizes of the workspace, from the request to the last byte.</summary>
internal static class PageSuite
{
    private const double MostMilliseconds = 150;
    private const double MostForSearch = 50;
    private const int WarmRounds = 10; // of three requests each
    private const double MostRatio = 1.3;
    private const double MostKilobytes = 100;

    private static readonly string[] Pages =
    [
        "members",
        "members?sort=-name",
        "members?sort=role",
        "members?sort=-status",
        "members?sort=seat",
        "members?sort=email",
        "members?sort=groups",
        "members?sort=-groups",
        "members?sort=-joined",
        "members?sort=-activity",
        "members?seat=with",
        "members?status=active&role=viewer",
        "members?group={large}",
        "members/{member}",
        "invitations",
        "invite",
        "groups",
        "groups/{large}",
        "seats/waiting",
        "seats/idle",
        "directory",
        "directory/log",
        "rules",
        "audit",
        "apps",
        "sign-in",
        "access",
        "settings",
        "api-keys",
        "webhooks",
        "access-reviews",
        "find?q=grace",
    ];

    // as somebody types: the beginning of very many, of many, of those at the end of the list, everybody's, two words, one person, their
    // address, nobody
    private static readonly string[] Searches = ["g", "grace", "mczim", "acme", "grace mcba", "{name}", "{name}@", "nobody-at-all"];

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        var large = options.Members ?? 1_000_000;
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        await using var few = await Filled.NewAsync(postgres, options.Small, options.Small / 2, isWithSmall: false);
        await using var many = await Filled.NewAsync(postgres, large, options.Group, isWithSmall: false);
        using var first = await ServerProcess.StartHostAsync(few.Database);
        using var second = await ServerProcess.StartHostAsync(many.Database);
        using var near = await SignInAsync(first, few);
        using var far = await SignInAsync(second, many);
        await SettleAsync(first);
        await SettleAsync(second);
        var table = new MarkdownTable(
            $"{kind}: a page",
            $"{Figures.Size(options.Small)} members, ms",
            $"{Figures.Size(large)}, ms",
            "ratio",
            $"at most {MostRatio}",
            "at most, ms",
            "",
            "KB",
            $"at most {MostKilobytes}"
        );
        await WarmAsync(options, few, many, near, far);
        foreach (var path in Pages)
        {
            await RowAsync(path, path, isFragment: false, MostMilliseconds);
        }

        foreach (var words in Searches)
        {
            await RowAsync(NameOf(words), PathOf(words), isFragment: true, MostForSearch);
        }

        Told.Now.Line(table);
        Told.Now.Line(await ExportAsync(kind, (near, few), (far, many)));
        Told.Now.Line(await PreviewMeasure.RunAsync(kind, (near, few), (far, many)));

        async Task RowAsync(string name, string path, bool isFragment, double most)
        {
            if (!options.Wants(name))
            {
                return;
            }

            var (one, _) = await MeasureAsync(near, In(path, few), isFragment, options.Rounds ?? 21);
            var (other, bytes) = await MeasureAsync(far, In(path, many), isFragment, options.Rounds ?? 21);
            table.Add(
                name,
                Figures.Number(one),
                Figures.Number(other),
                Figures.Number(other / one),
                Figures.Verdict(other / one, null, MostRatio),
                Figures.Number(most),
                Figures.Verdict(other, null, most),
                Figures.Number(bytes / 1024.0),
                Figures.Verdict(bytes / 1024.0, null, MostKilobytes)
            );
        }
    }

    /// <summary>
    /// Asks for everything that is measured some times: a server that has just started compiles what it runs for the first time.
    /// </summary>
    private static async Task WarmAsync(BenchOptions options, Filled few, Filled many, HttpClient near, HttpClient far)
    {
        for (var i = 0; i < WarmRounds; i++)
        {
            foreach (var path in Pages.Where(options.Wants))
            {
                await MeasureAsync(near, In(path, few), isFragment: false, rounds: 0);
                await MeasureAsync(far, In(path, many), isFragment: false, rounds: 0);
            }

            foreach (var path in Searches.Where(words => options.Wants(NameOf(words))).Select(PathOf))
            {
                await MeasureAsync(near, In(path, few), isFragment: true, rounds: 0);
                await MeasureAsync(far, In(path, many), isFragment: true, rounds: 0);
            }
        }
    }

    private static string NameOf(string search) => $"search \"{search}\"";

    private static string PathOf(string search) => "members?q=" + search.Replace(" ", "+", StringComparison.Ordinal);

    private static string In(string path, Filled filled) =>
        path.Replace("{large}", filled.Groups.Large, StringComparison.Ordinal)
            .Replace("{member}", filled.Main.People[filled.Main.People.Count / 2].Id, StringComparison.Ordinal)
            .Replace("{name}", filled.Main.People[filled.Main.People.Count / 2].UserName.Split('@')[0], StringComparison.Ordinal);

    /// <summary>Until a server has done what is to be done after so many came at once (sealing the audit log, for one), or some minutes.</summary>
    private static async Task SettleAsync(ServerProcess server)
    {
        var before = CpuMeter.Of(server.Id);
        for (int seconds = 0, quiet = 0; seconds < 300 && quiet < 5; seconds++)
        {
            await Task.Delay(1000);
            var now = CpuMeter.Of(server.Id);
            quiet = now - before < TimeSpan.FromMilliseconds(50) ? quiet + 1 : 0;
            before = now;
        }
    }

    private static async Task<HttpClient> SignInAsync(ServerProcess server, Filled filled)
    {
        var link = await new InviteAdmin(filled.Database.Store).RunAsync(
            Actor.Operator,
            filled.Main.Workspace.Id,
            "admin@bench.test",
            TimeSpan.FromHours(1),
            default
        );
        var opened = await new UseOneTimeLink(filled.Database.Store).RunAsync(link.Value, Browser.Unknown, default);
        var http = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(server.Url, $"/w/{filled.Main.Workspace.Slug}/"),
            Timeout = TimeSpan.FromMinutes(10),
        };
        http.DefaultRequestHeaders.Add("Cookie", $"{SessionCookie.Name}={opened.Value.Secret}");
        return http;
    }

    private static async Task<(double Milliseconds, long Bytes)> MeasureAsync(HttpClient http, string path, bool isFragment, int rounds)
    {
        List<double> times = [];
        long bytes = 0;
        for (var i = -3; i < rounds; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (isFragment)
            {
                request.Headers.Add("X-Fragment", "members");
            }

            var began = Stopwatch.GetTimestamp();
            using var answer = await http.SendAsync(request);
            var body = await answer.Content.ReadAsByteArrayAsync();
            var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if ((int)answer.StatusCode != 200)
            {
                throw new InvalidOperationException($"{path} was answered with {(int)answer.StatusCode}.");
            }

            bytes = body.Length;
            if (i >= 0)
            {
                times.Add(took);
            }
        }

        return (times.Count == 0 ? 0 : Figures.Median(times), bytes);
    }

    private static async Task<MarkdownTable> ExportAsync(Database kind, params (HttpClient Http, Filled Filled)[] sides)
    {
        var table = new MarkdownTable($"{kind}: members.csv", "members", "s", "microseconds a row", "MB");
        foreach (var (http, filled) in sides)
        {
            var began = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync("members.csv", HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            await using var body = await answer.Content.ReadAsStreamAsync();
            var buffer = new byte[64 * 1024];
            long bytes = 0;
            for (int read; (read = await body.ReadAsync(buffer)) > 0; bytes += read) { }

            var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
            table.Add(
                "",
                Figures.Size(filled.Main.Members),
                Figures.Number(took),
                Figures.Number(took * 1_000_000 / filled.Main.Members),
                Figures.Number(bytes / 1048576.0)
            );
        }

        return table;
    }
}
