using System.Globalization;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>The built server, and a directory as Entra's provisioning service behaves: two cycles, in both of its dialects.</summary>
public sealed class EntraTests
{
    [Theory]
    [EachDatabase]
    [Shows("B-01", "B-02")]
    public async Task Two_cycles_of_a_hundred_people_and_their_groups_end_with_everything_as_expected(Database kind)
    {
        await using var server = await BuiltServer.StartAsync(kind);
        List<string> tokens = [];
        foreach (var dialect in (string[])["legacy", "scim"])
        {
            var (scim, token) = await server.WorkspaceAsync(dialect);
            tokens.Add(token);
            using var report = new StringWriter(CultureInfo.InvariantCulture);
            var code = await SimulateCommand.RunAsync(
                ["entra", "--url", scim, "--token", token, "--users", "100", "--groups", "12", "--dialect", dialect, "--seed", "12"],
                report,
                report,
                default
            );

            Assert.True(code == 0, $"{dialect}: {report}");
            Assert.Contains("0 refused", report.ToString(), StringComparison.Ordinal);
        }

        await server.AgreesAsync([.. tokens]);
    }
}
