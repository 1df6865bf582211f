using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>What is held, as admins see it and decide on it.</summary>
public sealed partial class HeldPagesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task An_admin_sets_the_rules_and_decides_on_some_and_on_all(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var page = (await site.Admin.GetAsync("/w/acme/directory/held")).Text;
        Assert.Contains("Nothing waits", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RulesAsync(site, page, "0", "Keep")).Status);
        Assert.Equal("/w/acme/directory/held", (await RulesAsync(site, page, "1", "Keep")).Location);

        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Entra " + AdminSite.Hostile[..20],
            Id = Guid.CreateVersion7(),
            Workspace = site.Workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        List<Id<Member>> ids = [];
        for (var i = 0; i < 5; i++)
        {
            var made = await new ProvisionMember(site.Server.Store).RunAsync(
                directory,
                site.Workspace.Id,
                new MemberAttributes { UserName = $"leaver{i}@example.com" },
                Ct
            );
            ids.Add(made.Value.Id);
        }

        foreach (var id in ids)
        {
            await new UpdateProvisionedMember(site.Server.Store).RunAsync(
                directory,
                site.Workspace.Id,
                id,
                null,
                m => MemberAttributes.Of(m) with { Active = false },
                Ct
            );
        }

        Assert.Contains("4 held", (await site.Admin.GetAsync("/w/acme/directory")).Text, StringComparison.Ordinal);
        Assert.Contains(
            "Held: the directory says inactive",
            (await site.Admin.GetAsync($"/w/acme/members/{ids[1]}")).Text,
            StringComparison.Ordinal
        );
        page = (await site.Admin.GetAsync("/w/acme/directory/held")).Text;
        Assert.Contains("4 deactivated once that is carried out", page, StringComparison.Ordinal);
        Assert.Contains("leaver4@example.com", page, StringComparison.Ordinal);
        Assert.DoesNotContain("leaver0@example.com", page, StringComparison.Ordinal);

        var done = await site.Admin.PostAsync("/w/acme/directory/held", ("id", $"{ids[1]}"), ("verdict", "release"));
        Assert.Equal("/w/acme/directory/held", done.Location);
        Assert.Contains("1 person is carried out", (await site.Admin.GetAsync(done.Location!)).Text, StringComparison.Ordinal);
        await site.Admin.PostAsync("/w/acme/directory/held", ("id", $"{ids[2]}"), ("verdict", "keep"));
        Assert.Contains(
            "leaver2@example.com",
            (await site.Admin.GetAsync("/w/acme/directory/held?show=kept")).Text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "An admin decided that this is not carried out",
            (await site.Admin.GetAsync($"/w/acme/members/{ids[2]}")).Text,
            StringComparison.Ordinal
        );

        // all: whoever carries that out says how many it is
        Assert.Contains("Type 2", (await site.Admin.GetAsync("/w/acme/directory/held/all?verdict=release")).Text, StringComparison.Ordinal);
        var few = await site.Admin.PostAsync("/w/acme/directory/held/all?verdict=release", ("count", "1"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, few.Status);
        Assert.Equal(2, await WaitingAsync(site));
        await site.Admin.PostAsync("/w/acme/directory/held/all?verdict=release", ("count", "2"));
        Assert.Equal(0, await WaitingAsync(site));
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await site.Admin.PostAsync("/w/acme/directory/held/all?verdict=keep", ("count", "0"))).Status
        );
    }

    [Theory, EachDatabase]
    public async Task Who_is_here_already_under_another_user_name_is_merged_by_one_page_or_with_the_others(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var workspace = site.Workspace;
        var wanted = workspace.Configuration with { Scim = workspace.Configuration.Scim with { Hold = new() { Mode = HoldMode.Hold } } };
        Assert.True((await new ChangeConfiguration(site.Server.Store).RunAsync(Actor.Operator, workspace.Id, null, wanted, Ct)).Done);
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Entra",
            Id = Guid.CreateVersion7(),
            Workspace = workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        List<Id<Member>> ids = [];
        foreach (var name in (string[])["edith", "flora", "new"])
        {
            if (name != "new")
            {
                var asked = new InvitationRequest { UserNames = [$"{name}@example.com"] };
                Assert.True(
                    (await new InvitePeople(site.Server.Store).RunAsync(Actor.Operator, workspace.Id, asked, Ct)).Value[0].Outcome.Done
                );
            }

            var sent = new MemberAttributes
            {
                UserName = $"{name}@corp.example.com",
                Email = $"{name}@example.com",
                DisplayName = name + AdminSite.Hostile,
            };
            ids.Add((await new ProvisionMember(site.Server.Store).RunAsync(directory, workspace.Id, sent, Ct)).Value.Id);
        }

        var page = (await site.Admin.GetAsync("/w/acme/directory/held")).Text;
        Assert.Contains("1 new once that is carried out", page, StringComparison.Ordinal);
        Assert.Contains("2 are here already under other user names", page, StringComparison.Ordinal);
        Assert.Contains("The same person?", page, StringComparison.Ordinal);
        var ask = (await site.Admin.GetAsync($"/w/acme/directory/held/merge?id={ids[0]}")).Text;
        Assert.Contains("This cannot be taken back", ask, StringComparison.Ordinal);
        Assert.Contains("edith@corp.example.com", ask, StringComparison.Ordinal);
        var none = (await site.Admin.GetAsync($"/w/acme/directory/held/merge?id={ids[2]}")).Text;
        Assert.Contains("They cannot become one person", none, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await site.Admin.GetAsync($"/w/acme/directory/held/merge?id={Guid.CreateVersion7()}")).Status
        );
        var done = await site.Admin.PostAsync("/w/acme/directory/held", ("id", $"{ids[0]}"), ("verdict", "merge"));
        Assert.Contains("1 person merged", (await site.Admin.GetAsync(done.Location!)).Text, StringComparison.Ordinal);
        Assert.Contains("Was here before as", (await site.Admin.GetAsync($"/w/acme/members/{ids[0]}")).Text, StringComparison.Ordinal);
        Assert.Contains("made one person", (await site.Admin.GetAsync("/w/acme/audit")).Text, StringComparison.Ordinal);

        // all who are new; then all who are here
        Assert.Contains("Type 1", (await site.Admin.GetAsync("/w/acme/directory/held/all?verdict=release")).Text, StringComparison.Ordinal);
        await site.Admin.PostAsync("/w/acme/directory/held/all?verdict=release", ("count", "1"));
        Assert.Equal(1, await WaitingAsync(site));
        await site.Admin.PostAsync("/w/acme/directory/held/all?verdict=merge", ("count", "1"));
        Assert.Equal(0, await WaitingAsync(site));
    }

    private static async Task<long> WaitingAsync(AdminSite site) =>
        (await new ListHeld(site.Server.Store).SummaryAsync(Actor.Operator, site.Workspace.Id, Ct)).Value.People;

    private static Task<Answer> RulesAsync(AdminSite site, string page, string people, string deadline) =>
        site.Admin.PostAsync(
            "/w/acme/directory/held/rules",
            ("version", Version().Match(page).Groups[1].Value),
            ("mode", "Apply"),
            ("people", people),
            ("percent", ""),
            ("minutes", "60"),
            ("days", "3"),
            ("deadline", deadline)
        );

    [GeneratedRegex("name=\"version\" value=\"([0-9]+)\"")]
    private static partial Regex Version();
}
