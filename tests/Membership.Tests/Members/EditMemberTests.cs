using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Tests.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

/// <summary>Several things of one member changed in one go: all of it or nothing.</summary>
public sealed class EditMemberTests
{
    private static readonly NameChange Grace = new(true, "Grace", true, "Hopper");

    [Theory, EachDatabase]
    public async Task All_is_written_at_once_with_a_line_for_each_kind(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var roles = acme.Workspace.Configuration.Roles;
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", roles.First(r => r.IsAdmin).Key));
        var member = await acme.JoinAsync("grace@acme.test", roles.First(r => !r.IsAdmin).Key);
        var (role, license) = (roles.First(r => r.IsAdmin).Key, acme.Workspace.Configuration.Licenses[^1].Key);
        Assert.NotEqual(license, member.License);
        var (joins, leaves) = (await GroupAsync(acme, "Joins"), await GroupAsync(acme, "Leaves", member.Id));
        var day = acme.Clock.GetUtcNow().AddDays(20).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var edit = new MemberEdit
        {
            Seen = member.Version,
            Names = Grace,
            Role = role,
            License = new(license),
            Joins = [joins.Id],
            Leaves = [leaves.Id],
            Term = new(day, "ada@acme.test", new(null)),
        };
        var done = (await RunAsync(acme, admin, member.Id, edit)).Value;
        var now = await acme.ReadAsync(member.Id);
        Assert.Equal(("Grace Hopper", role, license, member.Version + 1), (now.ShownName, now.Role, now.License, now.Version));
        Assert.Equal(now, done.After);
        Assert.Equal((true, true, true, true), (done.NamesChanged, done.RoleChanged, done.LicenseChanged, done.TermChanged));
        Assert.Equal(["Joins"], done.Joined.Select(g => g.DisplayName));
        Assert.Equal(["Leaves"], done.Left.Select(g => g.DisplayName));
        var view = (await new MemberPage(acme.Store).RunAsync(Actor.Operator, acme.Id, member.Id, default)).Value;
        Assert.Equal(["Joins"], view.Groups.Select(g => g.DisplayName));
        Assert.Equal(("ada@acme.test", true), (view.Sponsor?.UserName, view.Term is { EndedAt: null }));

        var lines = (await acme.AuditAsync()).Where(a => a.ActorId == admin.Id).OrderBy(a => a.Id).ToList();
        Assert.Equal(
            ["member.edited", "role.changed", "license.changed", "group.membersChanged", "group.membersChanged", "member.termSet"],
            lines.Select(a => a.Act)
        );
        Assert.Contains("Grace", lines[0].After, StringComparison.Ordinal);
        Assert.DoesNotContain(role, lines[0].After, StringComparison.Ordinal);
        Assert.Contains(role, lines[1].After, StringComparison.Ordinal);
        Assert.DoesNotContain(license, lines[1].After, StringComparison.Ordinal);
        Assert.Contains(license, lines[2].After, StringComparison.Ordinal);
        await acme.AgreesAsync();

        // the same once more changes nothing and writes no line; from the page of before it is stale, also where only the term moved
        var again = (await RunAsync(acme, admin, member.Id, edit with { Seen = null, Term = new(day, "ada@acme.test") })).Value;
        Assert.Equal((now, false, false), (again.After, again.RoleChanged, again.TermChanged));
        Assert.Equal(lines.Count, (await acme.AuditAsync()).Count(a => a.ActorId == admin.Id));
        Assert.Equal("stale", (await RunAsync(acme, admin, member.Id, edit)).Refusal?.Code);
        Assert.Equal("stale", (await RunAsync(acme, admin, member.Id, new() { Term = new("", "", new(null)) })).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task One_refusal_keeps_all_of_it_from_being_done_and_all_refusals_are_told(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var member = await acme.JoinAsync("grace@acme.test");
        var (mine, theirs) = (await GroupAsync(acme, "Mine"), await GroupAsync(acme, "Theirs", byDirectory: true));
        var many = await RunAsync(
            acme,
            admin,
            member.Id,
            new()
            {
                Names = Grace with { FamilyName = new string('x', 600) },
                Role = "nosuch",
                Joins = [mine.Id, theirs.Id],
                Term = new("2020-01-01", ""),
            }
        );
        Assert.Equal(
            ["invalidFamilyName", "unknownRole", "directoryManaged", "invalidEndsAt"],
            many.Refusal!.Also.Prepend(many.Refusal).Select(r => r.Code)
        );
        Assert.Equal(["familyName", "role", "groups", "endsAt"], many.Refusal.Also.Prepend(many.Refusal).Select(r => r.Field));

        // what only the seats say, once all else is planned, undoes it too
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 2, OnFull = OnFull.Refuse } });
        var viewer = await acme.JoinAsync("vera@acme.test", "viewer");
        var full = await RunAsync(
            acme,
            admin,
            viewer.Id,
            new()
            {
                Names = Grace,
                Role = "member",
                Joins = [mine.Id],
            }
        );
        Assert.Equal("seatsFull", full.Refusal?.Code);
        foreach (var one in new[] { member, viewer })
        {
            Assert.Equal(one, await acme.ReadAsync(one.Id));
            Assert.Empty((await new MemberPage(acme.Store).RunAsync(Actor.Operator, acme.Id, one.Id, default)).Value.Groups);
        }

