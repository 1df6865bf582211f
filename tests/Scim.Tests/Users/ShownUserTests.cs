using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

public class ShownUserTests
{
    private const string Enterprise = "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"";

    // leaves nobody's resource shorter, but is a choice, so that the answer is put together as a tree
    private const string AsTree = "excludedAttributes=x509Certificates";

    /// <summary>What follows the user name in the body.</summary>
    public static TheoryData<string> People =>
        new(
            "",
            ""","externalId":"x-1","displayName":"Ada Löve \"L\" </b>","active":false""",
            ""","name":{"givenName":"Ada"}""",
            ""","name":{"formatted":"Ms Ada","honorificPrefix":"Ms","middleName":"Ü","familyName":"Lovelace"}""",
            ""","emails":[{"value":"ada@work.example","type":"work","primary":true},{"value":"ada@home.example"}],"title":"Countess","locale":"en-GB","timezone":"Europe/London","nickName":"A\u2028\u00e4\t😀" """,
            """,{ENT}:{"employeeNumber":"7","department":"R&D","costCenter":"0"}""",
            """,{ENT}:{"employeeNumber":"7","manager":{"value":"nobody"}},"addresses":[{"type":"work","streetAddress":"1 Main\nStreet","primary":true}]""",
            ""","phoneNumbers":[{"value":"+1","type":"work"}],"ims":[{"value":"ada","type":"xmpp"}],"roles":[{"value":"x","primary":true}],"entitlements":[{"value":"y"}]"""
        );

    [Theory, MemberData(nameof(People))]
    public async Task A_resource_is_the_same_to_the_byte_whether_it_goes_out_as_it_lies_or_as_a_tree(string more)
    {
        await using var server = await DoorServer.StartAsync(Database.Sqlite);
        var id = await server.UserAsync("ada@example.com", more.Replace("{ENT}", Enterprise, StringComparison.Ordinal));
        await server.GroupAsync("All", id);
        await server.GroupAsync("Others & us", id);

        var straight = await server.SendAsync("GET", "/Users/" + id);
        Assert.Equal((200, 2), (straight.Status, straight.Json["groups"]!.AsArray().Count));
        Assert.Equal((await server.SendAsync("GET", $"/Users/{id}?{AsTree}")).Text, straight.Text);
        Assert.Equal((await server.SendAsync("GET", "/Users?" + AsTree)).Text, (await server.SendAsync("GET", "/Users")).Text);
    }

    [Theory, EachDatabase]
    public async Task A_page_holds_each_person_with_their_own_groups_and_tells_how_many_there_are(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await server.UserAsync($"u{i}@example.com", i == 2 ? $",{Enterprise}:{{\"manager\":{{\"value\":\"{ids[0]}\"}}}}" : ""));
        }

        ids.Sort(StringComparer.Ordinal);
        await server.GroupAsync("Odd", ids[1], ids[3]);
        await server.GroupAsync("High", ids[3], ids[4]);

        foreach (var query in new[] { "/Users?startIndex=2&count=3", "/Users?startIndex=2&count=3&" + AsTree })
        {
            var page = (await server.SendAsync("GET", query)).Json;
            Assert.Equal(
                (5, 2, 3),
                (page["totalResults"]!.GetValue<int>(), page["startIndex"]!.GetValue<int>(), page["itemsPerPage"]!.GetValue<int>())
            );
            Assert.Equal(
                [(ids[1], "Odd"), (ids[2], ""), (ids[3], "High Odd")],
                page["Resources"]!
                    .AsArray()
                    .Select(r =>
                        (
                            r!["id"]!.GetValue<string>(),
                            string.Join(
                                ' ',
                                (r["groups"]?.AsArray() ?? []).Select(g => g!["display"]!.GetValue<string>()).Order(StringComparer.Ordinal)
                            )
                        )
                    )
            );
        }

        Assert.Empty((await server.SendAsync("GET", "/Users?startIndex=6")).Json["Resources"]!.AsArray());
        Assert.Empty((await server.SendAsync("GET", "/Users?count=0")).Json["Resources"]!.AsArray());
    }
}
