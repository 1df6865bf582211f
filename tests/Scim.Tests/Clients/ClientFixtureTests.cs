using System.Collections.Concurrent;
using System.Reflection;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace UserManagement.Scim.Tests.Clients;

/// <summary>Every fixture of a client against the real door, on both databases: one server each, a workspace per fixture.</summary>
public sealed class ClientFixtureTests(ClientFixtureTests.Servers servers) : IClassFixture<ClientFixtureTests.Servers>
{
    [Theory, EachClientFixture]
    public async Task The_client_gets_what_it_needs(Database kind, string name)
    {
        var fixture = ClientFixture.Read(name);
        var server = await servers.OfAsync(kind);
        var slug = servers.NextSlug();
        var (_, token) = await server.WorkspaceAsync(
            slug,
            c => c with { Scim = c.Scim with { Strict = fixture.Strict, UniqueGroupNames = fixture.UniqueGroupNames } }
        );
        await new Script(server, slug, token).PlayAsync(fixture.Script());
    }

    [Fact]
    public void Every_row_has_a_fixture_and_every_fixture_a_row()
    {
        var rows = ClientFixture.Rows.Select(r => r.Id).ToList();
        Assert.Equal(rows.Count, rows.Distinct(StringComparer.Ordinal).Count());
        var fixtures = ClientFixture.Names.Select(ClientFixture.Read).ToList();
        var covered = fixtures.SelectMany(f => f.RowIds).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(rows.Except(covered));
        Assert.Empty(covered.Except(rows));
        Assert.All(
            fixtures,
            f => Assert.True(f.Title.Length > 10 && f.Content["steps"]!.AsArray().Count > 0 && f.RowIds.Count > 0, f.Name)
        );
    }

    /// <summary>One server per database, started when first wanted.</summary>
    public sealed class Servers : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<Database, Lazy<Task<DoorServer>>> _servers = new();
        private int _slugs;

        /// <summary>The server of a database.</summary>
        public Task<DoorServer> OfAsync(Database kind) => _servers.GetOrAdd(kind, k => new(() => DoorServer.StartAsync(k))).Value;

        /// <summary>A workspace's name that nobody has.</summary>
        public string NextSlug() => $"client-{Interlocked.Increment(ref _slugs)}";

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            foreach (var server in _servers.Values)
            {
                await (await server.Value).DisposeAsync();
            }
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class EachClientFixtureAttribute : DataAttribute
    {
        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
            new([.. Enum.GetValues<Database>().SelectMany(kind => ClientFixture.Names.Select(name => new TheoryDataRow(kind, name)))]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
