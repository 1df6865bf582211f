using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>
/// The built server on a database of its own, for drills that need a process. What is no part of the drill is done here, by acts of
/// the core: each verb of the command line would be another process.
/// </summary>
internal sealed class BuiltServer : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private BuiltServer(TestDatabase database) => (_database, Process) = (database, new(database));

    /// <summary>The process.</summary>
    public HostProcess Process { get; }

    /// <summary>The store of its database, for what is no part of the drill and for looking at what became of it.</summary>
    public Store Store => field ??= _database.Store();

    /// <summary>Starts it.</summary>
    public static async Task<BuiltServer> StartAsync(Database kind)
    {
        var server = new BuiltServer(await TestDatabase.NewAsync(kind));
        await server.Process.StartAsync();
        return server;
    }

    /// <summary>
    /// A workspace in the seats preset: where its directory calls, and with which token. On SQLite a first start made <c>acme</c> already.
    /// </summary>
    public async Task<(string Scim, string Token)> WorkspaceAsync(string slug)
    {
        var workspace = (await new CreateWorkspace(Store).RunAsync(Actor.Operator, new(slug, slug, "seats"), default)).Value;
        var token = (await new CreateScimCredential(Store).RunAsync(Actor.Operator, workspace.Id, "drill", null, default)).Value.Token;
        return ($"{Process.Url}/scim/v2/{slug}", token);
    }

    /// <summary>Fails where a count does not agree with its rows, or a token stands in the log.</summary>
    public async Task AgreesAsync(params string[] tokens)
    {
        Assert.Empty(await new VerifyCounters(Store).RunAsync(default));
        Assert.Empty(SecretScan.Find(Process.Output + Process.Error, tokens));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await _database.DisposeAsync();
    }
}
