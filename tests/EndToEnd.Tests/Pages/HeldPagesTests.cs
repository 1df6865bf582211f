using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>What is held, as people see it: see <see cref="Looks"/>.</summary>
public class HeldPagesTests(BrowserSession browser)
{
    [Fact]
    public async Task A_mass_leave_that_is_held_looks_right()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var (store, ct) = (site.Server.Store, TestContext.Current.CancellationToken);
        var page = await site.AdminPageAsync(path: "/w/acme/directory/held");
        await Looks.Good(site, page, "held-none");

        await using var db = store.Read();
        var row = db.Workspaces.Single(w => w.Slug == "acme");
        var workspace = (await WorkspaceContext.ByIdAsync(db, row.Id, ct))!;
        var wanted = workspace.Configuration with { Scim = workspace.Configuration.Scim with { Hold = new() { People = 1 } } };
        Assert.True((await new ChangeConfiguration(store).RunAsync(Actor.Operator, row.Id, row.Version, wanted, ct)).Done);
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Microsoft Entra",
            Id = Guid.CreateVersion7(),
            Workspace = row.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        List<Id<Member>> people = [];
        foreach (var name in (string[])["Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra", "Barbara Liskov", "Donald Knuth"])
        {
            var facts = new MemberAttributes { UserName = name.ToLowerInvariant().Replace(' ', '.') + "@acme.test", DisplayName = name };
            people.Add((await new ProvisionMember(store).RunAsync(directory, row.Id, facts, ct)).Value.Id);
        }

        foreach (var id in people.Take(4))
        {
            var said = await new UpdateProvisionedMember(store).RunAsync(
                directory,
                row.Id,
                id,
                null,
                m => MemberAttributes.Of(m) with { Active = false },
                ct
            );
            Assert.True(said.Done);
        }

        Assert.True((await new EndMember(store).RunAsync(directory, row.Id, people[4], null, ct)).Value);
        Assert.True((await new DecideHeld(store).RunAsync(Actor.Operator, row.Id, [people[3]], HoldVerdict.Keep, ct)).Done);
        foreach (
            var (path, name) in ((string, string)[])
                [
                    ("/directory", "held-directory"),
                    ("/directory/held", "held"),
                    ("/directory/held?show=kept", "held-kept"),
                    ("/directory/held/all?verdict=release", "held-all"),
                    ($"/members/{people[4]}", "held-member"),
                ]
        )
        {
            Assert.Equal(200, (await page.GotoAsync("/w/acme" + path))!.Status);
            await Looks.Good(site, page, name);
        }
    }
}
