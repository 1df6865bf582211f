using System.Text;
using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

/// <summary>Attributes that a workspace defines itself: an extension of the User as any other (RFC 7643 section 3.3).</summary>
public class CustomAttributeTests
{
    private const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string Urn = "urn:ietf:params:scim:schemas:extension:contoso:2.0:User";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly CustomAttribute[] Attributes =
    [
        new() { Name = "shift", Description = "When the person works." },
        new() { Name = "badge", Type = CustomType.WholeNumber },
        new() { Name = "sites", Several = true },
        new() { Name = "remote", Type = CustomType.Boolean },
    ];

    [Theory, EachDatabase]
    public async Task They_are_listed_kept_shown_filtered_and_mapped(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var made = await server.SendAsync("POST", "/Users", Body("early", "\"shift\":\"night\""));
        Assert.Equal(201, made.Status);
        Assert.Null(made.Json[Urn]); // before anybody defined it nobody keeps it
        Assert.Equal(404, (await server.SendAsync("GET", "/Schemas/" + Urn)).Status);

        Assert.True((await ChangeAsync(server, s => s with { Attributes = Attributes, AttributeSchema = Urn })).Done);
        var schema = (await server.SendAsync("GET", "/Schemas/" + Urn)).Json;
        Assert.Equal(
            ["shift:string:False", "badge:integer:False", "sites:string:True", "remote:boolean:False"],
            schema["attributes"]!.AsArray().Select(a => $"{a!["name"]}:{a["type"]}:{(bool)a["multiValued"]!}")
        );
        Assert.Contains(Urn, (await server.SendAsync("GET", "/Schemas")).Text, StringComparison.Ordinal);
        var type = (await server.SendAsync("GET", "/ResourceTypes/User")).Json;
        Assert.Contains(type["schemaExtensions"]!.AsArray(), e => (string)e!["schema"]! == Urn && !(bool)e["required"]!);
        Assert.DoesNotContain(Urn, (await server.SendAsync("GET", "/ResourceTypes/Group")).Text, StringComparison.Ordinal);

        // kept and shown whatever the case of the names, with the types of the schema
        made = await server.SendAsync(
            "POST",
            "/Users",
            Body("ada", "\"SHIFT\":\"night\",\"badge\":\"12\",\"sites\":[\"Oslo\",\"Rome\"],\"remote\":\"True\",\"unknown\":1")
        );
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal("""{"shift":"night","badge":12,"sites":["Oslo","Rome"],"remote":true}""", made.Json[Urn]!.ToJsonString());
        Assert.Contains(Urn, made.Json["schemas"]!.AsArray().Select(s => (string)s!));
        var id = (string)made.Json["id"]!;
        var read = (await server.SendAsync("GET", "/Users/" + id)).Json;
        Assert.True(JsonNode.DeepEquals(made.Json[Urn], read[Urn]));
        Assert.Equal("invalidValue", (await server.SendAsync("POST", "/Users", Body("bob", "\"badge\":\"many\""))).ScimType);

        // found by them, alone and beside what an index serves; shown alone; left out
        foreach (
            var filter in (string[])
                [
                    $"{Urn}:shift eq \"NIGHT\"",
                    $"{Urn}:badge gt 11 and {Urn}:remote eq true",
                    $"userName eq \"ada\" and {Urn}:sites eq \"Rome\"",
                    $"{Urn}:shift pr",
                ]
        )
        {
            var found = await server.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString(filter));
            Assert.True(found.Status == 200 && (int)found.Json["totalResults"]! == 1, $"{filter}: {found.Text}");
            Assert.Equal(id, (string)found.Json["Resources"]![0]!["id"]!);
        }

        var alone = (await server.SendAsync("GET", $"/Users/{id}?attributes={Urn}:badge")).Json;
        Assert.Equal("""{"badge":12}""", alone[Urn]!.ToJsonString());
        Assert.Null((await server.SendAsync("GET", $"/Users/{id}?excludedAttributes={Urn}")).Json[Urn]);

