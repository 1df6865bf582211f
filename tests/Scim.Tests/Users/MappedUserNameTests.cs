using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

/// <summary>The user name is taken from the work address: the workspace sees that, and the directory what it sent.</summary>
public class MappedUserNameTests
{
    private const string User = "urn:ietf:params:scim:schemas:core:2.0:User";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_workspace_knows_people_by_the_mapped_name_and_the_directory_by_the_one_it_sent(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        await MapAsync(server, [new() { UserNameFrom = "emails.work", EmailFrom = "userName" }]);
        var made = await server.SendAsync("POST", "/Users", Body("ada", "ada.lovelace@corp.example"));
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal("ada", made.Json["userName"]!.GetValue<string>());
        var id = made.Json["id"]!.GetValue<string>();
        Assert.Equal(("ada.lovelace@corp.example", "ada", "ada"), await NamesAsync(server, id));

        // it is found and read by what was sent, alone and with something beside it
        foreach (var filter in (string[])["userName eq \"ADA\"", "userName eq \"ada\" and active eq true"])
        {
            var found = await server.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString(filter));
            Assert.Equal((1, "ada"), (Total(found.Json), found.Json["Resources"]![0]!["userName"]!.GetValue<string>()));
        }

        Assert.Equal("ada", (await server.SendAsync("GET", "/Users/" + id)).Json["userName"]!.GetValue<string>());
        Assert.Equal("uniqueness", (await server.SendAsync("POST", "/Users", Body("ADA", "other@corp.example"))).ScimType);
        Assert.Equal("uniqueness", (await server.SendAsync("POST", "/Users", Body("eve", "Ada.Lovelace@corp.example"))).ScimType);

        // without a value the person is refused with a sentence, and nothing is made of them
        var without = await server.SendAsync("POST", "/Users", $$"""{"schemas":["{{User}}"],"userName":"bob"}""");
        Assert.Equal((400, "invalidValue"), (without.Status, without.ScimType));
        Assert.Contains("is taken from emails.work here, and this person has none", without.Text, StringComparison.Ordinal);

        // what is sent again changes nothing; another address moves the name here, and not there
        var same = await server.SendAsync("PUT", "/Users/" + id, Body("ada", "ada.lovelace@corp.example"));
        Assert.Equal(made.Json["meta"]!["version"]!.GetValue<string>(), same.Json["meta"]!["version"]!.GetValue<string>());
        var moved = await server.SendAsync(
            "PATCH",
            "/Users/" + id,
            """
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"ada@new.example"}]}
            """
        );
        Assert.Equal((200, "ada"), (moved.Status, moved.Json["userName"]!.GetValue<string>()));
        Assert.Equal(("ada@new.example", "ada", "ada"), await NamesAsync(server, id));

        // taken back, the person is still found by what was sent, and takes that name at the directory's next word
        await MapAsync(server, null);
        Assert.Equal(1, Total((await server.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString("userName eq \"ada\""))).Json));
        Assert.Equal("uniqueness", (await server.SendAsync("POST", "/Users", Body("ada", "x@corp.example"))).ScimType);
        await server.SendAsync("PUT", "/Users/" + id, Body("ada", "ada@new.example"));
        Assert.Equal(("ada", null, "ada@new.example"), await NamesAsync(server, id));
        Assert.Empty(await new VerifyCounters(server.Store).RunAsync(Ct));
    }

    [Theory, EachDatabase]
    public async Task A_mapping_is_tried_on_the_last_people_and_not_saved_where_one_of_them_would_be_refused(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        foreach (var name in (string[])["ada", "bob"])
        {
            Assert.Equal(201, (await server.SendAsync("POST", "/Users", Body(name, $"{name}@corp.example"))).Status);
        }

        Assert.Equal(201, (await server.SendAsync("POST", "/Users", Body("eve", "BOB@corp.example"))).Status);
        Assert.Equal(201, (await server.SendAsync("POST", "/Users", $$"""{"schemas":["{{User}}"],"userName":"none"}""")).Status);
        await server.Provisioning.FlushAsync(true, Ct);
        DirectoryMapping[] mappings = [new() { UserNameFrom = "emails.work" }];
        var trials = (await new TryMapping(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, mappings, Ct)).Value;
        Assert.Equal(
            ["ada: ada@corp.example ", "bob:  userNameTaken", "eve:  userNameTaken", "none:  invalidUserName"],
            trials.Select(t => $"{t.Member.UserName}: {t.UserName} {t.Refusal?.Code}").Order(StringComparer.Ordinal)
        );
        var refused = await ChangeAsync(server, mappings);
        Assert.Equal(("mappingRefused", "scim.mappings"), (refused.Refusal?.Code, refused.Refusal?.Field));
        Assert.Equal("invalidScim", (await ChangeAsync(server, [new() { UserNameFrom = "no such thing" }])).Refusal?.Code);
        Assert.True((await ChangeAsync(server, [new() { UserNameFrom = "userName", EmailFrom = "userName" }])).Done);
    }

    private static string Body(string userName, string mail) =>
        $$"""
            {"schemas":["{{User}}"],"userName":"{{userName}}","active":true,
            "emails":[{"value":"{{mail}}","type":"work","primary":true}]}
            """;

    private static int Total(System.Text.Json.Nodes.JsonNode list) => list["totalResults"]!.GetValue<int>();

    private static async Task MapAsync(DoorServer server, IReadOnlyList<DirectoryMapping>? mappings) =>
        Assert.True((await ChangeAsync(server, mappings)).Done);

    private static async Task<Membership.Outcome<WorkspaceContext>> ChangeAsync(
        DoorServer server,
        IReadOnlyList<DirectoryMapping>? mappings
    )
    {
        await using var db = server.Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, server.Workspace.Id, Ct))!;
        var wanted = now.Configuration with { Scim = now.Configuration.Scim with { Mappings = mappings } };
        return await new ChangeConfiguration(server.Store).RunAsync(Actor.Operator, now.Id, null, wanted, Ct);
    }

    private static async Task<(string, string?, string?)> NamesAsync(DoorServer server, string id)
    {
        await using var db = server.Store.Read();
        Assert.True(Id<Member>.TryParse(id, out var member));
        var row = await db.Members.AsNoTracking().SingleAsync(m => m.Id == member, Ct);
        return (row.UserName, row.SentUserName, row.Email);
    }
}
