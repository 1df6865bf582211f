using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Groups;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>What a workspace calls itself and its people, on pages that speak of either.</summary>
public partial class PresetTermsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_page_says_workspace_or_member_where_the_preset_has_words_of_its_own()
    {
        foreach (var preset in (string[])["csv", "provider", "licensed", "ranked"])
        {
            await using var site = await AdminSite.StartAsync(Database.Sqlite, preset);
            var terms = (await site.ConfigurationAsync()).Terms;
            using var boss = await AnotherAdminAsync(site);
            var (_, both) = await AdminSite.NewWorkspaceAsync(site.Server, "second", "Second", preset, "ada@example.com");
            var ada = await site.MeAsync(both);
            var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
            var gone = await site.ProvisionAsync("gone@example.com", "Gus", "Gone");
            await boss.PostAsync($"/w/acme/members/{gone.Id}/remove");
            await site.InviteAsync("late@example.com");
            var made = await site
                .Server.Service<CreateGroup>()
                .RunAsync(Actor.Operator, site.Workspace.Id, new() { DisplayName = "Launch team" }, [grace.Id], Ct);
            List<string> found = [];
            foreach (
                var path in (string[])
                    [
                        "members",
                        $"members/{grace.Id}",
                        $"members/{grace.Id}/remove",
                        $"members/{grace.Id}/why",
                        $"members/{grace.Id}/mfa",
                        $"members/{ada.Id}",
                        $"members/{ada.Id}/remove",
                        $"members/{ada.Id}/why",
                        $"members/{ada.Id}/mfa",
                        $"members/{gone.Id}",
                        $"members/{gone.Id}/erase",
                        $"groups/{made.Value.Group.Id}",
                        $"groups/{made.Value.Group.Id}/delete",
                        "groups",
                        "invitations",
                        "invite",
                        "apps",
                        "subscription",
                        "my-apps",
                    ]
            )
            {
                var page = await boss.GetAsync("/w/acme/" + path);
                Assert.True(page.Status == HttpStatusCode.OK, $"{preset} {path}: {page.Status}");
                found.AddRange(
                    from word in Usual().Matches(Shown(page)).Select(m => m.Value)
                    let own = word.StartsWith("workspace", StringComparison.OrdinalIgnoreCase) ? terms.Tenant : terms.Person
                    where !word.StartsWith(own, StringComparison.OrdinalIgnoreCase)
                    select $"{preset} {path}: {word}"
                );
            }

            Assert.True(found.Count == 0, string.Join("\n", found));
            Says(await boss.GetAsync($"/w/acme/members/{grace.Id}/remove"), $"They are in this {terms.Tenant} only .");
            Says(await boss.GetAsync($"/w/acme/members/{ada.Id}/remove"), $"They are in this {terms.Tenant} and 1 other .");
            Says(await boss.GetAsync($"/w/acme/members/{ada.Id}/mfa"), $", of this {terms.Tenant} and 1 other.");
            Says(await boss.GetAsync($"/w/acme/members/{ada.Id}"), $"In this {terms.Tenant} and 1 other");
            both.Dispose();
        }
    }

    [Theory, EachDatabase]
    public async Task The_log_calls_the_whole_what_the_preset_calls_it(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "csv");
        var form = await site.Admin.GetAsync("/w/acme/settings/workspace");
        await site.Admin.PressAsync(form, "/w/acme/settings/name", ("name", "Acme Ltd"));
        var log = Shown(await site.Admin.GetAsync("/w/acme/audit?act=workspace."));
        Assert.Contains("renamed the organisation, now", log, StringComparison.Ordinal);
        Assert.DoesNotContain("renamed the workspace", log, StringComparison.Ordinal);
        Assert.DoesNotContain("A member", Shown(await site.Admin.GetAsync("/w/acme/audit")), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task The_way_back_to_the_invitations_bears_the_name_of_their_place(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "provider");
        var sent = await site.Admin.PostLedAsync("/w/acme/invite", ("people", "grace@example.com"));
        Assert.Equal(HttpStatusCode.OK, sent.Status);
        Assert.Equal("Invites", Back(sent));

        var started = await site.Admin.PostAsync("/w/acme/invite/import", ("pasted", "email,role\nlin@example.com,member"));
        var draft = started.Location!;
        var job = await site.Admin.PressAsync(await site.Admin.GetAsync(draft), draft + "/rows", draft + "/send", ("mode", "valid"));
        Assert.Equal((HttpStatusCode.SeeOther, draft), (job.Status, job.Location));
        Assert.Equal("Invites", Back(await site.Admin.LedAsync(job)));
    }

    private static async Task<Person> AnotherAdminAsync(AdminSite site)
    {
        var store = site.Server.Store;
        var link = await new InviteAdmin(store).RunAsync(Actor.Operator, site.Workspace.Id, "bob@example.com", TimeSpan.FromHours(1), Ct);
        return new(site.Server, (await new UseOneTimeLink(store).RunAsync(link.Value, Browser.Unknown, Ct)).Value.Secret);
    }

    private static void Says(Answer page, string sentence) => Assert.Contains(sentence, Shown(page), StringComparison.Ordinal);

    /// <summary>What is read on a page, without what stands around it.</summary>
    private static string Shown(Answer page) =>
        Blanks().Replace(WebUtility.HtmlDecode(Tags().Replace(Codes().Replace(MainPart().Match(page.Text).Value, " "), " ")), " ");

    private static string Back(Answer page) => WebUtility.HtmlDecode(Tags().Replace(BackLink().Match(page.Text).Value, "")).Trim();

    [GeneratedRegex("\\b(workspaces?|members?)\\b", RegexOptions.IgnoreCase)]
    private static partial Regex Usual();

    [GeneratedRegex("<code.*?</code>", RegexOptions.Singleline)] // what programs say: permissions, not words
    private static partial Regex Codes();

    [GeneratedRegex("<main.*</main>", RegexOptions.Singleline)]
    private static partial Regex MainPart();

    [GeneratedRegex("<a class=\"back-link\".*?</a>", RegexOptions.Singleline)]
    private static partial Regex BackLink();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();
}
