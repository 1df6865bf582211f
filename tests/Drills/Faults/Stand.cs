using System.Diagnostics;
using System.Globalization;
using UserManagement.Drills.Servers;
using UserManagement.Testing;

namespace UserManagement.Drills.Faults;

/// <summary>What a run stands on: a database of its own and servers, which are started again at the same address.</summary>
internal sealed class Stand : IAsyncDisposable
{
    private static readonly string Script = Repository.At("tests", "Drills", "Faults", "postgres");
    private readonly List<RunningServer> _servers = [];
    private readonly string[] _settings;
    private readonly bool _hasPostgres;

    private Stand(Build build, string folder, string[] settings, bool hasPostgres) =>
        (Product, Folder, _settings, _hasPostgres) = (build, folder, settings, hasPostgres);

    /// <summary>The build on this database.</summary>
    public Build Product { get; }

    /// <summary>Where everything lies.</summary>
    public string Folder { get; }

    /// <summary>The servers that run.</summary>
    public IReadOnlyList<RunningServer> Servers => _servers;

    /// <summary>The workspace.</summary>
    public Access Access { get; private set; } = new("", "", "");

    /// <summary>Starts a database, a workspace and servers.</summary>
    /// <param name="build">The folder of the published build.</param>
    /// <param name="fault">What is to be run on it.</param>
    public static async Task<Stand> StartAsync(string build, Fault fault)
    {
        var folder = TestFolder.New();
        string? connection = null;
        if (fault.IsOnPostgres)
        {
            var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
            await RunAsync(Script, ["up", folder, port, .. fault.DiskMib is { } mib ? [Text(mib)] : Array.Empty<string>()]);
            connection = $"Host=127.0.0.1;Port={port};Database=um;Username=postgres{fault.Connection}";
            await RunAsync("psql", ["-h", "127.0.0.1", "-p", port, "-U", "postgres", "-d", "postgres", "-qc", "create database um"]);
        }

        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        if (!fault.IsOnPostgres && fault.DiskMib is { } size)
        {
            await RunAsync("mount", ["-t", "tmpfs", "-o", $"size={size}m", "tmpfs", data]);
        }

        var stand = new Stand(new(fault.Row, build, data, connection), folder, [.. fault.Settings], fault.IsOnPostgres);
        await stand.Product.MustAsync("migrate");
        stand.Access = await stand.Product.OpenAsync("acme", "licensed");
        for (var i = 0; i < fault.Servers; i++)
        {
            stand._servers.Add(await stand.Product.ServeAsync(stand._settings));
        }

        return stand;
    }

    /// <summary>Starts the server at this place anew, at the address that it had.</summary>
    /// <returns>How long until it was ready.</returns>
    public async Task<TimeSpan> StartAgainAsync(int at)
    {
        var clock = Stopwatch.StartNew();
        _servers[at] = await Product.ServeAtAsync(_servers[at].Url.GetLeftPart(UriPartial.Authority), _settings);
        return clock.Elapsed;
    }

    /// <summary>Does something to the database: an act of the script.</summary>
    public Task PostgresAsync(string act) => RunAsync(Script, [act, Folder]);

    /// <summary>Runs a program that must succeed.</summary>
    public static async Task RunAsync(string program, IEnumerable<string> words)
    {
        using var run = Process.Start(program, words);
        await run.WaitForExitAsync();
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', words)} ended with {run.ExitCode}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        if (_hasPostgres)
        {
            await PostgresAsync("down");
        }

        using var umount = Process.Start("sh", ["-c", $"! mountpoint -q {Product.Data} || umount -l {Product.Data}"]);
        await umount.WaitForExitAsync();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
