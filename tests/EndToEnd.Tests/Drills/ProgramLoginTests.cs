using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>Directories that are set up with client id and secret in place of a token that lasts.</summary>
public sealed class ProgramLoginTests
{
    [Theory, EachDatabase]
    public async Task Entra_and_Okta_provision_with_tokens_of_their_own(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(database);
        var workspace = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        var settings = new ClientSettings
        {
            ClientName = "Directory",
            AllowClientCredentials = true,
            AllowedScopes = [AppScopeNames.Scim],
        };
        var made = (await new CreateClient(server.Store).RunAsync(Actor.Operator, workspace.Id, "directory", settings, default)).Value;
        var seed = 40;
        foreach (var directory in (string[])["entra", "okta"])
        {
            using var report = new StringWriter(CultureInfo.InvariantCulture);
            var code = await SimulateCommand.RunAsync(
                [
                    directory,
                    "--url",
                    new Uri(server.PublicUrl, "/scim/v2/acme").ToString(),
                    "--token-url",
                    new Uri(server.PublicUrl, "/connect/token").ToString(),
                    "--client-id",
                    "directory",
                    "--client-secret",
                    made.Secret!,
                    "--users",
                    "20",
                    "--groups",
                    "3",
                    "--seed",
                    $"{++seed}",
                ],
                report,
                report,
                default
            );
            Assert.True(code == 0, $"{directory}: {report}");
        }

        Assert.Empty(await new VerifyCounters(server.Store).RunAsync(default));
        Assert.DoesNotContain(made.Secret!, server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(ProgramToken.Prefix, server.Log, StringComparison.Ordinal);
    }
}