        // rules of who may: each part asks for what it asks for alone
        Assert.Equal("ownRole", (await RunAsync(acme, admin, admin.Member!.Value, new() { Names = Grace, Role = "viewer" })).Refusal?.Code);
        Assert.Equal("forbidden", (await RunAsync(acme, acme.As(viewer), member.Id, new() { Names = Grace })).Refusal?.Code);
        Assert.Equal("forbidden", (await RunAsync(acme, acme.As(viewer), member.Id, new() { Joins = [mine.Id] })).Refusal?.Code);
        var mover = acme.As(viewer) with { Permissions = acme.As(viewer).Permissions.Append(Permission.ManageGroups).ToHashSet() };
        Assert.True((await RunAsync(acme, mover, member.Id, new() { Joins = [mine.Id] })).Done);
        Assert.Equal("forbidden", (await RunAsync(acme, mover, member.Id, new() { Leaves = [mine.Id], Names = Grace })).Refusal?.Code);
        Assert.Equal("notFound", (await RunAsync(acme, admin, Id<Member>.New(TimeProvider.System), new() { Names = Grace })).Refusal?.Code);
        var gone = await RunAsync(acme, admin, member.Id, new() { Joins = [Id<Group>.New(TimeProvider.System)] });
        Assert.Equal(("unknownGroup", "groups"), (gone.Refusal?.Code, gone.Refusal?.Field));
        await acme.AgreesAsync();

        // the log says whom each refused act was about
        Assert.Equal(
            [
                ("role.changed", "seatsFull", viewer.UserName),
                ("member.edited", "forbidden", member.UserName),
                ("group.changed", "forbidden", member.UserName),
                ("member.edited", "forbidden", member.UserName),
            ],
            (await acme.AuditAsync()).Where(a => a.Refused).OrderBy(a => a.Id).Select(a => (a.Act, a.Reason, a.TargetName))
        );
    }

    [Theory, EachDatabase]
    public async Task Of_what_a_second_admin_must_approve_nothing_is_done_and_only_that_is_asked(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.ConfigureAsync(c => c with { FourEyes = [FourEyesAct.GrantAdmin] });
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "member"));
        await acme.AssignAsync(Actor.Operator, admin.Member!.Value, "admin");
        admin = acme.As(await acme.ReadAsync(admin.Member.Value));
        var member = await acme.JoinAsync("grace@acme.test");
        var group = await GroupAsync(acme, "Mine");
        var asked = await RunAsync(
            acme,
            admin,
            member.Id,
            new()
            {
                Names = Grace,
                Role = "admin",
                Joins = [group.Id],
            }
        );
        Assert.Equal("awaitsApproval", asked.Refusal?.Code);
        Assert.Contains("Nothing else of this was saved", asked.Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(member, await acme.ReadAsync(member.Id));
        await using var db = acme.Store.Read();
        Assert.Equal("admin", Assert.Single(db.Approvals.Where(a => a.WorkspaceId == acme.Id)).Value);
        Assert.Empty(db.GroupMembers.Where(g => g.WorkspaceId == acme.Id));
    }

    [Theory, EachDatabase]
    public async Task A_group_to_whose_people_a_rule_gives_something_changes_by_itself(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var admin = Actor.Operator; // who alone changes a directory's group, and rules ask for no other
        var member = await acme.JoinAsync("grace@acme.test");
        var asked = await bench.GroupAsync("Editors");
        await bench.MakeAsync(RuleBench.Draft("Editors edit", asked, role: "editor"));
        var both = await RunAsync(acme, admin, member.Id, new() { Names = Grace, Joins = [asked.Id] });
        Assert.Equal(("ruleGiven", "groups"), (both.Refusal?.Code, both.Refusal?.Field));
        Assert.True((await RunAsync(acme, admin, member.Id, new() { Seen = member.Version, Joins = [asked.Id] })).Done);
        Assert.Equal("editor", (await acme.ReadAsync(member.Id)).Role);
        var given = await RunAsync(acme, admin, member.Id, new() { Role = "viewer" });
        Assert.Equal("ruleGiven", given.Refusal?.Code);
        await acme.AgreesAsync();
    }

    private static Task<Outcome<EditedMember>> RunAsync(TestWorkspace acme, Actor actor, Id<Member> id, MemberEdit edit) =>
        new EditMember(acme.Store).RunAsync(actor, acme.Id, id, edit, default);

    private static async Task<Group> GroupAsync(TestWorkspace acme, string name, Id<Member>? member = null, bool byDirectory = false) =>
        (
            await new CreateGroup(acme.Store).RunAsync(
                byDirectory ? acme.Directory : Actor.Operator,
                acme.Id,
                new() { DisplayName = name },
                member is { } one ? [one] : [],
                default
            )
        )
            .Value
            .Group;
}
