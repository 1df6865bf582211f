using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

/// <summary>
/// A client that reads, changes nothing and puts back (RFC 7644 section 3.5.1), by the letter: all that is shown is taken again.
/// </summary>
public class EchoTests
{
    private const string Everything = """
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
         "userName":"Ada@example.com","externalId":"A-1","displayName":"Ada","title":"Dr","active":false,"profileUrl":"https://x.example/ada","locale":"en-GB",
         "name":{"formatted":"Ada L","givenName":"Ada","familyName":"L","middleName":"K","honorificPrefix":"Lady","honorificSuffix":"I"},
         "emails":[{"value":"w@x.example","type":"work","primary":true,"display":"W"},{"value":"w@x.example","type":"home"}],
         "addresses":[{"type":"work","streetAddress":"1 A St","country":"GB","primary":true}],
         "phoneNumbers":[{"value":"tel:+1","type":"work"}],"photos":[{"value":"https://x.example/p.png","type":"photo"}],
         "roles":[{"value":"r"}],"entitlements":[{"value":"e","display":"E"}],"x509Certificates":[{"value":"QUJD"}],
         "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"7","department":"D","manager":{"value":"{boss}"}}}
        """;

    [Theory, EachDatabase]
    public async Task What_was_read_can_be_put_back_and_nothing_has_changed(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, c => c with { Scim = c.Scim with { Strict = true } });
        var boss = await server.UserAsync("boss@example.com");
        var made = await server.SendAsync("POST", "/Users", Everything.Replace("{boss}", boss, StringComparison.Ordinal));
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal(made.Header("Location"), made.Json["meta"]!["location"]!.GetValue<string>());
        Assert.Equal(made.Header("ETag"), made.Json["meta"]!["version"]!.GetValue<string>());
        var ada = "/Users/" + made.Json["id"]!.GetValue<string>();
        var crew = "/Groups/" + await server.GroupAsync("Crew", boss, ada["/Users/".Length..]);
        foreach (var path in new[] { ada, crew })
        {
            var read = await server.SendAsync("GET", path);
            var back = await server.SendAsync(
                "PUT",
                path,
                read.Text,
                r => r.Headers.TryAddWithoutValidation("If-Match", read.Header("ETag"))
            );
            Assert.True((200, read.Text) == (back.Status, back.Text), back.Text);
            Assert.Equal(read.Header("ETag"), back.Header("ETag"));
        }
    }
}
