using System.Diagnostics;
using System.Text;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Servers;

namespace UserManagement.Benchmarks.Suites;

/// <summary>One size of database with the product and the ceiling on it, each a process.</summary>
internal sealed class CeilingSide : IAsyncDisposable
{
    private readonly ServerProcess _host;
    private readonly ServerProcess _bare;

    private CeilingSide(Filled filled, ServerProcess host, ServerProcess bare, DurablePostgres? postgres, int workers)
    {
        Filled = filled;
        _host = host;
        _bare = bare;
        Host = new(host.Url, () => CpuMeter.Of(host.Id) + Database());
        Bare = new(bare.Url, () => CpuMeter.Of(bare.Id) + Database());
        HostRequests = new(filled, workers);
        BareRequests = new(filled, workers);

        TimeSpan Database() => postgres is null ? TimeSpan.Zero : CpuMeter.OfFamily(postgres.Postmaster);
    }

    public Filled Filled { get; }

    public Target Host { get; }

    public Target Bare { get; }

    public ScimRequests HostRequests { get; }

    public ScimRequests BareRequests { get; }

    public static async Task<CeilingSide> NewAsync(DurablePostgres? postgres, int members, int group, BenchOptions options)
    {
        var began = Stopwatch.GetTimestamp();
        var filled = await Filled.NewAsync(postgres, members, group, isWithSmall: true);
        Told.Step($"{Figures.Size(members)} members seeded in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        return new(
            filled,
            await ServerProcess.StartHostAsync(filled.Database),
            await ServerProcess.StartBareAsync(filled.Database, filled.Workspaces),
            postgres,
            options.Workers
        );
    }

    /// <summary>Whether both answer the same bytes for one person, apart from their own address.</summary>
    public async Task<string> CompareAnswersAsync()
    {
        var request = ScimRequests.Get(Filled.Main.Workspace, $"/Users/{Filled.Main.People[0].Id}");
        var (host, bare) = (await TextAsync(Host, request), await TextAsync(Bare, request));
        return host == bare ? $"the same {host.Length} bytes from both" : $"they differ\n  server:  {host}\n  ceiling: {bare}";
    }

    /// <summary>The answer as text; the server's own address is written as *.</summary>
    public static async Task<string> TextAsync(Target target, ReadOnlyMemory<byte> request)
    {
        using var wire = await HttpWire.OpenAsync(target.Url);
        var (_, body) = await wire.SendAsync(request);
        return Encoding.UTF8.GetString(body.Span).Replace(target.Url.GetLeftPart(UriPartial.Authority), "*", StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        _bare.Dispose();
        return Filled.DisposeAsync();
    }
}
