using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Each setting that a workspace has stands on a page, or is named here with who else has it.</summary>
public sealed partial class SettingsPlaceTests
{
    /// <summary>What admins see and do not set: it is the plan's, is fixed once it is there, or has an act of its own.</summary>
    private static readonly HashSet<string> NotSet = new(StringComparer.Ordinal)
    {
        "capacity.seats", // the plan's, as are the next five
        "capacity.memberSlots",
        "capacity.gracePercent",
        "capacity.graceDays",
        "invitations.mailsPerDay",
        "licenses.pool",
        "shape", // of the stored document
        "roles.key", // what people have been given is known by it
        "licenses.key",
        "scim.mappings.directory", // chosen by the page's own chips
        "advice.setUpDone", // the button of the list of first steps
    };

    /// <summary>The form fields that bear another name than the setting, by setting: page and field.</summary>
    private static readonly IReadOnlyDictionary<string, (string Page, string Field)> Elsewhere = new Dictionary<string, (string, string)>
    {
        ["preset"] = ("/settings/preset", "preset"),
        ["join.defaultRole"] = ("/settings", "defaultRole"),
        ["join.autoAssign"] = ("/settings", "autoAssign"),
        ["join.adminKeepsRole"] = ("/settings", "adminKeepsRole"),
        ["capacity.onFull"] = ("/settings", "onFull"),
        ["invitations.lifetimeDays"] = ("/settings", "lifetimeDays"),
        ["signIn.localPassword"] = ("/sign-in", "passwords"),
        ["signIn.connections"] = ("/sign-in", "connection"),
        ["signIn.tenants"] = ("/sign-in", "tenants"),
        ["signIn.domains"] = ("/sign-in", "domains"),
        ["signIn.unknownMayJoin"] = ("/sign-in", "unknownMayJoin"),
        ["signIn.joinRole"] = ("/sign-in", "joinRole"),
        ["signIn.mfa"] = ("/sign-in", "mfa"),
        ["signIn.mfaCountsProvider"] = ("/sign-in", "mfaCountsProvider"),
        ["scim.hold.mode"] = ("/directory/held", "mode"),
        ["scim.hold.people"] = ("/directory/held", "people"),
        ["scim.hold.percent"] = ("/directory/held", "percent"),
        ["scim.hold.minutes"] = ("/directory/held", "minutes"),
        ["scim.hold.days"] = ("/directory/held", "days"),
        ["scim.hold.onDeadline"] = ("/directory/held", "deadline"),
        ["scim.mappings.userNameFrom"] = ("/directory/mapping", "userNameFrom"),
        ["scim.mappings.emailFrom"] = ("/directory/mapping", "emailFrom"),
        ["scim.attributes.name"] = ("/directory/mapping", "name"),
        ["scim.attributes.type"] = ("/directory/mapping", "type"),
        ["scim.attributes.several"] = ("/directory/mapping", "several"),
        ["scim.attributes.description"] = ("/directory/mapping", "description"),
        ["rules.mode"] = ("/rules", "mode"),
        ["rules.mayGiveAdmin"] = ("/rules", "mayGiveAdmin"),
        ["featureRules.permission"] = ("/settings/joining", "featureRules"),
        ["featureRules.feature"] = ("/settings/joining", "featureRules"),
    };

    [Theory, EachDatabase]
    public async Task Each_setting_has_its_field_on_a_page(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "licensed"); // with a role that needs a seat there is all there is to set
        await site.PlatformConnectionAsync();
        await site.SaveSettingsAsync("role", "label=Helper&like=user");
        await site.SaveSettingsAsync("role", "key=helper&label=Helper&rank=5&assignable=true&needsSeat=true");
        Dictionary<string, HashSet<string>> pages = [];
        async Task<bool> HasAsync(string page, string field)
        {
            if (!pages.TryGetValue(page, out var names))
            {
                var answer = await site.Admin.GetAsync("/w/acme" + page);
                Assert.True(answer.Status == HttpStatusCode.OK, $"{page}: {answer.Status}");
                pages[page] = names = [.. FieldName().Matches(answer.Text).Select(m => m.Groups[1].Value)];
            }

            return names.Contains(field) || names.Any(n => n.StartsWith(field + ".", StringComparison.Ordinal)); // one for each place
        }

