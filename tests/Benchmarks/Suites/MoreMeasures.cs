using System.Text.Json;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>What has no ceiling but a promise: deep pages, large groups, and a working day of forty directories.</summary>
internal static class MoreMeasures
{
    private const int PagesOfCrawl = 50;

    public static async Task RunAsync(BenchOptions options, Database kind, CeilingSide small, CeilingSide large)
    {
        var table = new MarkdownTable($"{kind}: measure", "this", "that", "ratio", "promise", "kept");
        if (options.Wants("crawl by startIndex"))
        {
            await CrawlAsync(table, large, options);
        }

        if (options.Wants("last page by cursor"))
        {
            await CursorAsync(table, large, options);
        }

        if (options.Wants("group"))
        {
            await GroupsAsync(table, large, options);
        }

        if (options.Wants("working day"))
        {
            await WorkingDayAsync(table, small, options);
            await WorkingDayAsync(table, large, options);
        }

        Told.Now.Line(table);
    }

    /// <summary>Pages in their order, as a directory asks for them: the last fifty against the first fifty.</summary>
    private static async Task CrawlAsync(MarkdownTable table, CeilingSide side, BenchOptions options)
    {
        var lastStart = Math.Max(1, side.Filled.Main.Members - (PagesOfCrawl * 100));
        List<double> first = [],
            last = [];
        for (var round = 0; round < (options.Rounds ?? 3); round++)
        {
            first.Add(await CrawlAsync(1));
            last.Add(await CrawlAsync(lastStart));
        }

        var ratio = Figures.Median(first.Zip(last, (f, l) => l / f));
        table.Add(
            "crawl by startIndex: ms a page, last 50 pages against the first 50",
            Figures.Number(Figures.Median(last)),
            Figures.Number(Figures.Median(first)),
            Figures.Number(ratio),
            "2",
            Figures.Verdict(ratio, null, 2)
        );

        async Task<double> CrawlAsync(int start)
        {
            var page = 0;
            var result = await CountAsync(side.Host, PagesOfCrawl, () => side.HostRequests.Page(start + (100 * page++)));
            return result.Percent(50).TotalMilliseconds;
        }
    }

    /// <summary>Walks to the last page by cursor (RFC 9865) and measures it against the first.</summary>
    private static async Task CursorAsync(MarkdownTable table, CeilingSide side, BenchOptions options)
    {
        var cursor = "";
        using (var wire = await HttpWire.OpenAsync(side.Host.Url))
        {
            while (true)
            {
                var (_, body) = await wire.SendAsync(side.HostRequests.PageByCursor(cursor));
                using var json = JsonDocument.Parse(body);
                if (!json.RootElement.TryGetProperty("nextCursor", out var next) || next.GetString() is not { Length: > 0 } found)
                {
                    break;
                }

                cursor = found;
            }
        }

        if (cursor.Length == 0)
        {
            table.Add("last page by cursor against the first", "-", "-", "-", "1.2", "the server offers no cursor yet");
            return;
        }

        List<double> first = [],
            last = [];
        for (var round = 0; round < (options.Rounds ?? 3); round++)
        {
            first.Add((await CountAsync(side.Host, PagesOfCrawl, () => side.HostRequests.PageByCursor(""))).Percent(50).TotalMilliseconds);
            last.Add(
                (await CountAsync(side.Host, PagesOfCrawl, () => side.HostRequests.PageByCursor(cursor))).Percent(50).TotalMilliseconds
            );
        }

        var ratio = Figures.Median(first.Zip(last, (f, l) => l / f));
        table.Add(
            "ms of the last page by cursor against the first",
            Figures.Number(Figures.Median(last)),
            Figures.Number(Figures.Median(first)),
            Figures.Number(ratio),
            "1.2",
            Figures.Verdict(ratio, null, 1.2)
        );
    }

