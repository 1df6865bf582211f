using System.Net;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Clients;

/// <summary>Apps over REST: registered and changed by people, read and removed by programs too.</summary>
public class ClientEndpointsTests
{
    private static readonly string[] Back = ["https://notes.example.com/cb"];

    [Theory, EachDatabase]
    public async Task An_app_is_registered_read_changed_given_another_secret_and_removed(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var ada = await site.PageAsync(site.AdaSession);
        using var program = await site.ProgramAsync();
        var made = await ada.SendAsync("POST", "acme/clients", new { clientName = "Notes", redirectUris = Back });
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        var id = made.At("client.clientId").GetString()!;
        Assert.Equal("/api/v1/workspaces/acme/clients/" + id, made.Headers["Location"]);
        var secret = made.At("secret").GetString()!;
        Assert.StartsWith("umapp_", secret, StringComparison.Ordinal);

        var path = "acme/clients/" + id;
        var read = await program.GetAsync(path);
        Assert.DoesNotContain(secret, read.Text, StringComparison.Ordinal);
        Assert.Equal(secret[^4..], read.At("secrets.0.secretEnd").GetString());
        Assert.Equal(made.Headers["ETag"], read.Headers["ETag"]);
        Assert.Equal(HttpStatusCode.NotModified, (await program.GetAsync(path, ("If-None-Match", read.Headers["ETag"]))).Status);
        Assert.Equal(id, (await program.GetAsync("acme/clients")).At("items.0.clientId").GetString());

        var change = new
        {
            clientName = "Our notes",
            redirectUris = Back,
            needsSeat = true,
            requirePkce = false,
            clientUri = "https://notes.example.com",
        };
        var changed = await ada.SendAsync("PUT", path, change, ("If-Match", read.Headers["ETag"]));
        Assert.True(changed.Status == HttpStatusCode.OK, changed.Text);
        Assert.True(changed.At("needsSeat").GetBoolean());
        Assert.Equal((true, false), (read.At("requirePkce").GetBoolean(), changed.At("requirePkce").GetBoolean()));
        Assert.Equal("stale", (await ada.SendAsync("PUT", path, change, ("If-Match", read.Headers["ETag"]))).Code);

        var more = await ada.SendAsync("POST", path + "/secrets");
        Assert.Equal(HttpStatusCode.Created, more.Status);
        Assert.Equal("tooManySecrets", (await ada.SendAsync("POST", path + "/secrets")).Code);
        var left = await program.SendAsync("DELETE", $"{path}/secrets/{read.At("secrets.0.id").GetString()}");
        Assert.Equal(more.At("secret").GetString()![^4..], left.At("secrets.0.secretEnd").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await program.SendAsync("DELETE", path)).Status);
        Assert.Equal("notFound", (await program.GetAsync(path)).Code);
        Assert.Equal("notFound", (await ada.SendAsync("PUT", path, change)).Code);
    }

    [Theory, EachDatabase]
    public async Task What_is_wrong_is_named_by_its_field(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var ada = await site.PageAsync(site.AdaSession);
        await ada.SendAsync(
            "POST",
            "acme/clients",
            new
            {
                clientId = "notes",
                clientName = "Notes",
                redirectUris = Back,
            }
        );
        foreach (
            var (body, code, field) in new (object, string, string?)[]
            {
                (new { redirectUris = Back }, "missingField", "clientName"),
                (new { clientName = "x", redirectUris = "https://a.example" }, "wrongType", "redirectUris"),
                (new { clientName = "x", redirectUris = new[] { (string?)null } }, "wrongType", "redirectUris.0"),
                (new { clientName = "x", redirectUris = new[] { "http://a.example/cb" } }, "invalidRedirectUris", "redirectUris"),
                (
                    new
                    {
                        clientName = "x",
                        redirectUris = Back,
                        requireClientSecret = false,
                        requirePkce = false,
                    },
                    "invalidRequirePkce",
                    "requirePkce"
                ),
                (
                    new
                    {
                        clientName = "x",
                        redirectUris = Back,
                        clientUri = "nowhere",
                    },
                    "invalidClientUri",
                    "clientUri"
                ),
                (
                    new
                    {
                        clientName = "x",
                        redirectUris = Back,
                        secret = "mine",
                    },
                    "unknownField",
                    "secret"
                ),
                (
                    new
                    {
                        clientName = "x",
                        redirectUris = Back,
                        clientId = "a b",
                    },
                    "invalidClientId",
                    "clientId"
                ),
                (
                    new
                    {
                        clientName = "x",
                        redirectUris = Back,
                        clientId = "notes",
                    },
                    "clientIdTaken",
                    null
                ),
                (
                    new
                    {
                        clientName = "x",
                        allowClientCredentials = true,
                        allowedScopes = new[] { "api" },
                    },
                    "invalidRole",
                    "role"
                ),
            }
        )
        {
            var answer = await ada.SendAsync("POST", "acme/clients", body);
            var told = answer.Json.TryGetProperty("field", out var named) ? named.GetString() : null;
            Assert.True(answer.Code == code && (field is null || told == field), answer.Text);
        }

        // each address that no app may have, in each field for one; once, for no database is asked
        foreach (var (address, own, sentence) in kind == Database.Sqlite ? AppAddresses.Bad : [])
        {
            foreach (var named in new[] { "redirectUris", "postLogoutRedirectUris", "backChannelLogoutUri", "clientUri" })
            {
                var body = new Dictionary<string, object>
                {
                    ["clientName"] = "x",
                    ["redirectUris"] = Back,
                    ["isNative"] = own,
                    [named] = named.EndsWith('s') ? new[] { address } : address,
                };
                var answer = await ada.SendAsync("POST", "acme/clients", body);
                Assert.True(
                    answer.Json.TryGetProperty("field", out var told)
                        && told.GetString() == named
                        && answer.Json.GetProperty("detail").GetString()!.Contains(sentence, StringComparison.Ordinal),
                    $"{named} {address}: {answer.Text}"
                );
            }
        }

        Assert.Equal(1, (await ada.GetAsync("acme/clients")).At("items").GetArrayLength());
    }

    [Theory, EachDatabase]
    public async Task An_app_of_the_installation_is_not_there_for_anybody_of_a_workspace(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var ada = await site.PageAsync(site.AdaSession);
        using var program = await site.ProgramAsync();
        var create = new CreateClient(site.Server.Store);
        var settings = new ClientSettings { ClientName = "Portal", RedirectUris = Back };
        Assert.True((await create.RunAsync(Actor.Operator, null, "portal", settings, default)).Done);

        const string path = "acme/clients/portal";
        Assert.Empty((await ada.GetAsync("acme/clients")).At("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await ada.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync(path)).Status);
        Assert.Equal("notFound", (await ada.SendAsync("PUT", path, new { clientName = "Mine", redirectUris = Back })).Code);
        Assert.Equal("notFound", (await ada.SendAsync("POST", path + "/secrets")).Code);
        Assert.Equal("notFound", (await program.SendAsync("DELETE", path)).Code);

        var wide = settings with { AllowClientCredentials = true, AllowedScopes = [AppScopeNames.Scim] };
        var refused = (await create.RunAsync(Actor.Operator, null, "wide", wide, default)).Refusal!;
        Assert.Contains("one of the installation opens none", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Register an app in each workspace", refused.Message, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task No_address_that_could_lead_elsewhere_is_taken_in_any_place(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var ada = await site.PageAsync(site.AdaSession);
        Assert.Equal(
            HttpStatusCode.Created,
            (
                await ada.SendAsync(
                    "POST",
                    "acme/clients",
                    new
                    {
                        clientId = "notes",
                        clientName = "Notes",
                        redirectUris = Back,
                    }
                )
            ).Status
        );
        var before = (await ada.GetAsync("acme/clients/notes")).Text;
        foreach (
            var bad in new[]
            {
                "",
                "/cb",
                "//notes.example.com/cb",
                "http://notes.example.com/cb",
                "http://localhost.evil.example/cb",
                "https://*.example.com/cb",
                "https://notes.example.com/cb#x",
                "https://notes.example.com@evil.example/cb",
                "https://notes.example.com\\@evil.example/cb",
                "https://notes.example.com/x/../cb",
                "https://notes.example.com/c b",
                " https://notes.example.com/cb",
                "https://notes.example.com/cb\n",
                "https://notes.example.com/\u0000cb",
                "javascript:alert(1)",
                "data:text/html,x",
                "file:///etc/passwd",
                "com.example.notes:/cb", // of an app with a server
                "https://notes.example.com/" + new string('a', 2000),
            }
        )
        {
            foreach (
                var (field, body) in new (string, object)[]
                {
                    ("redirectUris", new { clientName = "x", redirectUris = new[] { Back[0], bad } }),
                    (
                        "postLogoutRedirectUris",
                        new
                        {
                            clientName = "x",
                            redirectUris = Back,
                            postLogoutRedirectUris = new[] { bad },
                        }
                    ),
                    (
                        "backChannelLogoutUri",
                        new
                        {
                            clientName = "x",
                            redirectUris = Back,
                            backChannelLogoutUri = bad,
                        }
                    ),
                    (
                        "clientUri",
                        new
                        {
                            clientName = "x",
                            redirectUris = Back,
                            clientUri = bad,
                        }
                    ),
                }
            )
            {
                foreach (var (method, path) in new[] { ("POST", "acme/clients"), ("PUT", "acme/clients/notes") })
                {
                    var no = await ada.SendAsync(method, path, body);
                    Assert.True((int)no.Status is 400 or 422, $"{method} {field} '{bad}': {no.Status} {no.Text}");
                    Assert.StartsWith(field, no.At("field").GetString(), StringComparison.Ordinal);
                }
            }
        }

        Assert.Equal(before, (await ada.GetAsync("acme/clients/notes")).Text);
        Assert.Single((await ada.GetAsync("acme/clients")).At("items").EnumerateArray());
    }

    [Theory, EachDatabase]
    public async Task A_secret_and_what_it_is_kept_as_are_in_no_answer_but_the_one_that_made_it(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var ada = await site.PageAsync(site.AdaSession);
        var made = await ada.SendAsync(
            "POST",
            "acme/clients",
            new
            {
                clientId = "notes",
                clientName = "Notes",
                redirectUris = Back,
            }
        );
        var secret = made.At("secret").GetString()!;
        var more = (await ada.SendAsync("POST", "acme/clients/notes/secrets")).At("secret").GetString()!;
        using var program = await site.ProgramAsync();
        foreach (
            var (method, path, body) in new (string, string, object?)[]
            {
                ("GET", "acme/clients", null),
                ("GET", "acme/clients/notes", null),
                ("PUT", "acme/clients/notes", new { clientName = "Our notes", redirectUris = Back }),
                ("GET", "acme/audit", null),
                ("GET", "acme", null),
                ("GET", "acme/configuration", null),
                ("DELETE", "acme/clients/notes", null),
            }
        )
        {
            foreach (var caller in new[] { ada, program })
            {
                var answer = await caller.SendAsync(method, path, body);
                foreach (var known in new[] { secret, more })
                {
                    Assert.DoesNotContain(known, answer.Text, StringComparison.Ordinal);
                    Assert.DoesNotContain(known["umapp_".Length..], answer.Text, StringComparison.Ordinal);
                    Assert.DoesNotContain(Convert.ToBase64String(Membership.Secret.Hash(known)), answer.Text, StringComparison.Ordinal);
                }
            }
        }

        // who may not configure the workspace reads none of it
        await ada.SendAsync(
            "POST",
            "acme/clients",
            new
            {
                clientId = "more",
                clientName = "More",
                redirectUris = Back,
            }
        );
        using var viewer = await site.ProgramAsync("viewer");
        foreach (var path in new[] { "acme/clients", "acme/clients/more" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(path)).Status);
        }
    }
}
