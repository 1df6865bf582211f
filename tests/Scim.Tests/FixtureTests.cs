using System.Reflection;
using UserManagement.Scim.Tests.Clients;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace UserManagement.Scim.Tests;

/// <summary>
/// Every file in <c>Fixtures/</c> is a conversation with one client, played on both databases: one server each, a workspace per file.
/// </summary>
public sealed class FixtureTests(ClientFixtureTests.Servers servers) : IClassFixture<ClientFixtureTests.Servers>
{
    [Theory, EachFixture]
    public async Task The_conversation_goes_as_written(Database kind, string name)
    {
        var fixture = Script.Read(name);
        var strict = fixture["strict"]?.GetValue<bool>() == true;
        var server = await servers.OfAsync(kind);
        var slug = servers.NextSlug();
        var (_, token) = await server.WorkspaceAsync(slug, c => c with { Scim = c.Scim with { Strict = strict } });
        await new Script(server, slug, token).PlayAsync(fixture);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class EachFixtureAttribute : DataAttribute
    {
        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
            new([.. Script.Names.SelectMany(name => Enum.GetValues<Database>().Select(kind => new TheoryDataRow(kind, name)))]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
