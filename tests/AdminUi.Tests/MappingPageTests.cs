using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Mappings for all directories and for one, and the attributes that a workspace defines itself.</summary>
public sealed partial class MappingPageTests
{
    private const string Page = "/w/acme/directory/mapping";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attributes_are_defined_mapped_for_one_directory_and_taken_away()
    {
        await using var site = await AdminSite.StartAsync(Database.Sqlite);
        var token = await new CreateScimCredential(site.Server.Store).RunAsync(
            Actor.Operator,
            site.Workspace.Id,
            "Entra " + AdminSite.Hostile[..20],
            null,
            Ct
        );
        var one = token.Value.Credential.Id.Value;

        var refused = await PostAsync("/attributes", ("name", "two words"), ("type", "WholeNumber"), ("description", "kept in the form"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("is no name for an attribute", refused.Text, StringComparison.Ordinal);
        Assert.Contains("kept in the form", refused.Text, StringComparison.Ordinal);
        await PostAsync("/attributes", ("name", "badge"), ("type", "WholeNumber"), ("several", "true"));
        Assert.Equal(Page, (await PostAsync("/attributes", ("name", "shift"), ("type", "Text"))).Location);
        Assert.Equal(
            ["badge WholeNumber True", "shift Text False"],
            (await ScimAsync()).Attributes!.Select(a => $"{a.Name} {a.Type} {a.Several}")
        );
        var shift = CustomAttribute.UsualSchema + ":shift";
        Assert.Contains(shift, (await site.Admin.GetAsync(Page)).Text, StringComparison.Ordinal);

        // for one directory in place of what holds for all, as it was sent although all others are mapped, and back
        await PostAsync("", ("userNameFrom", "externalId"), ("emailFrom", ""));
        var saved = await PostAsync("", ("directory", $"{one:D}"), ("userNameFrom", shift), ("emailFrom", ""));
        Assert.Equal($"{Page}?directory={one:D}", saved.Location);
        Assert.Equal(["", $"{one:D} {shift}"], await MappingsAsync());
        Assert.Contains($"value=\"{shift}\"", (await site.Admin.GetAsync(saved.Location!)).Text, StringComparison.Ordinal);
        var gone = await PostAsync("/attributes/remove", ("name", "shift"));
        Assert.Contains("there is no such attribute here", gone.Text, StringComparison.Ordinal);
        await PostAsync("", ("directory", $"{one:D}"), ("userNameFrom", ""), ("emailFrom", ""));
        Assert.Equal(["", $"{one:D} "], await MappingsAsync());
        await PostAsync("", ("directory", $"{one:D}"), ("follow", "true"));
        Assert.Equal([""], await MappingsAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync($"{Page}?directory={Guid.CreateVersion7():D}")).Status);

        await PostAsync("/attributes/remove", ("name", "shift"));
        await PostAsync("/attributes/remove", ("name", "badge"));
        Assert.Null((await ScimAsync()).Attributes);

        async Task<Answer> PostAsync(string path, params (string, string)[] fields)
        {
            var version = Version().Match((await site.Admin.GetAsync(Page)).Text).Groups[1].Value;
            return await site.Admin.PostAsync(Page + path, [.. fields, ("version", version)]);
        }

        async Task<ScimRules> ScimAsync()
        {
            await using var db = site.Server.Store.Read();
            return (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, Ct))!.Configuration.Scim;
        }

        async Task<IEnumerable<string>> MappingsAsync() =>
            (await ScimAsync())
                .Mappings!.Select(m => m.Directory is null ? "" : $"{m.Directory:D} {m.UserNameFrom}")
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_rule_asks_for_an_attribute_which_stays_as_long_as_it_does_and_an_app_is_allowed_to_learn_it()
    {
        await using var site = await AdminSite.StartAsync(Database.Sqlite);
        await PostAsync("/attributes", ("name", "costCenter"), ("type", "WholeNumber"));
        const string New = "/w/acme/rules/new";
        Assert.Contains("value=\"Attribute:costCenter\"", (await site.Admin.GetAsync(New)).Text, StringComparison.Ordinal);
        (string, string)[] rule = [("name", "Plant"), ("asks", "Attribute:costCenter"), ("value", "4711"), ("role", "viewer")];
        var odd = await site.Admin.PostAsync(New, [.. rule[..2], ("value", "many"), rule[3], ("do", "save")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, odd.Status);
        Assert.Contains("The attribute costCenter holds whole numbers, and this is none.", odd.Text, StringComparison.Ordinal);
        var gone = await site.Admin.PostAsync(New, [rule[0], ("asks", "Attribute:shift"), .. rule[2..], ("do", "preview")]);
        Assert.Contains("There is no attribute shift of your own here", gone.Text, StringComparison.Ordinal);
        Assert.Contains("shift, which is gone", gone.Text, StringComparison.Ordinal);
        Assert.Contains(
            "What would change",
            (await site.Admin.PostAsync(New, [.. rule, ("do", "preview")])).Text,
            StringComparison.Ordinal
        );
        Assert.Equal("/w/acme/rules", (await site.Admin.PostAsync(New, [.. rule, ("do", "save")])).Location);
        Assert.Contains("costCenter 4711", (await site.Admin.GetAsync("/w/acme/rules")).Text, StringComparison.Ordinal);
        var kept = await PostAsync("/attributes/remove", ("name", "costCenter"));
        Assert.Equal(HttpStatusCode.Conflict, kept.Status);
        Assert.Contains("A group rule asks for the attribute costCenter: change the rule first.", kept.Text, StringComparison.Ordinal);

        // an app: no attribute without the name
        const string Apps = "/w/acme/apps";
        (string, string)[] app =
        [
            ("kind", "browser"),
            ("name", "Notes"),
            ("redirects", "https://notes.example.com/cb"),
            ("attribute-costCenter", "true"),
        ];
        Assert.Contains("Their costCenter", (await site.Admin.GetAsync(Apps + "/new?kind=browser")).Text, StringComparison.Ordinal);
        var without = await site.Admin.PostAsync(Apps, app);
        Assert.Contains("An app learns attributes of people with the scope profile", without.Text, StringComparison.Ordinal);
        await site.Admin.PostAsync(Apps, [.. app, ("scope-profile", "true")]);
        await using var db = site.Server.Store.Read();
        Assert.Equal(["costCenter"], Membership.Apps.ClientSettings.Of(db.Clients.Single()).Attributes);

        async Task<Answer> PostAsync(string path, params (string, string)[] fields)
        {
            var version = Version().Match((await site.Admin.GetAsync(Page)).Text).Groups[1].Value;
            return await site.Admin.PostAsync(Page + path, [.. fields, ("version", version)]);
        }
    }

    [GeneratedRegex("name=\"version\" value=\"(\\d+)\"")]
    private static partial Regex Version();
}
