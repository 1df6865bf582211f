using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Clients;

/// <summary>
/// Clients on the models of python-scim refuse every member that they do not know ("Extra inputs are not permitted"). What
/// those models know as of scim2-models 0.6.3 (January 2026), each message by its members; users and groups are built
/// from our own <c>/Schemas</c>, as scim2-client 0.7.5 does when it discovers a server. Walked through as Canaille does.
/// </summary>
public sealed class ClosedClientTests
{
    private const string Agent = "python-httpx/0.28.1";
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private static readonly string[] Common = ["schemas", "id", "externalId", "meta"];

    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["meta"] = ["resourceType", "created", "lastModified", "location", "version"],
        ["ServiceProviderConfig"] =
        [
            .. Common,
            "documentationUri",
            "patch",
            "bulk",
            "filter",
            "changePassword",
            "sort",
            "etag",
            "authenticationSchemes",
        ],
        ["patch"] = ["supported"],
        ["bulk"] = ["supported", "maxOperations", "maxPayloadSize"],
        ["filter"] = ["supported", "maxResults"],
        ["changePassword"] = ["supported"],
        ["sort"] = ["supported"],
        ["etag"] = ["supported"],
        ["authenticationSchemes"] = ["type", "name", "description", "specUri", "documentationUri", "primary"],
        ["ResourceType"] = [.. Common, "name", "description", "endpoint", "schema", "schemaExtensions"],
        ["schemaExtensions"] = ["schema", "required"],
        ["Schema"] = [.. Common, "name", "description", "attributes"],
        ["attributes"] =
        [
            "name",
            "type",
            "multiValued",
            "description",
            "required",
            "canonicalValues",
            "caseExact",
            "mutability",
            "returned",
            "uniqueness",
            "referenceTypes",
            "subAttributes",
        ],
        ["ListResponse"] = ["schemas", "totalResults", "startIndex", "itemsPerPage", "Resources"],
        ["Error"] = ["schemas", "status", "scimType", "detail"],
    };

    [Theory, EachDatabase]
    public async Task A_client_that_refuses_what_it_does_not_know_discovers_the_server_and_provisions(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        async Task<JsonObject> Send(string method, string path, string? body, int status)
        {
            var answer = await server.SendAsync(method, path, body, r => r.Headers.TryAddWithoutValidation("User-Agent", Agent));
            Assert.True(answer.Status == status, $"{method} {path}: {answer.Status} {answer.Text}");
            return answer.Text.Length == 0 ? [] : answer.Json;
        }

        // discovery: every member of every message is known, and each schema that a type names is listed
        Flat((await Send("GET", "/ServiceProviderConfig", null, 200)), "ServiceProviderConfig");
        var types = await Send("GET", "/ResourceTypes", null, 200);
        Flat(types, "ListResponse", "ResourceType");
        var schemas = await Send("GET", "/Schemas", null, 200);
        Flat(schemas, "ListResponse", "Schema");
        var byUrn = schemas["Resources"]!.AsArray().ToDictionary(s => s!["id"]!.GetValue<string>(), s => s!.AsObject());
        Assert.All(
            types["Resources"]!.AsArray(),
            type =>
                Assert.All(
                    (type!["schemaExtensions"] as JsonArray ?? [])
                        .Select(e => e!["schema"]!.GetValue<string>())
                        .Append(type["schema"]!.GetValue<string>()),
                    urn => Assert.Contains(urn, byUrn.Keys)
                )
        );
        Assert.Equal("EnterpriseUser", byUrn[Enterprise]["name"]!.GetValue<string>()); // looked up by its name

        // people and groups: looked up by externalId, made, replaced, changed, deleted
        Flat(await Send("GET", "/Users?filter=externalId+eq+%22c1%22", null, 200), "ListResponse");
        var boss = (await Send("POST", "/Users", $$"""{"schemas":["{{Core("User")}}"],"userName":"boss","displayName":"Boss"}""", 201))[
            "id"
        ]!;
        var all = $$"""
            {"schemas":["{{Core(
                "User"
            )}}","{{Enterprise}}"],"externalId":"c1","userName":"ada","name":{"formatted":"Ada L","familyName":"L","givenName":"Ada"},"displayName":"Ada","nickName":"A",
            "profileUrl":"https://x.example/ada","title":"Dr","userType":"Employee","preferredLanguage":"en","locale":"en-GB","timezone":"Europe/London","active":true,"password":"secret",
            "emails":[{"value":"ada@example.org","primary":true,"type":"work"}],"phoneNumbers":[{"value":"1","type":"work"}],"ims":[{"value":"a","type":"xmpp"}],"photos":[{"value":"https://x.example/p","type":"photo"}],
            "addresses":[{"formatted":"F","streetAddress":"S","locality":"L","region":"R","postalCode":"P","country":"GB","type":"work"}],"entitlements":[{"value":"e"}],"roles":[{"value":"r"}],
            "{{Enterprise}}":{"employeeNumber":"1","costCenter":"2","organization":"3","division":"4","department":"5","manager":{"value":"{{boss}}"} } }
            """;
        var made = await Send("POST", "/Users", all, 201);
        var id = made["id"]!.GetValue<string>();
        var group = await Send(
            "POST",
            "/Groups",
            $$"""{"schemas":["{{Core("Group")}}"],"externalId":"g1","displayName":"Guides","members":[{"value":"{{id}}","$ref":"{{made["meta"]!["location"]}}","type":"User","display":"Ada"}]}""",
            201
        );
        foreach (
            var (shown, type) in new[]
            {
                (made, "User"),
                (await Send("GET", "/Users/" + id, null, 200), "User"),
                (await Send("PUT", "/Users/" + id, all, 200), "User"),
                (
                    await Send(
                        "PATCH",
                        "/Users/" + id,
                        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Sir"}]}""",
                        200
                    ),
                    "User"
                ),
                (group, "Group"),
                (await Send("GET", "/Groups/" + group["id"], null, 200), "Group"),
                (
                    await Send(
                        "PUT",
                        "/Groups/" + group["id"],
                        $$"""{"schemas":["{{Core("Group")}}"],"id":"{{group["id"]}}","externalId":"g1","displayName":"All guides","members":null}""",
                        200
                    ),
                    "Group"
                ),
            }
        )
        {
            Described(shown, byUrn[Core(type)]["attributes"]!.AsArray(), byUrn, type);
            Assert.NotNull(shown["id"]);
        }

        Flat(await Send("GET", "/Users/nobody", null, 404), "Error");
        Flat(await Send("POST", "/Users", all, 409), "Error");
        Flat(await Send("GET", "/Users?filter=nothing", null, 400), "Error");
        await Send("DELETE", "/Users/" + id, null, 204);
        await Send("DELETE", "/Groups/" + group["id"], null, 204);
    }

    [Fact]
    public async Task Others_are_told_of_pagination_unless_the_workspace_says_otherwise()
    {
        await using var server = await DoorServer.StartAsync(Database.Sqlite);
        async Task<bool> IsTold(string? agent) =>
            (
                await server.SendAsync("GET", "/ServiceProviderConfig", null, r => r.Headers.TryAddWithoutValidation("User-Agent", agent))
            ).Json.ContainsKey("pagination");
        Assert.True(await IsTold("Okta SCIM Client 1.0.0"));
        Assert.True(await IsTold("goauthentik.io/2026.10.1"));
        Assert.True(await IsTold(null));
        foreach (var agent in new[] { Agent, "python-httpx2/1.0", "scim2-client/0.7.5", "Canaille/0.3" })
        {
            Assert.False(await IsTold(agent), agent);
        }

        await using var plain = await DoorServer.StartAsync(Database.Sqlite, c => c with { Scim = c.Scim with { PlainDiscovery = true } });
        Assert.False((await plain.SendAsync("GET", "/ServiceProviderConfig")).Json.ContainsKey("pagination"));
    }

    [Fact]
    public void The_switch_is_written_only_where_it_is_set()
    {
        var configuration = new Membership.Workspaces.WorkspaceConfiguration();
        Assert.DoesNotContain("plainDiscovery", configuration.Write(), StringComparison.Ordinal);
        var set = Membership.Workspaces.WorkspaceConfiguration.Read(
            (configuration with { Scim = new() { PlainDiscovery = true } }).Write()
        );
        Assert.True(set.Scim.PlainDiscovery);
    }

    private static string Core(string type) => "urn:ietf:params:scim:schemas:core:2.0:" + type;

    /// <summary>Every member is one that the message has; members are known by their own name, resources by what is in the list.</summary>
    private static void Flat(JsonObject json, string message, string? resource = null)
    {
        foreach (var (name, value) in json)
        {
            Assert.True(Known[message].Contains(name), $"{message} does not know {name}");
            foreach (var inner in (value as JsonArray ?? [value?.DeepClone()]).OfType<JsonObject>())
            {
                Flat(
                    inner,
                    name == "Resources" ? resource!
                        : name == "subAttributes" ? "attributes"
                        : name
                );
            }
        }
    }

    private static void Described(JsonObject json, JsonArray attributes, Dictionary<string, JsonObject> schemas, string where)
    {
        foreach (var (name, value) in json)
        {
            if (where is "User" or "Group" && Common.Contains(name))
            {
                continue;
            }

            if (schemas.TryGetValue(name, out var extension))
            {
                Described(value!.AsObject(), extension["attributes"]!.AsArray(), schemas, name);
                continue;
            }

            var attribute = attributes.FirstOrDefault(a => a!["name"]!.GetValue<string>() == name);
            Assert.True(attribute is not null, $"{where} has {name}, which /Schemas does not list");
            Assert.Equal(attribute["multiValued"]!.GetValue<bool>(), value is JsonArray);
            foreach (var inner in (value as JsonArray ?? [value!.DeepClone()]).OfType<JsonObject>())
            {
                Described(inner, attribute["subAttributes"]!.AsArray(), schemas, name);
            }
        }
    }
}