        // changed as Entra does it, with the URN in the path and in the value
        var patched = await server.SendAsync(
            "PATCH",
            "/Users/" + id,
            $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
              {"op":"Replace","path":"{{Urn}}:shift","value":"day"},
              {"op":"Add","value":{"{{Urn}}:badge":13} },
              {"op":"Remove","path":"{{Urn}}:remote"}]}
            """
        );
        Assert.True(patched.Status == 200, patched.Text);
        Assert.Equal("""{"shift":"day","badge":13,"sites":["Oslo","Rome"]}""", patched.Json[Urn]!.ToJsonString());

        // the workspace has them too: on the person's page, and in the export
        var export = await new ExportMembers(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, new(), Ct);
        using var csv = new MemoryStream();
        var columns = MemberCsv.Columns("userName,attributes.shift,attributes.sites,attributes.badge", Rules(server))!;
        await MemberCsv.WriteAsync(csv, columns, export.Value.Lines, Ct);
        Assert.Contains("\"ada\",\"day\",\"Oslo; Rome\",\"13\"", Encoding.UTF8.GetString(csv.ToArray()), StringComparison.Ordinal);
        Assert.Null(MemberCsv.Columns("attributes.unknown", Rules(server)));

        // a mapping takes its value from one of them; one that is not there cannot be named, and none that is named taken away
        Assert.Equal("scim.mappings", (await MapAsync("nothing")).Refusal?.Field);
        Assert.Equal("scim.mappings", (await MapAsync("badge")).Refusal?.Field);
        Assert.True((await MapAsync("shift")).Done);
        Assert.Equal(201, (await server.SendAsync("POST", "/Users", Body("eve", "\"shift\":\"eve.at.night\""))).Status);
        Assert.Equal("scim.mappings", (await ChangeAsync(server, s => s with { Attributes = null })).Refusal?.Field);
        Assert.True((await ChangeAsync(server, s => s with { Mappings = null })).Done);

        // a PUT without them takes them away; taken from the workspace they are kept, and there again when it defines them again
        Assert.True((await ChangeAsync(server, s => s with { Attributes = null })).Done);
        var put = await server.SendAsync("PUT", "/Users/" + id, $$"""{"schemas":["{{User}}"],"userName":"ada","title":"Lead"}""");
        Assert.True(put.Status == 200 && put.Json[Urn] is null, put.Text);
        Assert.True((await ChangeAsync(server, s => s with { Attributes = Attributes })).Done);
        Assert.Equal(13, (int)(await server.SendAsync("GET", "/Users/" + id)).Json[Urn]!["badge"]!);
        put = await server.SendAsync("PUT", "/Users/" + id, $$"""{"schemas":["{{User}}"],"userName":"ada"}""");
        Assert.True(put.Status == 200 && put.Json[Urn] is null, put.Text);

        // by the letter an attribute that is not of the schema is refused
        Assert.True((await ChangeAsync(server, s => s with { Strict = true })).Done);
        var strict = Body("kim", "\"shift\":\"day\"").Replace($"\"{User}\"", $"\"{User}\",\"{Urn}\"", StringComparison.Ordinal);
        Assert.Equal(201, (await server.SendAsync("POST", "/Users", strict)).Status);
        Assert.Equal(400, (await server.SendAsync("POST", "/Users", strict.Replace("shift", "shoft", StringComparison.Ordinal))).Status);

        Task<Membership.Outcome<WorkspaceContext>> MapAsync(string attribute) =>
            ChangeAsync(
                server,
                s => s with { Mappings = [new() { Directory = Guid.CreateVersion7(), UserNameFrom = $"{Urn}:{attribute}" }] }
            );
    }

    [Fact]
    public async Task What_is_wrong_with_a_definition_is_said()
    {
        await using var server = await DoorServer.StartAsync(Database.Sqlite);
        foreach (
            var (wrong, field) in (
                ((string, CustomAttribute[]?, string?)[])
                    [
                        ("a name", [new() { Name = "two words" }], null),
                        ("no name", [new()], null),
                        ("a name of SCIM's own", [new() { Name = "Meta" }], null),
                        ("twice", [new() { Name = "shift" }, new() { Name = "Shift" }], null),
                        ("two lines", [new() { Name = "shift", Description = "a\nb" }], null),
                        ("too many", [.. Enumerable.Range(0, 51).Select(i => new CustomAttribute { Name = "a" + i })], null),
                        ("no URN", [new() { Name = "shift" }], "https://contoso.example/User"),
                        ("another's URN", [new() { Name = "shift" }], "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
                    ]
            ).Select(c => (c, c.Item3 is null ? "scim.attributes" : "scim.attributeSchema"))
        )
        {
            var refused = await ChangeAsync(server, s => s with { Attributes = wrong.Item2, AttributeSchema = wrong.Item3 });
            Assert.True(refused.Refusal?.Field == field, wrong.Item1 + ": " + refused.Refusal?.Message);
        }

        Assert.True((await ChangeAsync(server, s => s with { Attributes = [new() { Name = "shift" }] })).Done);
        var other = await ChangeAsync(server, s => s with { Attributes = [new() { Name = "shift", Type = CustomType.WholeNumber }] });
        Assert.Contains("keeps its type", other.Refusal?.Message, StringComparison.Ordinal);
    }

    private static ScimRules Rules(DoorServer server)
    {
        using var db = server.Store.Read();
        return WorkspaceConfiguration.Read(db.Workspaces.Single(w => w.Id == server.Workspace.Id).Configuration).Scim;
    }

    private static string Body(string userName, string own) =>
        $$"""{"schemas":["{{User}}"],"userName":"{{userName}}","{{Urn}}":{ {{own}} } }""";

    private static async Task<Membership.Outcome<WorkspaceContext>> ChangeAsync(DoorServer server, Func<ScimRules, ScimRules> change)
    {
        await using var db = server.Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, server.Workspace.Id, Ct))!;
        var wanted = now.Configuration with { Scim = change(now.Configuration.Scim) };
        return await new ChangeConfiguration(server.Store).RunAsync(Actor.Operator, now.Id, null, wanted, Ct);
    }
}
