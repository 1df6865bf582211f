using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>What is held, as people see it: see <see cref="Looks"/>.</summary>
public class HeldPagesTests(BrowserSession browser)
{
    [Fact]
    public async Task A_plan_of_what_is_held_looks_right()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var (store, ct) = (site.Server.Store, TestContext.Current.CancellationToken);
        var page = await site.AdminPageAsync(path: "/w/acme/directory/held");
        await Looks.Good(site, page, "held-none");

        await using var db = store.Read();
        var row = db.Workspaces.Single(w => w.Slug == "acme");
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Microsoft Entra",
            Id = Guid.CreateVersion7(),
            Workspace = row.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        async Task<Member> BringAsync(string name, string? mail = null)
        {
            var facts = new MemberAttributes
            {
                UserName = name.ToLowerInvariant().Replace(' ', '.') + "@acme.test",
                DisplayName = name,
                Email = mail,
            };
            return (await new ProvisionMember(store).RunAsync(directory, row.Id, facts, ct)).Value;
        }

        async Task SayAsync(Id<Member> id, Func<MemberAttributes, MemberAttributes> say) =>
            Assert.True(
                (await new UpdateProvisionedMember(store).RunAsync(directory, row.Id, id, null, m => say(MemberAttributes.Of(m)), ct)).Done
            );

        List<Id<Member>> people = [];
        foreach (var name in (string[])["Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra", "Barbara Liskov", "Donald Knuth"])
        {
            people.Add((await BringAsync(name)).Id);
        }

        var groups = new CreateGroup(store);
        var engineers = (await groups.RunAsync(directory, row.Id, new() { DisplayName = "Engineering" }, [], ct)).Value.Group;
        var ours = (await groups.RunAsync(Actor.Operator, row.Id, new() { DisplayName = "Reviewers" }, [], ct)).Value.Group;
        var draft = new RuleDraft
        {
            Name = "Engineers read only",
            Asks = RuleAsks.Group,
            GroupId = engineers.Id,
            Role = "viewer",
            Fills = [ours.Id],
        };
        Assert.True((await new CreateRule(store).RunAsync(Actor.Operator, row.Id, draft, ct)).Done);
        var workspace = (await WorkspaceContext.ByIdAsync(db, row.Id, ct))!;
        var wanted = workspace.Configuration with
        {
            Scim = workspace.Configuration.Scim with { Hold = new() { Mode = HoldMode.Hold } },
            Capacity = workspace.Configuration.Capacity with { Seats = 9 },
        };
        Assert.True((await new ChangeConfiguration(store).RunAsync(Actor.Operator, row.Id, null, wanted, ct)).Done);

        // new, one under an address that is known and one under a very long name; matched; changed by a rule; gone
        await BringAsync("Katherine Johnson");
        await BringAsync("Ada King", "ada.lovelace@acme.test"); // whom the directory has already: they stay two
        var guest = new InvitationRequest { UserNames = ["hedy@example.org"], Role = "viewer" };
        Assert.True((await new InvitePeople(store).RunAsync(Actor.Operator, row.Id, guest, ct)).Value[0].Outcome.Done);
        var twin = (await BringAsync("Hedy Lamarr", "hedy@example.org")).Id;
        guest = new InvitationRequest { UserNames = ["mary@example.org"], Role = "viewer" };
        Assert.True((await new InvitePeople(store).RunAsync(Actor.Operator, row.Id, guest, ct)).Value[0].Outcome.Done);
        var merged = (await BringAsync("Mary Shelley", "mary@example.org")).Id;
        Assert.Null((await new DecideHeld(store).RunAsync(Actor.Operator, row.Id, [merged], HoldVerdict.Merge, ct)).Value[0].Refusal);
        await BringAsync("Wolfeschlegelsteinhausenbergerdorff Maria del Carmen Fernandez de la Vega y Montoya");
        await BringAsync("Margaret Hamilton");
        var here = db.Members.First(m => m.WorkspaceId == row.Id && m.DirectoryActive == null && m.State == MemberState.Active);
        await SayAsync(here.Id, m => m with { ExternalId = "e-1" });
        MembershipStep[] joins = [new(MembershipStepKind.Add, [people[5], people[0]])];
        Assert.True(
            (await new ReviseGroup(store).RunAsync(directory, row.Id, engineers.Id, null, g => (GroupFacts.Of(g), joins), ct)).Done
        );
        foreach (var id in people.Skip(1).Take(3))
        {
            await SayAsync(id, m => m with { Active = false });
        }

        Assert.True((await new EndMember(store).RunAsync(directory, row.Id, people[4], null, ct)).Value);
        Assert.True((await new DecideHeld(store).RunAsync(Actor.Operator, row.Id, [people[3]], HoldVerdict.Keep, ct)).Done);
        foreach (
            var (path, name) in ((string, string)[])
                [
                    ("/directory", "held-directory"),
                    ("/directory/held", "held"),
                    ("/directory/held?kind=new", "held-new"),
                    ("/directory/held?show=kept", "held-kept"),
                    ("/directory/held/all?verdict=release", "held-all"),
                    ("/directory/held/all?verdict=merge", "held-merge-all"),
                    ($"/directory/held/merge?id={twin}", "held-merge"),
                    ($"/members/{merged}", "held-merged-member"),
                    ($"/members/{people[4]}", "held-member"),
                ]
        )
        {
            Assert.Equal(200, (await page.GotoAsync("/w/acme" + path))!.Status);
            await Looks.Good(site, page, name);
        }
    }
}
