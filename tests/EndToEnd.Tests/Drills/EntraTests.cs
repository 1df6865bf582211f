using System.Globalization;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>The built server, and a directory as Entra's provisioning service behaves: two cycles, in both of its dialects.</summary>
public sealed class EntraTests
{
    [Theory]
    [EachDatabase("legacy")]
    [EachDatabase("scim")]
    public async Task Two_cycles_of_200_people_and_20_groups_end_with_everything_as_expected(Database kind, string dialect)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = new HostProcess(database);
        var token = await server.TokenAsync("acme");
        await server.StartAsync();

        using var report = new StringWriter(CultureInfo.InvariantCulture);
        var code = await SimulateCommand.RunAsync(
            ["entra", "--url", server.Url + "/scim/v2/acme", "--token", token, "--users", "200", "--groups", "20", "--dialect", dialect, "--seed", "12"], report, report, default);

        Assert.True(code == 0, report.ToString());
        Assert.Contains("0 refused", report.ToString(), StringComparison.Ordinal);
        var verified = await server.RunAsync("verify");
        Assert.True(verified.Code == 0, verified.Printed);
    }
}
