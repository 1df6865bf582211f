using System.Text.Json;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>What apps learn of the attributes that a workspace adds.</summary>
public sealed class AppAttributeTests
{
    private static readonly CustomAttribute[] Defined =
    [
        new() { Name = "costCenter" },
        new() { Name = "shifts", Several = true },
        new() { Name = "level", Type = CustomType.WholeNumber },
        new() { Name = "cardNumber" },
    ];

    [Theory, EachDatabase]
    public async Task An_app_learns_the_attributes_that_its_settings_name_with_the_scope_profile_and_no_others(Database kind)
    {
        await using var scene = await SceneAsync(kind);
        var app = await scene.AppAsync(s => s with { Attributes = ["COSTCENTER", "shifts", "level", "nowhere"] });
        var plain = await scene.AppAsync();
        using var browser = await scene.JoinAsync("jo@acme.com");
        Assert.False(Claims(await AppScene.TokensAsync(app, browser)).TryGetProperty("attributes", out _)); // there is nothing yet
        await SayAsync(scene, """{"costCenter":"4711","shifts":["day","night"],"level":7,"cardNumber":"secret"}""");

        var tokens = await AppScene.TokensAsync(app, browser);
        const string Told = """{"costCenter":"4711","shifts":["day","night"],"level":7}""";
        Assert.Equal(Told, Claims(tokens).GetProperty("attributes").GetRawText());
        var access = tokens.GetProperty("access_token").GetString()!;
        Assert.False(TestApp.Payload(access).TryGetProperty("attributes", out _));
        Assert.Equal(Told, (await app.UserInfoAsync(access)).Json.GetProperty("attributes").GetRawText());

        var less = await AppScene.TokensAsync(app, browser, ("scope", "openid email"));
        Assert.False(Claims(less).TryGetProperty("attributes", out _));
        Assert.False(Claims(await AppScene.TokensAsync(plain, browser)).TryGetProperty("attributes", out _));

        // what the directory says next is in the next token; an attribute that is gone is told no more
        await SayAsync(scene, """{"costCenter":"4712"}""");
        var next = (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Json;
        Assert.Equal("""{"costCenter":"4712"}""", Claims(next).GetProperty("attributes").GetRawText());
        await DefineAsync(scene, Defined[1..]);
        Assert.False((await app.UserInfoAsync(next.GetProperty("access_token").GetString()!)).Json.TryGetProperty("attributes", out _));
        Assert.Contains(
            "attributes",
            (await browser.GetAsync("/.well-known/openid-configuration")).Json.GetProperty("claims_supported").GetRawText()
        );
    }

    [Theory, EachDatabase]
    public async Task Who_is_asked_agrees_to_each_attribute_and_to_one_that_comes_later_anew(Database kind)
    {
        await using var scene = await SceneAsync(kind);
        var app = await scene.AppAsync(s =>
            s with
            {
                RequireConsent = true,
                ClientUri = "https://app.example.org",
                Attributes = ["costCenter"],
            }
        );
        using var browser = await scene.JoinAsync("jo@acme.com");
        var asked = await browser.GoAsync(app.Authorize());
        Assert.Contains("<bdi>costCenter</bdi>, as your directory says it of you", asked.Body);
        Assert.DoesNotContain("cardNumber", asked.Body);
        Assert.Contains("code=", (await browser.SubmitAsync(asked, "/connect/consent")).Location);
        Assert.Contains("code=", (await browser.GoAsync(app.Authorize())).Location);
        Assert.Contains("your costCenter", (await browser.GetAsync("/w/acme/my-apps")).Body);
        await SayAsync(scene, """{"costCenter":"4711","cardNumber":"secret"}""");
        var tokens = await AppScene.TokensAsync(app, browser);

        var changed = await scene
            .Server.Service<ChangeClient>()
            .RunAsync(
                Actor.Operator,
                null,
                app.Id,
                null,
                ClientSettings.Of(app.Client) with
                {
                    Attributes = ["costCenter", "cardNumber"],
                },
                default
            );
        Assert.True(changed.Done, changed.Refusal?.Message);

        // what nobody agreed to is told neither by a refresh nor by UserInfo
        const string Agreed = """{"costCenter":"4711"}""";
        var next = (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Json;
        Assert.Equal(Agreed, Claims(next).GetProperty("attributes").GetRawText());
        var info = (await app.UserInfoAsync(next.GetProperty("access_token").GetString()!)).Json;
        Assert.Equal(Agreed, info.GetProperty("attributes").GetRawText());

        var anew = await browser.GoAsync(app.Authorize());
        Assert.Contains("<bdi>cardNumber</bdi>", anew.Body);
        Assert.Contains("code=", (await browser.SubmitAsync(anew, "/connect/consent")).Location);
        var told = Claims(await AppScene.TokensAsync(app, browser)).GetProperty("attributes");
        Assert.Equal("secret", told.GetProperty("cardNumber").GetString());
    }

    [Theory, EachDatabase]
    public async Task An_app_that_names_no_attribute_or_may_not_learn_of_people_is_refused_with_a_sentence(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        foreach (
            var (attributes, scopes) in new (string[], string[])[]
            {
                (["no name"], ["profile"]),
                ([""], ["profile"]),
                (["costCenter"], ["email"]),
            }
        )
        {
            var settings = new ClientSettings
            {
                ClientName = "Notes",
                RedirectUris = [TestApp.Back],
                AllowedScopes = scopes,
                Attributes = attributes,
            };
            var refusal = (await scene.Server.Service<CreateClient>().RunAsync(Actor.Operator, null, null, settings, default)).Refusal;
            Assert.Equal(("invalidAttributes", "attributes"), (refusal?.Code, refusal?.Field));
        }
    }

    private static async Task<AppScene> SceneAsync(Database kind)
    {
        var scene = await AppScene.NewAsync(kind);
        await DefineAsync(scene, Defined);
        return scene;
    }

    /// <summary>Gives the workspace attributes of its own.</summary>
    internal static async Task DefineAsync(AppScene scene, CustomAttribute[] attributes)
    {
        await using var db = scene.Server.Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, scene.Workspace.Id, default))!;
        var wanted = now.Configuration with { Scim = now.Configuration.Scim with { Attributes = attributes } };
        Assert.True((await scene.Server.Service<ChangeConfiguration>().RunAsync(Actor.Operator, now.Id, null, wanted, default)).Done);
    }

    /// <summary>The directory says them of Jo.</summary>
    internal static async Task SayAsync(AppScene scene, string values)
    {
        var member = await scene.MemberAsync("jo@acme.com");
        var document = $$"""{"{{CustomAttribute.UsualSchema}}":{{values}}}""";
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Directory",
            Workspace = scene.Workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        var said = await scene
            .Server.Service<UpdateProvisionedMember>()
            .RunAsync(directory, scene.Workspace.Id, member.Id, null, m => MemberAttributes.Of(m) with { Document = document }, default);
        Assert.True(said.Done, said.Refusal?.Message);
    }

    private static JsonElement Claims(JsonElement tokens) => TestApp.Payload(tokens.GetProperty("id_token").GetString()!);
}
