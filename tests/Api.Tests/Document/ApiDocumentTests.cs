using System.Text.Json;
using UserManagement.Api.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Document;

/// <summary>
/// The OpenAPI document against its golden file, so that every change of the door's surface is seen in a review. To renew
/// the file: <c>USERMANAGEMENT_TEST_RENEW=1 dotnet run --project tests/Api.Tests -- --filter-class "*ApiDocumentTests"</c>.
/// </summary>
public class ApiDocumentTests
{
    private const string Golden = "tests/Api.Tests/Document/openapi.json";

    [Fact]
    public async Task The_document_is_the_golden_file_and_hangs_together()
    {
        await using var site = await ApiSite.StartAsync(Database.Sqlite);
        using var nobody = new ApiClient(site.Server, null);
        var document = (await nobody.GetAsync("openapi.json")).Text;
        if (Environment.GetEnvironmentVariable("USERMANAGEMENT_TEST_RENEW") is "1")
        {
            await File.WriteAllTextAsync(Repository.At(Golden), document);
        }

        var root = JsonElement.Parse(document);
        var operations = root.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()).ToList();
        Assert.Equal(operations.Count, operations.Select(o => o.Value.GetProperty("operationId").GetString()).Distinct().Count());
        Assert.All(operations, o => Assert.NotEqual("", o.Value.GetProperty("summary").GetString()));
        foreach (var reference in document.Split("\"$ref\": \"#/").Skip(1).Select(r => r.Split('"')[0]).Distinct())
        {
            var at = root;
            Assert.True(reference.Split('/').All(step => at.TryGetProperty(step, out at)), reference);
        }

        // a program shows a key or a token by client credentials (RFC 6749 section 4.4); what is for people names neither
        var flow = root.GetProperty("components").GetProperty("securitySchemes").GetProperty("oauth2").GetProperty("flows");
        var credentials = Assert.Single(flow.EnumerateObject());
        Assert.Equal("clientCredentials", credentials.Name);
        Assert.Equal("/connect/token", credentials.Value.GetProperty("tokenUrl").GetString());
        Assert.Equal(["api", "scim"], credentials.Value.GetProperty("scopes").EnumerateObject().Select(s => s.Name).Order());
        Assert.Contains(
            root.GetProperty("security").EnumerateArray(),
            s => s.TryGetProperty("oauth2", out var scopes) && scopes.EnumerateArray().Single().GetString() == "api"
        );

        var (wanted, now) = ((await File.ReadAllTextAsync(Repository.At(Golden))).Split('\n'), document.Split('\n'));
        var differ = Enumerable
            .Range(0, Math.Max(wanted.Length, now.Length))
            .Where(i => wanted.ElementAtOrDefault(i) != now.ElementAtOrDefault(i))
            .Take(20)
            .Select(i => $"{i + 1}: - {wanted.ElementAtOrDefault(i)}\n{i + 1}: + {now.ElementAtOrDefault(i)}")
            .ToList();
        Assert.True(
            differ.Count == 0,
            "The document differs from its golden file; this class says how to renew it.\n" + string.Join('\n', differ)
        );
    }
}
