using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Docs;

public class DocsPageTests
{
    [Fact]
    public async Task Anybody_can_read_how_to_connect_and_what_each_attribute_means_and_no_secret_is_on_the_page()
    {
        await using var server = await DoorServer.StartAsync(Database.Sqlite);
        using var answer = await server.Client.GetAsync("/docs", TestContext.Current.CancellationToken);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.StartsWith("text/html", answer.Content.Headers.ContentType?.ToString(), StringComparison.Ordinal);
        foreach (
            var word in new[]
            {
                "Microsoft Entra ID",
                "Okta",
                $"{DoorServer.PublicUrl}/scim/v2/WORKSPACE",
                "userName",
                "emails.value",
                "manager.displayName",
                "members.$ref",
                "</html>",
            }
        )
        {
            Assert.Contains(word, page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(server.Token, page, StringComparison.Ordinal);
        Assert.DoesNotContain("acme", page, StringComparison.Ordinal);
    }
}
