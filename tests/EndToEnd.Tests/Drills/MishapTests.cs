using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>What goes wrong at a directory, played against the host with a breaker: what is held is as the directory may expect it.</summary>
public sealed class MishapTests
{
    [Theory]
    [EachDatabase]
    public async Task Every_scenario_finds_nothing_wrong_and_leaves_what_the_breaker_holds(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(database);
        var workspace = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        var wanted = workspace.Configuration with { Scim = workspace.Configuration.Scim with { Hold = new() { People = 2 } } };
        Assert.True((await new ChangeConfiguration(server.Store).RunAsync(Actor.Operator, workspace.Id, null, wanted, default)).Done);
        foreach (var directory in (string[])["entra --dialect scim --seed 31", "okta --app custom --seed 32"])
        {
            var token = (
                await new CreateScimCredential(server.Store).RunAsync(Actor.Operator, workspace.Id, directory, null, default)
            ).Value;
            foreach (var scenario in (string[])["rename-storm", "wrong-mapping --go-on", "group-emptied --go-on", "mass-leave --go-on"])
            {
                using var report = new StringWriter(CultureInfo.InvariantCulture);
                string[] where = ["--url", new Uri(server.PublicUrl, "/scim/v2/acme").ToString(), "--token", token.Token];
                string[] size = ["--users", "12", "--groups", "3", "--share", "50"];
                var code = await SimulateCommand.RunAsync(
                    [.. directory.Split(' '), .. where, .. size, "--scenario", .. scenario.Split(' ')],
                    report,
                    report,
                    default
                );
                Assert.True(code == 0, $"{directory} {scenario}\n{report}");
            }
        }

        var held = (await new ListHeld(server.Store).SummaryAsync(Actor.Operator, workspace.Id, default)).Value;
        Assert.Equal(8, held.People); // of twice six who left two each went
        Assert.NotEmpty(held.Groups);
        Assert.Empty(await new VerifyCounters(server.Store).RunAsync(default));
    }
}
