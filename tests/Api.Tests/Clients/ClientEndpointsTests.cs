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
            clientUri = "https://notes.example.com",
        };
        var changed = await ada.SendAsync("PUT", path, change, ("If-Match", read.Headers["ETag"]));
        Assert.True(changed.Status == HttpStatusCode.OK, changed.Text);
        Assert.True(changed.At("needsSeat").GetBoolean());
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
}
