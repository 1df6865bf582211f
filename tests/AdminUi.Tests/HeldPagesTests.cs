using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
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