        string[] sections = ["/settings/workspace", "/settings/joining", "/settings/list", "/settings/directory"];
        List<string> without = [];
        foreach (var setting in Settings(typeof(WorkspaceConfiguration), "").Where(s => !NotSet.Contains(s)))
        {
            var found = setting.Split('.', 2) switch
            {
                _ when Elsewhere.TryGetValue(setting, out var there) => await HasAsync(there.Page, there.Field),
                ["roles", var field] => await HasAsync("/settings/role?key=helper", field),
                ["licenses", var field] => await HasAsync("/settings/license?key=pro", field),
                _ => await AnyAsync(sections, page => HasAsync(page, setting)),
            };
            if (!found)
            {
                without.Add(setting);
            }
        }

        Assert.Empty(without);
        var names = Settings(typeof(WorkspaceConfiguration), "").ToHashSet(StringComparer.Ordinal);
        Assert.Superset(NotSet.Concat(Elsewhere.Keys).ToHashSet(StringComparer.Ordinal), names); // nothing here is of yesterday
    }

    [Theory, EachDatabase]
    public async Task Links_hints_and_what_a_role_counts_as_are_set_on_their_pages(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        Assert.Equal(["admin", "member"], (await site.ConfigurationAsync()).LinkRoles.Order());

        // nothing said about the links: they stay those of the roles with a seat, also of roles to come
        var form = await site.Admin.GetAsync("/w/acme/settings/joining");
        Assert.Equal(2, Regex.Count(form.Text, "name=\"invitations.linkRoles\"[^>]*checked"));
        var kept = "&join.fallbackRole=viewer&invitations.providers=any&invitations.resend=always&invitations.revokeLabel=Revoke";
        await site.SaveSettingsAsync("joining", "invitations.linkRoles=admin&invitations.linkRoles=member" + kept);
        Assert.Null((await site.ConfigurationAsync()).Invitations.LinkRoles);
        await site.SaveSettingsAsync("joining", "invitations.linkRoles=viewer" + kept);
        Assert.Equal(["viewer"], (await site.ConfigurationAsync()).Invitations.LinkRoles!);

        // what is said where something is full, with its address as a link
        await site.SaveSettingsAsync(
            "list",
            "memberList.columns.role=1&advice.warnBelowAdmins=0&capacity.moreHint=" + Uri.EscapeDataString("More: https://acme.test/prices")
        );
        Assert.Equal("More: https://acme.test/prices", (await site.ConfigurationAsync()).Capacity.MoreHint);
        var tooLong = await site.Admin.GetAsync(
            $"/w/acme/settings/list/review?version={await site.VersionAsync()}&advice.warnBelowAdmins=0&capacity.moreHint={new string('x', 301)}"
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, tooLong.Status);

        // a role that nobody has may begin to need a seat; one that somebody has may not
        await site.SaveSettingsAsync("role", "label=Guest&like=viewer");
        await site.SaveSettingsAsync("role", "key=guest&label=Guest&rank=5&assignable=true&needsSeat=true");
        Assert.True((await site.ConfigurationAsync()).Role("guest")!.NeedsSeat);
        var (bob, _) = await site.JoinAsync("bob@example.com", "guest");
        bob.Dispose();
        var held = await site.Admin.GetAsync(
            $"/w/acme/settings/role/review?version={await site.VersionAsync()}&key=guest&label=Guest&rank=5&assignable=true"
        );
        Assert.Contains("Somebody has the role Guest", WebUtility.HtmlDecode(held.Text), StringComparison.Ordinal);
    }

    private static async Task<bool> AnyAsync(string[] pages, Func<string, Task<bool>> has)
    {
        foreach (var page in pages)
        {
            if (await has(page))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The paths of all settings, as they stand in the document.</summary>
    private static IEnumerable<string> Settings(Type type, string above)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
        {
            if (property.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always })
            {
                continue;
            }

            var path = above + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var kind = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
            if (kind.IsClass && kind != typeof(string))
            {
                foreach (var below in Settings(kind, path + "."))
                {
                    yield return below;
                }
            }
            else
            {
                yield return path;
            }
        }
    }

    [GeneratedRegex("<(?:input|select|textarea|button)[^>]* name=\"([^\"]+)\"")]
    private static partial Regex FieldName();
}