    private static async Task GroupsAsync(MarkdownTable table, CeilingSide side, BenchOptions options)
    {
        var (large, small) = side.Filled.Groups;
        var size = Figures.Size(Math.Min(options.Group, side.Filled.Main.Members * 9 / 10));
        await AgainstAsync(
            $"add or remove one member: ms, group of {size} against one of 10",
            1.2,
            20,
            group => side.HostRequests.MoveInGroup(group)
        );
        await AgainstAsync(
            $"GET group without members: ms, group of {size} against one of 10",
            1.1,
            null,
            group => side.HostRequests.GroupWithoutMembers(group)
        );

        async Task AgainstAsync(string name, double most, double? mostP99, Func<string, ReadOnlyMemory<byte>> next)
        {
            List<LoadResult> ofLarge = [],
                ofSmall = [];
            for (var round = -1; round < (options.Rounds ?? 3); round++)
            {
                var (one, other) = (
                    await CountAsync(side.Host, 200, () => next(large)),
                    await CountAsync(side.Host, 200, () => next(small))
                );
                if (round >= 0)
                {
                    ofLarge.Add(one);
                    ofSmall.Add(other);
                }
            }

            var ratio = Figures.Median(ofLarge.Zip(ofSmall, (l, s) => l.Percent(50) / s.Percent(50)));
            table.Add(
                name,
                Figures.Number(Figures.Median(ofLarge.Select(r => r.Percent(50).TotalMilliseconds))),
                Figures.Number(Figures.Median(ofSmall.Select(r => r.Percent(50).TotalMilliseconds))),
                Figures.Number(ratio),
                Figures.Number(most),
                Figures.Verdict(ratio, null, most)
            );
            if (mostP99 is { } limit)
            {
                var p99 = Figures.Median(ofLarge.Select(r => r.Percent(99).TotalMilliseconds));
                table.Add(
                    $"  its p99 in ms, group of {size}",
                    Figures.Number(p99),
                    "",
                    "",
                    Figures.Number(limit),
                    Figures.Verdict(p99, null, limit)
                );
            }
        }
    }

    private static async Task WorkingDayAsync(MarkdownTable table, CeilingSide side, BenchOptions options)
    {
        const double perSecond = 40 * 25;
        var length = TimeSpan.FromSeconds(options.Seconds * 3);
        await Load.OpenAsync(side.Host, side.HostRequests.Mixed, perSecond, 100, TimeSpan.FromSeconds(2));
        var result = await Load.OpenAsync(side.Host, side.HostRequests.Mixed, perSecond, 100, length);
        var p99 = result.Percent(99).TotalMilliseconds;
        table.Add(
            $"working day, 40 x 25 requests/s beside {Figures.Size(side.Filled.Main.Members)} members: p99 in ms, then p50",
            Figures.Number(p99),
            Figures.Number(result.Percent(50).TotalMilliseconds),
            "",
            "50",
            Figures.Verdict(p99, null, 50)
        );
        table.Add(
            "  requests/s reached, then wrong answers",
            Figures.Number(result.PerSecond),
            Figures.Number(result.Errors),
            "",
            "0 wrong",
            result.Errors == 0 ? "yes" : "NO " + result.FirstError
        );
    }

    /// <summary>One caller, so many requests.</summary>
    private static async Task<LoadResult> CountAsync(Target target, int count, Func<ReadOnlyMemory<byte>> next)
    {
        using var wire = await HttpWire.OpenAsync(target.Url);
        var latencies = new List<TimeSpan>(count);
        for (var i = 0; i < count; i++)
        {
            var request = next();
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            var (status, body) = await wire.SendAsync(request);
            latencies.Add(System.Diagnostics.Stopwatch.GetElapsedTime(began));
            if (status is < 200 or > 299)
            {
                throw new InvalidOperationException($"The server answered {status} {System.Text.Encoding.UTF8.GetString(body.Span)}");
            }
        }

        return new([.. latencies.Order()], 0, TimeSpan.Zero, TimeSpan.Zero, null);
    }
}
